import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { hasNetRaw } from '../../../scans/machine/capabilities.ts';
import { openPinger } from '../../../scans/single-probes/ping.ts';
import { skipBecause } from '../../support/skip.ts';
import { needNamespaces } from '../namespaces.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const script = fileURLToPath(new URL('./ping-in-namespace.ts', import.meta.url));

describe('the pinger', () => {
  it('says what is lacking where net-ping is not installed', function () {
    if (!hasNetRaw()) skipBecause(this, 'without CAP_NET_RAW that is what it says first');
    const opened = openPinger(100, 'net-ping-that-is-not-there');
    expect('why' in opened && opened.why).to.match(
      /^no liveness check and no traceroute: net-ping is not usable/,
    );
  });

  describe('across a router', function () {
    this.timeout(30_000);
    const name = `aclscope-${process.pid}-ping`;
    const [scanner, router, host] = [`${name}-s`, `${name}-r`, `${name}-h`];
    const ip = (...args: string[]) => run('ip', args);
    const inside = (ns: string, ...args: string[]) => run('ip', ['netns', 'exec', ns, ...args]);
    const look = async (address: string) =>
      JSON.parse((await inside(scanner, process.execPath, '--import', 'tsx', script, address)).stdout);
    before(async function () {
      needNamespaces(this);
      const opened = openPinger(100);
      if ('why' in opened) skipBecause(this, opened.why, false);
      else opened.pinger.close();
      process.chdir(root);
      for (const ns of [scanner, router, host]) await ip('netns', 'add', ns);
      await ip('-n', scanner, 'link', 'add', 'e0', 'type', 'veth', 'peer', 'name', 'e0', 'netns', router);
      await ip('-n', router, 'link', 'add', 'e1', 'type', 'veth', 'peer', 'name', 'e0', 'netns', host);
      await ip('-n', scanner, 'addr', 'add', '198.51.100.1/24', 'dev', 'e0');
      await ip('-n', router, 'addr', 'add', '198.51.100.254/24', 'dev', 'e0');
      await ip('-n', router, 'addr', 'add', '192.0.2.254/24', 'dev', 'e1');
      await ip('-n', host, 'addr', 'add', '192.0.2.35/24', 'dev', 'e0');
      for (const [ns, link] of [
        [scanner, 'e0'],
        [router, 'e0'],
        [router, 'e1'],
        [host, 'e0'],
      ] as const) {
        await ip('-n', ns, 'link', 'set', link, 'up');
      }
      await ip('-n', scanner, 'route', 'add', 'default', 'via', '198.51.100.254');
      await ip('-n', host, 'route', 'add', 'default', 'via', '192.0.2.254');
      await inside(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    });
    after(async () => {
      for (const ns of [scanner, router, host]) await ip('netns', 'del', ns).catch(() => undefined);
    });

    it('names every hop, and that the host answers', async () => {
      const seen = await look('192.0.2.35');
      expect(seen.alive.kind).to.equal('answers');
      expect(seen.text).to.equal('198.51.100.254, 192.0.2.35: reached');
    });

    it('names the router that refuses', async () => {
      await inside(router, 'ip', 'route', 'add', 'unreachable', '203.0.113.0/24');
      const seen = await look('203.0.113.5');
      expect(seen.alive).to.deep.equal({ kind: 'unreachable', from: '198.51.100.254' });
      expect(seen.text).to.equal('198.51.100.254: refused by 198.51.100.254');
    });

    it('names the last hop before silence', async () => {
      await inside(router, 'ip', 'route', 'add', 'blackhole', '203.0.113.128/25');
      await inside(router, 'ip', 'route', 'add', '203.0.113.200', 'via', '192.0.2.35');
      await inside(host, 'ip', 'route', 'add', 'blackhole', '203.0.113.200');
      const seen = await look('203.0.113.200');
      expect(seen.alive.kind).to.equal('silent');
      expect(seen.path.end).to.deep.equal({ kind: 'silent', lastSeen: '198.51.100.254' });
    });
  });

  it('refuses names, so that nothing is resolved and nothing but targets is reached', function () {
    const opened = openPinger(100);
    if ('why' in opened) return skipBecause(this, opened.why, false);
    try {
      for (const name of ['example.net', '', '127.0.0.1 -x', '::1']) {
        expect(() => opened.pinger.checkAlive(name), name).to.throw('not an address');
        expect(() => opened.pinger.tracePath(name), name).to.throw('not an address');
      }
    } finally {
      opened.pinger.close();
    }
  });
});
