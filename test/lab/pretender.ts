import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mustRun, startCommand } from './command.ts';
import { servicePorts } from './giant.ts';
import { namespaceOf } from './naming.ts';
import type { LabOptions } from './options.ts';
import { loadRules } from './router-rules.ts';

/** The provider answers every SYN for the server itself and asks the server only once the handshake is whole. */
const synProxyRules = `table ip intercept {
  chain untracked {
    type filter hook prerouting priority raw; policy accept;
    iifname { "internet", "admin" } ip daddr 192.168.2.35 tcp flags & (syn | ack) == syn notrack
  }
  chain proxied {
    type filter hook forward priority 0; policy accept;
    iifname { "internet", "admin" } ip daddr 192.168.2.35 tcp dport 1-65535 ct state invalid,untracked \\
      synproxy mss 1460 wscale 7 timestamp sack-perm
    ct state invalid drop
  }
}
`;

/** The kernel would answer RST where nobody listens; the pretender's answers leave by a raw socket and carry none. */
const noResetRules = (services: readonly number[]) => `table ip pretender {
  chain leaving {
    type filter hook output priority 0; policy accept;
    tcp flags & rst == rst tcp sport != { ${services.join(', ')} } drop
  }
}
`;

async function setUpSynProxy(lab: string): Promise<void> {
  await mustRun([
    ...['ip', 'netns', 'exec', namespaceOf(lab, 'isp')],
    ...['sysctl', '-qw', 'net.netfilter.nf_conntrack_tcp_loose=0'],
  ]);
  await loadRules(lab, 'isp', synProxyRules);
}

async function startResponder(
  lab: string,
  kind: 'tarpit' | 'decoy',
  services: readonly number[],
): Promise<void> {
  await loadRules(lab, 'giant', noResetRules(services));
  const program = fileURLToPath(new URL('pretend.ts', import.meta.url));
  const child = startCommand(
    [
      ...['ip', 'netns', 'exec', namespaceOf(lab, 'giant')],
      ...[process.execPath, '--import', 'tsx', program, kind, services.join(',')],
    ],
    { cwd: fileURLToPath(new URL('../../', import.meta.url)), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ready = await new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', () => resolve(false));
    if (child.stdout) createInterface({ input: child.stdout }).once('line', () => resolve(true));
  });
  if (!ready) throw new Error(`the ${kind} did not start:\n${said.join('')}`);
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** Sets up what answers for ports that nobody serves. */
export async function setUpPretender(lab: string, options: LabOptions): Promise<void> {
  switch (options.pretender) {
    case 'off':
      return;
    case 'syn-proxy':
      return setUpSynProxy(lab);
    case 'tarpit':
    case 'decoy':
      return startResponder(lab, options.pretender, servicePorts(options));
  }
}
