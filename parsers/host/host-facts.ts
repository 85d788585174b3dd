import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type {
  BootEntry,
  Collected,
  HostFacts,
  LogWatcher,
  PamStack,
  PendingUpdates,
  SyslogConfig,
  TcpRule,
  TcpServer,
  TimeConfig,
  TimeStatus,
} from '../../src/model/host.ts';
import { parseAccessConf } from './access-conf.ts';
import { parseFirstUserId, parseGroups, parsePasswd, parseShadow, parseShells } from './accounts.ts';
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
import { parseCronFolders, parseCrontab, parseTimers } from './cron.ts';
import { parseFileDates, parseHashes, parseLinks } from './file-lists.ts';
import { type FindFiles, type HostFile, isGlob, linesOf, matchesGlob } from './host-file.ts';
import { parseInetd } from './inetd-conf.ts';
import { parseJournald } from './journald-conf.ts';
import { parseListeningSockets } from './listening-sockets.ts';
import { parseLogLines } from './log-lines.ts';
import { parseLogcheck, parseLogwatch, parseSwatch } from './log-watchers.ts';
import type { Manifest } from './manifest.ts';
import { parseDpkgList, parseRpmList } from './packages.ts';
import { readPamStack } from './pam.ts';
import { parseAptSimulation, parseUp2dateList, parseYumCheck } from './pending-updates.ts';
import type { PieceIndex } from './piece-index.ts';
import { parsePortsentryConf } from './portsentry-conf.ts';
import { parseProcesses } from './processes.ts';
import { parseRsyslogConf } from './rsyslog-conf.ts';
import { parseServices } from './services.ts';
import { parseSshdConfig, parseSshdEffective, parseSshVersion } from './sshd-config.ts';
import { parseSyslogConf } from './syslog-conf.ts';
import { parseListSockets } from './systemd-sockets.ts';
import { parseTcpRules } from './tcp-rules.ts';
import { findTcpServers } from './tcpserver-command.ts';
import { parseChronyTracking, parseNtpq, parseTimeConfig, parseTimedatectl } from './time-sync.ts';
import { parseXinetd } from './xinetd-conf.ts';

const SSHD_CONFIG = '/etc/ssh/sshd_config';
const PAM_SERVICES = ['login', 'sshd', 'su', 'system-auth'];
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

/** Takes the pieces apart, format by format. What a parser has to say is passed on through `say`. */
export function readHostFacts(
  index: PieceIndex,
  manifest: Manifest,
  say: (d: Diagnostic) => void,
): HostFacts {
  const take = <T>(parsed: Parsed<T>): T => {
    parsed.diagnostics.forEach(say);
    return parsed.value;
  };
  const fromCommand = <T>(name: string, parse: (file: HostFile) => T, needsSuccess = true): Collected<T> => {
    const fact = index.command(name);
    const source = fact.kind === 'present' ? fact.sources[0] : undefined;
    if (fact.kind === 'present' && needsSuccess && source?.exit !== null && source?.exit !== 0) {
      const last = linesOf(fact.value).at(-1)?.raw.slice(0, 120) ?? '';
      return {
        kind: 'uncollected',
        origin: source?.origin ?? name,
        reason: `it ended with ${source?.exit}: ${last}`,
      };
    }
    return mapCollected(fact, parse);
  };
  const allFiles = <T>(
    patterns: readonly string[],
    parse: (file: HostFile) => readonly T[],
  ): Collected<readonly T[]> => {
    const facts = patterns.flatMap((pattern): Collected<readonly T[]>[] => {
      const found = index.find(pattern);
      if (found.length > 0) {
        return [
          { kind: 'present', value: found.flatMap((f) => [...parse(f)]), sources: index.sourcesOf(found) },
        ];
      }
      return [mapCollected(index.file(pattern), parse)];
    });
    return joinCollected(facts);
  };

  /** A file with what it pulls in; what is pulled in and was not collected becomes a gap. */
  const withIncludes = <T>(path: string, parse: (main: HostFile, find: FindFiles) => T): Collected<T> => {
    const main = index.file(path);
    if (main.kind !== 'present') return main;
    const sources = [...main.sources];
    const gaps: string[] = [];
    const find: FindFiles = (pattern) => {
      const found = index.find(pattern);
      sources.push(...index.sourcesOf(found));
      gaps.push(
        ...index.unseenFiles.filter((p) => (isGlob(pattern) ? matchesGlob(pattern, p) : pattern === p)),
      );
      if (found.length === 0 && ['never', 'denied'].includes(index.looked(pattern))) gaps.push(pattern);
      return found;
    };
    const value = parse(main.value, find);
    return { kind: 'present', value, sources, ...(gaps.length > 0 ? { gaps } : {}) };
  };

  const servicesFile = index.file('/etc/services');
  const services = parseServices(servicesFile.kind === 'present' ? servicesFile.value : null);

  const inittab = mapCollected(index.file('/etc/inittab'), parseInittab);
  const runlevel = inittab.kind === 'present' ? inittab.value.runlevel : null;
  const boot = joinCollected<BootEntry>([
    fromCommand('boot-units', parseUnitFiles),
    fromCommand('boot-chkconfig', (f) => parseChkconfig(f, runlevel)),
    fromCommand('boot-links', (f) => parseRcLinks(f, runlevel), false),
    fromCommand('supervised', parseSupervised, false),
    allFiles(['/etc/rc.local', '/etc/rc.d/rc.local'], parseRcLocal),
    mapCollected(inittab, (i) => i.entries),
  ]);

  const tcpServers = joinCollected<TcpServer>([
    fromCommand('processes', (f) => findTcpServers(f, services)),
    allFiles(RUN_SCRIPTS, (f) => findTcpServers(f, services)),
  ]);

  const processes = fromCommand('processes', parseProcesses);
  const listeners = readListeners();
  const sshdPath = sshdFile(processes, listeners);

  return {
    sshd: withIncludes(sshdPath, (main, find) => take(parseSshdConfig(main, find))),
    // `sshd -T` reads the usual file, whatever the running one was told to read.
    sshdEffective:
      sshdPath === SSHD_CONFIG
        ? fromCommand('sshd-effective', parseSshdEffective)
        : { kind: 'uncollected', origin: 'sshd -T', reason: `the running sshd reads ${sshdPath}` },
    sshdVersion: readVersion(fromCommand('sshd-version', (f) => parseSshVersion(f.text), false)),
    syslog: readSyslog(),
    journald: readJournald(),
    xinetd: withIncludes('/etc/xinetd.conf', (main, find) => take(parseXinetd(main, find, services))),
    inetd: mapCollected(index.file('/etc/inetd.conf'), (f) => take(parseInetd(f, services))),
    systemdSockets: fromCommand('sockets', parseListSockets),
    tcpServers,
    tcpRules: readTcpRules(),
    accounts: mapCollected(index.file('/etc/passwd'), (f) => take(parsePasswd(f))),
    shadow: mapCollected(index.file('/etc/shadow'), (f) => take(parseShadow(f))),
    groups: mapCollected(index.file('/etc/group'), parseGroups),
    shells: mapCollected(index.file('/etc/shells'), parseShells),
    firstUserId: readFirstUserId(),
    access: allAccessRules(),
    pam: readPam(),
    portsentry: firstPresent(
      [
        '/etc/portsentry/portsentry.conf',
        '/etc/portsentry.conf',
        '/usr/local/psionic/portsentry/portsentry.conf',
      ].map((p) => mapCollected(index.file(p), parsePortsentryConf)),
    ),
    portsentryLog: fromCommand('portsentry-log', (f) => parseLogLines(f, manifest.collected), false),
    packages: joinCollected([
      fromCommand('packages-rpm', parseRpmList),
      fromCommand('packages-dpkg', parseDpkgList),
    ]),
    updates: readUpdates(),
    sendmails: fromCommand('sendmail-links', parseLinks, false),
    sourceTrees: fromCommand(
      'source-trees',
      (f) =>
        linesOf(f)
          .map((l) => l.raw.trim())
          .filter(Boolean),
      false,
    ),
    fileDates: fromCommand('file-dates', parseFileDates, false),
    processes,
    listeners,
    boot,
    cron: joinCollected([
      allFiles(
        ['/etc/crontab', '/etc/cron.d/*', '/var/spool/cron/*', '/var/spool/cron/crontabs/*'],
        parseCrontab,
      ),
      fromCommand('cron-folders', parseCronFolders, false),
      fromCommand('timers', parseTimers),
    ]),
    backupLog: joinCollected(
      index
        .commandNames('backup-log-')
        .map((name) => fromCommand(name, (f) => parseLogLines(f, manifest.collected))),
    ),
    time: readTimeConfigs(),
    timeStatus: readTimeStatus(),
    watchers: readWatchers(),
    restoreHashes: fromCommand('restore-hashes', parseHashes, false),
  };

  function readVersion(fact: Collected<readonly [number, number] | null>): HostFacts['sshdVersion'] {
    if (fact.kind !== 'present') return fact;
    return fact.value === null
      ? { kind: 'uncollected', origin: 'ssh -V', reason: 'its output names no OpenSSH version' }
      : { ...fact, value: fact.value };
  }

  function readFirstUserId(): HostFacts['firstUserId'] {
    const fact = mapCollected(index.file('/etc/login.defs'), parseFirstUserId);
    if (fact.kind !== 'present') return fact;
    return fact.value === null
      ? { kind: 'uncollected', origin: '/etc/login.defs', reason: 'it does not set UID_MIN' }
      : { ...fact, value: fact.value };
  }

  function readSyslog(): Collected<SyslogConfig> {
    const other = index.file('/etc/syslog-ng/syslog-ng.conf');
    const known = firstPresent<SyslogConfig>([
      withIncludes('/etc/rsyslog.conf', (main, find) => take(parseRsyslogConf(main, find))),
      mapCollected(index.file('/etc/syslog.conf'), (f) => take(parseSyslogConf(f))),
    ]);
    if (known.kind === 'present' || other.kind !== 'present') return known;
    return {
      kind: 'uncollected',
      origin: '/etc/syslog-ng/syslog-ng.conf',
      reason: 'the language of syslog-ng is not read; judge this file by hand',
    };
  }

  function readJournald(): HostFacts['journald'] {
    const files = [
      '/etc/systemd/journald.conf',
      '/etc/systemd/journald.conf.d/*',
      '/etc/systemd/journal-upload.conf',
    ].flatMap((p) => [...index.find(p)]);
    if (files.length === 0)
      return mapCollected(index.file('/etc/systemd/journald.conf'), () => parseJournald([]));
    return { kind: 'present', value: parseJournald(files), sources: index.sourcesOf(files) };
  }

  function allAccessRules(): HostFacts['access'] {
    const main = mapCollected(index.file('/etc/security/access.conf'), (f) => take(parseAccessConf(f)));
    const more = index.find('/etc/security/access.d/*.conf');
    if (more.length === 0) return main;
    // pam_access reads the folder's files after the main file, in the order of their names.
    return joinCollected([
      main,
      {
        kind: 'present',
        value: more.flatMap((f) => [...take(parseAccessConf(f))]),
        sources: index.sourcesOf(more),
      },
    ]);
  }

  function readPam(): HostFacts['pam'] {
    const stacks = new Map<string, Collected<PamStack>>();
    for (const service of PAM_SERVICES) {
      const seen: HostFile[] = [];
      const stack = readPamStack(service, (p) => {
        const found = index.find(p);
        seen.push(...found);
        return found;
      });
      const path = `/etc/pam.d/${service}`;
      if (stack === null) {
        const why = index.file(path);
        stacks.set(
          service,
          why.kind === 'present'
            ? { kind: 'uncollected', origin: path, reason: 'it could not be read' }
            : why,
        );
      } else {
        const value = take(stack);
        stacks.set(service, {
          kind: 'present',
          value,
          sources: index.sourcesOf(seen),
          ...(value.missing.length > 0 ? { gaps: value.missing } : {}),
        });
      }
    }
    return stacks;
  }

  /** The compiled file that each tcpserver reads, and the text beside it from which tcprules made it. */
  function readTcpRules(): HostFacts['tcpRules'] {
    const rules = new Map<string, Collected<readonly TcpRule[]>>();
    const compiled = new Set(index.filePaths.filter((p) => p.endsWith('.cdb')));
    if (tcpServers.kind === 'present')
      for (const s of tcpServers.value) if (s.rulesFile) compiled.add(s.rulesFile);
    for (const path of compiled) {
      rules.set(
        path,
        mapCollected(index.bytes(path), (bytes) => take(readCompiledTcpRules(path, bytes))),
      );
      const source = path.replace(/\.cdb$/, '');
      if (source !== path)
        rules.set(
          source,
          mapCollected(index.file(source), (f) => take(parseTcpRules(f))),
        );
    }
    return rules;
  }

  function readUpdates(): Collected<PendingUpdates> {
    const lists = fromCommand(
      'updates-lists',
      (f) => linesOf(f).map((l) => Number(/^\d+/.exec(l.raw)?.[0] ?? 0)),
      false,
    );
    const newest = lists.kind === 'present' ? Math.max(0, ...lists.value) : 0;
    const apt = fromCommand('updates-apt', parseAptSimulation);
    const asked = (
      name: string,
      tool: string,
      parse: (f: HostFile) => PendingUpdates['packages'],
    ): Collected<PendingUpdates> => {
      const fact = index.command(name);
      // yum and dnf end with 100 when updates are pending.
      const ended = fact.kind === 'present' ? (fact.sources[0]?.exit ?? 0) : 0;
      return fact.kind === 'present' && ended !== 0 && ended !== 100
        ? { kind: 'uncollected', origin: tool, reason: `it ended with ${ended}` }
        : mapCollected(fact, (f) => ({ packages: parse(f), listsFrom: null, tool }));
    };
    const fromApt: Collected<PendingUpdates> =
      apt.kind === 'present' && newest === 0
        ? { kind: 'uncollected', origin: 'apt-get', reason: 'apt holds no package lists to compare with' }
        : mapCollected(apt, (packages) => ({
            packages,
            listsFrom: new Date(newest * 1000).toISOString(),
            tool: 'apt-get',
          }));
    const answers = [
      asked('updates-dnf', 'dnf', parseYumCheck),
      asked('updates-yum', 'yum', parseYumCheck),
      asked('updates-up2date', 'up2date', parseUp2dateList),
      fromApt,
    ];
    const tried = answers.find(
      (a) => a.kind === 'uncollected' && /ended with|no package lists/.test(a.reason),
    );
    return (
      answers.find((a) => a.kind === 'present') ??
      tried ?? {
        kind: 'uncollected',
        origin: '',
        reason: 'the package manager was not asked (the collector does so with -u)',
      }
    );
  }

  function readListeners(): HostFacts['listeners'] {
    const both = ['listeners-netstat', 'listeners-ss'].map((name) =>
      fromCommand(name, (f) => parseListeningSockets(f, services)),
    );
    const named = both.find((f) => f.kind === 'present' && f.value.some((l) => l.process !== null));
    return named ?? firstPresent(both);
  }

  function readTimeConfigs(): Collected<readonly TimeConfig[]> {
    const of = (path: string, daemon: TimeConfig['daemon']): Collected<readonly TimeConfig[]> =>
      mapCollected(index.file(path), (f) => [parseTimeConfig(daemon, f)]);
    return joinCollected([
      of('/etc/ntp.conf', 'ntpd'),
      of('/etc/ntpsec/ntp.conf', 'ntpd'),
      of('/etc/chrony.conf', 'chronyd'),
      of('/etc/chrony/chrony.conf', 'chronyd'),
      of('/etc/systemd/timesyncd.conf', 'timesyncd'),
    ]);
  }

  /** A host asked with three tools answers with one: the one that says "synchronised", else any that answers. */
  function readTimeStatus(): Collected<TimeStatus> {
    const answers = [
      fromCommand('time-ntpq', parseNtpq),
      fromCommand('time-chrony', parseChronyTracking),
      fromCommand('time-timedatectl', parseTimedatectl),
    ];
    const says = (wanted: boolean): Collected<TimeStatus> | undefined =>
      answers.find((a) => a.kind === 'present' && a.value.synchronised === wanted);
    return says(true) ?? says(false) ?? firstPresent(answers.filter((a) => a.kind !== 'present'));
  }

  function readWatchers(): Collected<readonly LogWatcher[]> {
    const logwatch = [
      '/usr/share/logwatch/default.conf/logwatch.conf',
      '/etc/log.d/conf/logwatch.conf',
      '/etc/log.d/logwatch.conf',
      '/etc/logwatch/conf/logwatch.conf',
    ].flatMap((p) => [...index.find(p)]);
    const one =
      (parse: (f: HostFile) => LogWatcher) =>
      (file: HostFile): readonly LogWatcher[] => [parse(file)];
    return joinCollected<LogWatcher>([
      allFiles(
        ['/etc/swatch.conf', '/etc/swatchrc', '/etc/swatch/*', '/root/.swatchrc', '/root/.swatchdogrc'],
        one(parseSwatch),
      ),
      logwatch.length === 0
        ? mapCollected(index.file('/etc/logwatch/conf/logwatch.conf'), () => [])
        : { kind: 'present', value: [parseLogwatch(logwatch)], sources: index.sourcesOf(logwatch) },
      allFiles(['/etc/logcheck/logcheck.conf', '/usr/local/etc/logcheck.sh'], one(parseLogcheck)),
    ]);
  }
}
