import type { Collected, TimeConfig, TimeStatus } from '../../src/model/host.ts';
import { firstPresent, joinCollected } from './collected.ts';
import type { FactReader } from './fact-reader.ts';
import { parseChronyTracking, parseNtpq, parseTimeConfig, parseTimedatectl } from './time-sync.ts';

export function readTimeConfigs(facts: FactReader): Collected<readonly TimeConfig[]> {
  const of = (path: string, daemon: TimeConfig['daemon']): Collected<readonly TimeConfig[]> =>
    facts.file(path, (f) => [parseTimeConfig(daemon, f)]);
  return joinCollected([
    of('/etc/ntp.conf', 'ntpd'),
    of('/etc/ntpsec/ntp.conf', 'ntpd'),
    of('/etc/chrony.conf', 'chronyd'),
    of('/etc/chrony/chrony.conf', 'chronyd'),
    of('/etc/systemd/timesyncd.conf', 'timesyncd'),
  ]);
}

/** A host asked with three tools answers with one: the one that says "synchronised", else any that answers. */
export function readTimeStatus(facts: FactReader): Collected<TimeStatus> {
  const answers = [
    facts.command('time-ntpq', parseNtpq),
    facts.command('time-chrony', parseChronyTracking),
    facts.command('time-timedatectl', parseTimedatectl),
  ];
  const says = (wanted: boolean): Collected<TimeStatus> | undefined =>
    answers.find((a) => a.kind === 'present' && a.value.synchronised === wanted);
  return says(true) ?? says(false) ?? firstPresent(answers.filter((a) => a.kind !== 'present'));
}
