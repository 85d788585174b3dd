import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { readAttachment } from '../../../parsers/host/bundle.ts';
import {
  probeSshMethods,
  type SshMethodsOptions,
  type SshMethodsProbe,
} from '../../../scans/single-probes/ssh-methods.ts';
import { requireProgram } from '../../support/real-program.ts';

const options = (more: Partial<SshMethodsOptions> = {}): SshMethodsOptions => ({
  signal: new AbortController().signal,
  now: () => new Date('2026-01-01T00:00:00Z'),
  ...more,
});
const LOOPBACK = '127.0.0.1';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real sshd on loopback, its folder of privilege separation in a mount namespace of its own. */
class RealSshd {
  readonly folder = mkdtempSync(join(tmpdir(), 'aclscope-sshd-'));
  port = 0;
  private child: ChildProcess | null = null;

  /** `hostKey`: the algorithm of the key by which it shows who it is. */
  async start(settings: string, hostKey = 'ssh-ed25519'): Promise<void> {
    this.port = await freePort();
    const type = /dss/.test(hostKey) ? 'dsa' : (/rsa|ecdsa/.exec(hostKey)?.[0] ?? 'ed25519');
    const key = join(this.folder, type);
    if (!existsSync(key)) execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', key]);
    const config = join(this.folder, 'sshd_config');
    writeFileSync(
      config,
      `Port ${this.port}\nListenAddress ${LOOPBACK}\nHostKey ${key}\nPidFile none\nUsePAM no\n${settings}\n`,
    );
    const script = 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$(command -v sshd)" -D -e -f "$1"';
    this.child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', config], { stdio: 'ignore' });
    for (let i = 0; i < 100; i++) {
      const probe = await probeSshMethods({ address: LOOPBACK, port: this.port }, options());
      if (probe.kind === 'seen' || !/ECONNREFUSED/.test(probe.reason)) return;
      await sleep(50);
    }
    throw new Error('sshd does not listen');
  }

  async stop(): Promise<void> {
    if (this.child !== null && this.child.exitCode === null) {
      this.child.kill();
      await once(this.child, 'exit');
    }
    this.child = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('the methods that an SSH server offers', function () {
  this.timeout(60_000);
  describe('asked of a real sshd', () => {
    let sshd: RealSshd;
    before(function () {
      requireProgram(this, ['sshd', 'ssh-keygen'], ['--mount']);
    });
    beforeEach(() => {
      sshd = new RealSshd();
    });
    afterEach(() => sshd.remove());

    const rows: readonly (readonly [string, string, readonly string[]])[] = [
      ['keys alone', 'PasswordAuthentication no\nKbdInteractiveAuthentication no', ['publickey']],
      [
        'passwords too',
        'PasswordAuthentication yes\nKbdInteractiveAuthentication no',
        ['publickey', 'password'],
      ],
      [
        'both forms of a password',
        'PasswordAuthentication yes\nKbdInteractiveAuthentication yes',
        ['publickey', 'password', 'keyboard-interactive'],
      ],
    ];
    const ages: readonly (readonly [string, string])[] = [
      ['of 2004', 'diffie-hellman-group1-sha1 ssh-rsa 3des-cbc hmac-md5'],
      ['of 2004 with a DSA key', 'diffie-hellman-group-exchange-sha1 ssh-dss aes128-cbc hmac-sha1'],
      [
        'of today',
        'curve25519-sha256 ssh-ed25519 chacha20-poly1305@openssh.com hmac-sha2-256-etm@openssh.com',
      ],
      [
        'of today, by elliptic curves',
        'ecdh-sha2-nistp521 ecdsa-sha2-nistp256 aes256-gcm@openssh.com hmac-sha2-512',
      ],
      ['of today, with an RSA key', 'diffie-hellman-group18-sha512 rsa-sha2-512 aes256-ctr hmac-sha2-512'],
    ];
    for (const [age, algorithms] of ages) {
      it(`are told by a server that knows only the algorithms ${age}`, async () => {
        const [kex, key, cipher, mac] = algorithms.split(' ');
        await sshd.start(
          `KexAlgorithms ${kex}\nHostKeyAlgorithms ${key}\nCiphers ${cipher}\nMACs ${mac}\n` +
            'PasswordAuthentication yes\nKbdInteractiveAuthentication no',
          key!,
        );
        const probe = await probeSshMethods({ address: LOOPBACK, port: sshd.port }, options());
        expect(probe.kind === 'seen' ? probe.methods : probe.reason).to.deep.equal(['publickey', 'password']);
        expect(probe.transcript).to.contain(`keys exchanged: ${kex}, ${key}, ${cipher}\n`);
        expect(probe.transcript).to.match(/^remote software version OpenSSH_\d/m);
      });
    }
    for (const [name, settings, methods] of rows) {
      it(`are ${name}, and the transcript says the same to the checklist`, async () => {
        await sshd.start(settings);
        const probe = await probeSshMethods({ address: LOOPBACK, port: sshd.port }, options());
        // Without PAM an sshd may leave keyboard-interactive out although it is switched on.
        const seen = probe.kind === 'seen' ? probe.methods : [];
        expect(methods.filter((m) => m !== 'keyboard-interactive' || seen.includes(m))).to.deep.equal(seen);
        expect(seen).to.include('publickey');
        const { value } = readAttachment(
          'ssh-methods',
          'probe.txt',
          Buffer.from(probe.transcript),
          '2026-01-01T00:00:00Z',
        );
        expect(value?.kind === 'ssh-methods' && value.value[0]?.methods).to.deep.equal(seen);
        expect(probe.transcript.split('\n')[0]).to.equal(
          `# aclscope probe ssh-methods: 127.0.0.1 port ${sshd.port} from 127.0.0.1, 2026-01-01T00:00:00.000Z`,
        );
      });
    }
  });

  describe('asked of something else', () => {
    let server: Server;
    const serve = async (greet: (socket: import('node:net').Socket) => void): Promise<number> => {
      server = createServer(greet).listen(0, LOOPBACK);
      await once(server, 'listening');
      const address = server.address();
      return address !== null && typeof address !== 'string' ? address.port : 0;
    };
    afterEach(() => server?.close());
    const reason = (probe: SshMethodsProbe): string =>
      probe.kind === 'failed' ? probe.reason : probe.methods.join();

    it('a closed port: failed, with the reason', async () => {
      const port = await freePort();
      expect(reason(await probeSshMethods({ address: LOOPBACK, port }, options()))).to.match(/ECONNREFUSED/);
    });

    it('another protocol: failed, not "no methods"', async () => {
      const port = await serve((socket) => socket.end('220 mail ESMTP\r\n'));
      expect((await probeSshMethods({ address: LOOPBACK, port }, options())).kind).to.equal('failed');
    });

    it('a port that accepts and stays silent: ended in time', async () => {
      const port = await serve((socket) => socket.on('error', () => {}));
      const probe = await probeSshMethods({ address: LOOPBACK, port }, options({ timeoutMs: 500 }));
      expect(reason(probe)).to.equal('no answer in time');
    });

    it('an endless greeting: bounded', async () => {
      const port = await serve((socket) => {
        socket.on('error', () => {});
        const line = `${'x'.repeat(200)}\r\n`;
        const flood = (): void => {
          for (let i = 0; i < 50 && socket.writable; i++) socket.write(line);
          if (socket.writable) setTimeout(flood, 5);
        };
        flood();
      });
      const probe = await probeSshMethods({ address: LOOPBACK, port }, options({ timeoutMs: 3000 }));
      expect(probe.kind).to.equal('failed');
      expect(probe.transcript.length).to.be.lessThan(300 * 1024);
    });

    it('stopped by the user', async () => {
      const port = await serve((socket) => socket.on('error', () => {}));
      const stop = new AbortController();
      const running = probeSshMethods({ address: LOOPBACK, port }, options({ signal: stop.signal }));
      stop.abort();
      expect(reason(await running)).to.equal('stopped');
    });
  });

  it('takes addresses and ports only: nothing that a client could read as an option', async () => {
    for (const target of [
      { address: '-oProxyCommand=x', port: 22 },
      { address: 'giant.example.net', port: 22 },
      { address: LOOPBACK, port: 0 },
      { address: LOOPBACK, port: 70000 },
    ]) {
      let thrown: unknown = null;
      await probeSshMethods(target, options()).catch((e: unknown) => {
        thrown = e;
      });
      expect(thrown, target.address).to.be.instanceOf(TypeError);
    }
  });
});
