import type { Collected, HostFacts, PamStack } from '../../src/model/host.ts';
import { pushAll } from '../../src/model/push-all.ts';
import { parseAccessConf } from './access-conf.ts';
import { parseFirstUserId } from './accounts.ts';
import { joinCollected, knownOr } from './collected.ts';
import type { FactReader } from './fact-reader.ts';
import type { HostFile } from './host-file.ts';
import { readPamStack } from './pam.ts';
import { parseSshdConfig, parseSshdEffective, parseSshVersion } from './sshd-config.ts';

const SSHD_CONFIG = '/etc/ssh/sshd_config';
const PAM_SERVICES = ['login', 'sshd', 'su', 'system-auth'];

/** The file that the sshd which listens was started with, `-f`; of several, the listing tells which one has the port. */
function sshdFile(processes: HostFacts['processes'], listeners: HostFacts['listeners']): string {
  if (processes.kind !== 'present') return SSHD_CONFIG;
  const holders = new Set(
    listeners.kind === 'present'
      ? listeners.value.filter((l) => l.process === 'sshd' && l.port === 22).map((l) => l.pid)
      : [],
  );
  const daemons = processes.value.filter((p) => /(^|\/)sshd\b/.test(p.command));
  const listening = daemons.find((p) => holders.has(p.pid)) ?? daemons[0];
  return /\s-f\s+(\S+)/.exec(listening?.command ?? '')?.[1] ?? SSHD_CONFIG;
}

export function readSshd(
  facts: FactReader,
  processes: HostFacts['processes'],
  listeners: HostFacts['listeners'],
): Pick<HostFacts, 'sshd' | 'sshdEffective' | 'sshdVersion'> {
  const path = sshdFile(processes, listeners);
  return {
    sshd: facts.withIncludes(path, (main, find) => facts.take(parseSshdConfig(main, find))),
    // `sshd -T` reads the usual file, whatever the running one was told to read.
    sshdEffective:
      path === SSHD_CONFIG
        ? facts.command('sshd-effective', parseSshdEffective)
        : { kind: 'uncollected', origin: 'sshd -T', reason: `the running sshd reads ${path}` },
    sshdVersion: knownOr(
      facts.output('sshd-version', (f) => parseSshVersion(f.text)),
      'ssh -V',
      'its output names no OpenSSH version',
    ),
  };
}

export const readFirstUserId = (facts: FactReader): HostFacts['firstUserId'] =>
  knownOr(facts.file('/etc/login.defs', parseFirstUserId), '/etc/login.defs', 'it does not set UID_MIN');

export function readAccessRules(facts: FactReader): HostFacts['access'] {
  const main = facts.file('/etc/security/access.conf', (f) => facts.take(parseAccessConf(f)));
  const more = facts.index.find('/etc/security/access.d/*.conf');
  if (more.length === 0) return main;
  // pam_access reads the folder's files after the main file, in the order of their names.
  return joinCollected([
    main,
    {
      kind: 'present',
      value: more.flatMap((f) => [...facts.take(parseAccessConf(f))]),
      sources: facts.index.sourcesOf(more),
    },
  ]);
}

export function readPam(facts: FactReader): HostFacts['pam'] {
  const stacks = new Map<string, Collected<PamStack>>();
  for (const service of PAM_SERVICES) {
    const seen: HostFile[] = [];
    const stack = readPamStack(service, (p) => {
      const found = facts.index.find(p);
      pushAll(seen, found);
      return found;
    });
    const path = `/etc/pam.d/${service}`;
    if (stack === null) {
      const why = facts.index.file(path);
      stacks.set(
        service,
        why.kind === 'present' ? { kind: 'uncollected', origin: path, reason: 'it could not be read' } : why,
      );
    } else {
      const value = facts.take(stack);
      stacks.set(service, {
        kind: 'present',
        value,
        sources: facts.index.sourcesOf(seen),
        ...(value.missing.length > 0 ? { gaps: value.missing } : {}),
      });
    }
  }
  return stacks;
}
