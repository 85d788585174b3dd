import type { Collected, HostFacts, LogWatcher, SyslogConfig } from '../../src/model/host.ts';
import { firstPresent, joinCollected } from './collected.ts';
import type { FactReader } from './fact-reader.ts';
import type { HostFile } from './host-file.ts';
import { parseJournald } from './journald-conf.ts';
import { parseLogcheck, parseLogwatch, parseSwatch } from './log-watchers.ts';
import { parseRsyslogConf } from './rsyslog-conf.ts';
import { parseSyslogConf } from './syslog-conf.ts';

export function readSyslog(facts: FactReader): Collected<SyslogConfig> {
  const other = facts.index.file('/etc/syslog-ng/syslog-ng.conf');
  const known = firstPresent<SyslogConfig>([
    facts.withIncludes('/etc/rsyslog.conf', (main, find) => facts.take(parseRsyslogConf(main, find))),
    facts.file('/etc/syslog.conf', (f) => facts.take(parseSyslogConf(f))),
  ]);
  if (known.kind === 'present' || other.kind !== 'present') return known;
  return {
    kind: 'uncollected',
    origin: '/etc/syslog-ng/syslog-ng.conf',
    reason: 'the language of syslog-ng is not read; judge this file by hand',
  };
}

export function readJournald(facts: FactReader): HostFacts['journald'] {
  const files = [
    '/etc/systemd/journald.conf',
    '/etc/systemd/journald.conf.d/*',
    '/etc/systemd/journal-upload.conf',
  ].flatMap((p) => [...facts.index.find(p)]);
  if (files.length === 0) return facts.file('/etc/systemd/journald.conf', () => parseJournald([]));
  return { kind: 'present', value: parseJournald(files), sources: facts.index.sourcesOf(files) };
}

/** The programs that read the logs and report. */
export function readWatchers(facts: FactReader): Collected<readonly LogWatcher[]> {
  const logwatch = [
    '/usr/share/logwatch/default.conf/logwatch.conf',
    '/etc/log.d/conf/logwatch.conf',
    '/etc/log.d/logwatch.conf',
    '/etc/logwatch/conf/logwatch.conf',
  ].flatMap((p) => [...facts.index.find(p)]);
  const one =
    (parse: (f: HostFile) => LogWatcher) =>
    (file: HostFile): readonly LogWatcher[] => [parse(file)];
  return joinCollected<LogWatcher>([
    facts.files(
      ['/etc/swatch.conf', '/etc/swatchrc', '/etc/swatch/*', '/root/.swatchrc', '/root/.swatchdogrc'],
      one(parseSwatch),
    ),
    logwatch.length === 0
      ? facts.file('/etc/logwatch/conf/logwatch.conf', () => [])
      : { kind: 'present', value: [parseLogwatch(logwatch)], sources: facts.index.sourcesOf(logwatch) },
    facts.files(['/etc/logcheck/logcheck.conf', '/usr/local/etc/logcheck.sh'], one(parseLogcheck)),
  ]);
}
