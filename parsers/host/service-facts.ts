import type { BootEntry, Collected, HostFacts, TcpRule, TcpServer } from '../../src/model/host.ts';
import {
  parseChkconfig,
  parseInittab,
  parseRcLinks,
  parseRcLocal,
  parseSupervised,
  parseUnitFiles,
} from './boot.ts';
import { readCompiledTcpRules } from './cdb.ts';
import { firstPresent, joinCollected, mapCollected } from './collected.ts';
import type { FactReader } from './fact-reader.ts';
import { parseListeningSockets } from './listening-sockets.ts';
import type { ServicePorts } from './services.ts';
import { parseTcpRules } from './tcp-rules.ts';
import { findTcpServers } from './tcpserver-command.ts';

const RUN_SCRIPTS = [
  '/service/*/run',
  '/etc/service/*/run',
  '/var/service/*/run',
  '/var/qmail/supervise/*/run',
  '/var/qmail/rc',
  '/etc/rc.local',
  '/etc/rc.d/rc.local',
  '/etc/inittab',
  '/etc/init.d/qmail',
  '/etc/rc.d/init.d/qmail',
];

/** What starts with the host, whoever starts it. */
export function readBoot(facts: FactReader): HostFacts['boot'] {
  const inittab = facts.file('/etc/inittab', parseInittab);
  const runlevel = inittab.kind === 'present' ? inittab.value.runlevel : null;
  return joinCollected<BootEntry>([
    facts.command('boot-units', parseUnitFiles),
    facts.command('boot-chkconfig', (f) => parseChkconfig(f, runlevel)),
    facts.output('boot-links', (f) => parseRcLinks(f, runlevel)),
    facts.output('supervised', parseSupervised),
    facts.files(['/etc/rc.local', '/etc/rc.d/rc.local'], parseRcLocal),
    mapCollected(inittab, (i) => i.entries),
  ]);
}

/** The tcpservers that run, and those that a script would start. */
export const readTcpServers = (facts: FactReader, services: ServicePorts): HostFacts['tcpServers'] =>
  joinCollected<TcpServer>([
    facts.command('processes', (f) => findTcpServers(f, services)),
    facts.files(RUN_SCRIPTS, (f) => findTcpServers(f, services)),
  ]);

/** The compiled file that each tcpserver reads, and the text beside it from which tcprules made it. */
export function readTcpRules(facts: FactReader, servers: HostFacts['tcpServers']): HostFacts['tcpRules'] {
  const rules = new Map<string, Collected<readonly TcpRule[]>>();
  const compiled = new Set(facts.index.filePaths.filter((p) => p.endsWith('.cdb')));
  if (servers.kind === 'present') for (const s of servers.value) if (s.rulesFile) compiled.add(s.rulesFile);
  for (const path of compiled) {
    rules.set(
      path,
      mapCollected(facts.index.bytes(path), (bytes) => facts.take(readCompiledTcpRules(path, bytes))),
    );
    const source = path.replace(/\.cdb$/, '');
    if (source !== path)
      rules.set(
        source,
        facts.file(source, (f) => facts.take(parseTcpRules(f))),
      );
  }
  return rules;
}

/** Of netstat and ss the one that names processes. */
export function readListeners(facts: FactReader, services: ServicePorts): HostFacts['listeners'] {
  const both = ['listeners-netstat', 'listeners-ss'].map((name) =>
    facts.command(name, (f) => parseListeningSockets(f, services)),
  );
  const named = both.find((f) => f.kind === 'present' && f.value.some((l) => l.process !== null));
  return named ?? firstPresent(both);
}
