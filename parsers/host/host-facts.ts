import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { HostFacts } from '../../src/model/host.ts';
import { parseGroups, parsePasswd, parseShadow, parseShells } from './accounts.ts';
import { firstPresent, joinCollected } from './collected.ts';
import { parseCronFolders, parseCrontab, parseTimers } from './cron.ts';
import { createFactReader } from './fact-reader.ts';
import { parseFileDates, parseHashes, parseLinks } from './file-lists.ts';
import { linesOf } from './host-file.ts';
import { parseInetd } from './inetd-conf.ts';
import { parseLogLines } from './log-lines.ts';
import { readJournald, readSyslog, readWatchers } from './logging-facts.ts';
import { readAccessRules, readFirstUserId, readPam, readSshd } from './login-facts.ts';
import type { Manifest } from './manifest.ts';
import { parseDpkgList, parseRpmList } from './packages.ts';
import type { PieceIndex } from './piece-index.ts';
import { parsePortsentryConf } from './portsentry-conf.ts';
import { parseProcesses } from './processes.ts';
import { readBoot, readListeners, readTcpRules, readTcpServers } from './service-facts.ts';
import { parseServices } from './services.ts';
import { parseListSockets } from './systemd-sockets.ts';
import { readTimeConfigs, readTimeStatus } from './time-facts.ts';
import { readUpdates } from './update-facts.ts';
import { parseXinetd } from './xinetd-conf.ts';

/** Takes the pieces apart, format by format. What a parser has to say is passed on through `say`. */
export function readHostFacts(
  index: PieceIndex,
  manifest: Manifest,
  say: (d: Diagnostic) => void,
): HostFacts {
  const facts = createFactReader(index, say);
  const { take } = facts;
  const servicesFile = index.file('/etc/services');
  const services = parseServices(servicesFile.kind === 'present' ? servicesFile.value : null);
  const boot = readBoot(facts);
  const tcpServers = readTcpServers(facts, services);
  const processes = facts.command('processes', parseProcesses);
  const listeners = readListeners(facts, services);
  return {
    ...readSshd(facts, processes, listeners),
    syslog: readSyslog(facts),
    journald: readJournald(facts),
    xinetd: facts.withIncludes('/etc/xinetd.conf', (main, find) => take(parseXinetd(main, find, services))),
    inetd: facts.file('/etc/inetd.conf', (f) => take(parseInetd(f, services))),
    systemdSockets: facts.command('sockets', parseListSockets),
    tcpServers,
    tcpRules: readTcpRules(facts, tcpServers),
    accounts: facts.file('/etc/passwd', (f) => take(parsePasswd(f))),
    shadow: facts.file('/etc/shadow', (f) => take(parseShadow(f))),
    groups: facts.file('/etc/group', parseGroups),
    shells: facts.file('/etc/shells', parseShells),
    firstUserId: readFirstUserId(facts),
    access: readAccessRules(facts),
    pam: readPam(facts),
    portsentry: firstPresent(
      [
        '/etc/portsentry/portsentry.conf',
        '/etc/portsentry.conf',
        '/usr/local/psionic/portsentry/portsentry.conf',
      ].map((path) => facts.file(path, parsePortsentryConf)),
    ),
    portsentryLog: facts.output('portsentry-log', (f) => parseLogLines(f, manifest.collected)),
    packages: joinCollected([
      facts.command('packages-rpm', parseRpmList),
      facts.command('packages-dpkg', parseDpkgList),
    ]),
    updates: readUpdates(facts),
    sendmails: facts.output('sendmail-links', parseLinks),
    sourceTrees: facts.output('source-trees', (f) =>
      linesOf(f)
        .map((l) => l.raw.trim())
        .filter(Boolean),
    ),
    fileDates: facts.output('file-dates', parseFileDates),
    processes,
    listeners,
    boot,
    cron: joinCollected([
      facts.files(
        ['/etc/crontab', '/etc/cron.d/*', '/var/spool/cron/*', '/var/spool/cron/crontabs/*'],
        parseCrontab,
      ),
      facts.output('cron-folders', parseCronFolders),
      facts.command('timers', parseTimers),
    ]),
    backupLog: joinCollected(
      index
        .commandNames('backup-log-')
        .map((name) => facts.command(name, (f) => parseLogLines(f, manifest.collected))),
    ),
    time: readTimeConfigs(facts),
    timeStatus: readTimeStatus(facts),
    watchers: readWatchers(facts),
    restoreHashes: facts.output('restore-hashes', parseHashes),
  };
}
