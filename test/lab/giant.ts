import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endGroup, mustRun, startCommand } from './command.ts';
import { namespaceOf } from './naming.ts';
import type { LabOptions } from './options.ts';

const source = fileURLToPath(new URL('giant/', import.meta.url));

/** Ports that the server's own services listen on. */
export function servicePorts(options: LabOptions): number[] {
  return [22, 25, 110, 143, ...(options.leak === 'off' ? [] : [514])];
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return readFileSync(join(source, template), 'utf8').replace(/@([A-Z]+)@/g, (whole, key: string) => {
    return values[key] ?? whole;
  });
}

/** Writes the daemons' real configurations into the lab's folder. */
async function writeConfigs(folder: string, options: LabOptions): Promise<void> {
  const ip = (await mustRun(['bash', '-c', 'command -v ip'])).trim();
  const values = { FOLDER: folder, CPS: options.xinetdCps, IP: ip };
  for (const name of ['log', 'xinetd.d', 'portsentry', 'portsentry-state']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'sshd_config'), fill('sshd_config', values));
  writeFileSync(join(folder, 'xinetd.conf'), fill('xinetd.conf', values));
  writeFileSync(join(folder, 'portsentry/portsentry.conf'), fill('portsentry.conf', values));
  copyFileSync(join(source, 'portsentry.ignore'), join(folder, 'portsentry/portsentry.ignore'));
  const services = ['ipop3', 'imap', ...(options.leak === 'off' ? [] : ['rsh'])];
  for (const name of services) {
    writeFileSync(join(folder, 'xinetd.d', name), fill(`xinetd-${name}`, values));
  }
  for (const script of ['pop3.sh', 'imap.sh', 'smtp.sh', 'rsh.sh']) {
    copyFileSync(join(source, script), join(folder, script));
    chmodSync(join(folder, script), 0o755);
  }
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'ssh_host_ed25519_key')]);
  await mustRun(['tcprules', join(folder, 'tcp.smtp.cdb'), join(folder, 'tcp.smtp.tmp')], {
    input: readFileSync(join(source, 'tcp.smtp'), 'utf8'),
  });
}

/**
 * Starts the mail server's daemons and waits until they listen.
 * Returns the process whose mount namespace holds giant's own /etc and /run.
 */
export async function startGiant(lab: string, folder: string, options: LabOptions): Promise<number> {
  await writeConfigs(folder, options);
  const child = startCommand(
    [
      ...['ip', 'netns', 'exec', namespaceOf(lab, 'giant'), 'bash', join(source, 'start.sh')],
      ...[folder, options.portSentry, String(options.tcpserverLimit), ...servicePorts(options).map(String)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said: string[] = [];
  const ready = await new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(() => {
      endGroup(child);
      resolve(false);
    }, 12_000);
    child.on('error', reject);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line === 'ready') {
          clearTimeout(timer);
          resolve(true);
        }
      });
    }
    child.on('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
  if (!ready || child.pid === undefined)
    throw new Error(`the mail server did not start:\n${said.join('\n')}`);
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  return child.pid;
}
