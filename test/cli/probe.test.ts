import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import ssh2 from 'ssh2';
import { type Ran, runCommand } from '../support/run-command.ts';

const NOW = new Date('2026-01-02T03:04:05.678Z');
const SITE = `site: loopback
segments: { servers: 127.0.3.0/24 }
targets: { server: { address: 127.0.3.35, segment: servers } }
vantages:
  friend: { address: 127.0.3.50 }
  elsewhere: { address: 192.0.2.7, sources: any }
policy: [{ from: any, to: server, tcp: [22], why: upkeep }]
`;

describe('aclscope probe', () => {
  let folder: string;
  const open: (Server | Socket)[] = [];
  const run = (...argv: string[]): Promise<Ran> => runCommand(['probe', ...argv], { cwd: folder, now: NOW });
  /** A TCP server on the target's address, and the sources that came to it. */
  const listen = async (): Promise<{ readonly port: string; readonly sources: string[] }> => {
    const sources: string[] = [];
    const server = createServer((socket) => {
      sources.push(socket.remoteAddress ?? '');
      socket.on('error', () => {});
    }).listen(0, '127.0.3.35');
    open.push(server);
    await once(server, 'listening');
    const address = server.address();
    return { port: typeof address === 'object' ? String(address?.port) : '', sources };
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-probe-'));
    writeFileSync(join(folder, 'site.yaml'), SITE);
  });
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const portsentry = (...more: string[]): Promise<Ran> =>
    run('portsentry', 'site.yaml', '--vantage', 'friend', '-o', 'probe.txt', ...more);

  describe('portsentry', () => {
    it('sends nothing unless the danger is accepted, and says what it is', async () => {
      const { port, sources } = await listen();
      const ran = await portsentry('--port', port);
      expect(ran.code).to.equal(2);
      expect(ran.stderr)
        .to.contain('PortSentry may shut 127.0.3.50 out at once')
        .and.to.contain('--accept-block');
      expect(existsSync(join(folder, 'probe.txt'))).to.equal(false);
      expect(sources).to.deep.equal([]);
    });

    it('sends nothing on a dry run', async () => {
      const { port, sources } = await listen();
      const ran = await portsentry('--port', port, '--accept-block', '--dry-run');
      expect(ran.code).to.equal(0);
      expect(ran.stderr).to.contain(
        `would send one probe: tcp port ${port} of server (127.0.3.35) from friend (127.0.3.50)`,
      );
      expect(sources).to.deep.equal([]);
    });

    it("opens one connection from the vantage's address and writes what was sent", async () => {
      const { port, sources } = await listen();
      const ran = await portsentry('--port', port, '--accept-block');
      expect(ran.code, ran.stderr).to.equal(0);
      expect(sources).to.deep.equal(['127.0.3.50']);
      expect(readFileSync(join(folder, 'probe.txt'), 'utf8').split('\n')[1]).to.equal(
        `sent 2026-01-02T03:04:05.678Z tcp 127.0.3.50 127.0.3.35 ${port} open`,
      );
    });

    it('sends one datagram with --udp', async () => {
      const socket = createSocket('udp4');
      open.push(socket);
      socket.bind(0, '127.0.3.35');
      await once(socket, 'listening');
      const from: string[] = [];
      socket.on('message', (_, sender) => from.push(sender.address));
      const { port } = socket.address();
      const ran = await portsentry('--port', String(port), '--udp', '--accept-block');
      expect(ran.code, ran.stderr).to.equal(0);
      expect(new Set(from)).to.deep.equal(new Set(['127.0.3.50']));
      expect(readFileSync(join(folder, 'probe.txt'), 'utf8')).to.contain(
        ` udp 127.0.3.50 127.0.3.35 ${port} `,
      );
    }).timeout(10_000);

    it('of a closed port says closed', async () => {
      const { port } = await listen();
      for (const server of open.splice(0)) server.close();
      const ran = await portsentry('--port', port, '--accept-block');
      expect(ran.stderr).to.contain('sent, answer: closed');
    });
  });

  it('asks an SSH server what it offers, and says it', async () => {
    const { utils, Server: SshServer } = ssh2;
    const key = utils.generateKeyPairSync('ed25519').private;
    const server = new SshServer({ hostKeys: [key] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (ctx) => ctx.reject(['publickey', 'keyboard-interactive']));
    });
    server.listen(0, '127.0.3.35');
    await once(server, 'listening');
    const address = server.address();
    const sshPort = address !== null && typeof address === 'object' ? String(address.port) : '';
    try {
      const ran = await run('ssh-methods', 'site.yaml', '--vantage', 'friend', '--port', sshPort);
      expect(ran.code, ran.stderr).to.equal(0);
      expect(ran.stderr).to.contain('offers publickey, keyboard-interactive');
      expect(ran.stdout).to.contain('Authentications that can continue: publickey,keyboard-interactive\n');
      expect(ran.stdout).to.contain(' from 127.0.3.50, 2026-01-02T03:04:05.678Z\n');
    } finally {
      server.close();
    }
  });

  it('of SSH ends with 3 where no list came, and keeps what came', async () => {
    const { port } = await listen();
    for (const server of open.splice(0)) server.close();
    const ran = await run('ssh-methods', 'site.yaml', '--vantage', 'friend', '--port', port);
    expect(ran.code).to.equal(3);
    expect(ran.stdout).to.match(/^failed: .*ECONNREFUSED/m);
  });

  for (const [name, argv, says] of [
    ['an undeclared target', ['--vantage', 'friend', '--target', 'sever'], 'did you mean "server"?'],
    ['an undeclared vantage', ['--vantage', 'fiend'], 'did you mean "friend"?'],
    ['a box that is not the vantage', ['--vantage', 'elsewhere'], 'not from 192.0.2.7'],
    ['a port that is none', ['--vantage', 'friend', '--port', '70000'], 'is not a port'],
  ] as const)
    it(`refuses ${name}`, async () => {
      const ran = await run('ssh-methods', 'site.yaml', ...argv);
      expect(ran.code).to.equal(2);
      expect(ran.stderr).to.contain(says);
    });

  it('wants a port for PortSentry', async () => {
    const ran = await portsentry('--accept-block');
    expect(ran.code).to.equal(2);
    expect(ran.stderr).to.contain('TCP_PORTS');
  });
});
