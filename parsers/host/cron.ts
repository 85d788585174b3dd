import type { CronJob } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** Whether a crontab names the user in its sixth column: the system's do, the users' own do not. */
const namesUser = (file: string): boolean => file === '/etc/crontab' || file.startsWith('/etc/cron.d/');

export function parseCrontab(file: HostFile): readonly CronJob[] {
  const withUser = namesUser(file.file);
  const owner = withUser ? null : file.file.slice(file.file.lastIndexOf('/') + 1);
  return linesOf(file).flatMap(({ raw, line }): CronJob[] => {
    const text = raw.trim();
    if (text === '' || text.startsWith('#') || /^\w+\s*=/.test(text)) return [];
    const m = /^(@\w+|(?:[\d*/,A-Za-z-]+\s+){4}[\d*/,A-Za-z-]+)\s+(.+)$/.exec(text);
    if (!m) return [];
    const [first, ...rest] = m[2]!.split(/\s+/);
    return withUser
      ? [{ schedule: m[1]!, command: rest.join(' '), user: first!, line }]
      : [{ schedule: m[1]!, command: m[2]!, user: owner, line }];
  });
}

/** `ls` of /etc/cron.daily and its like: run-parts takes names without dots, tildes and blanks. */
export const parseCronFolders = (file: HostFile): readonly CronJob[] =>
  linesOf(file).flatMap(({ raw, line }): CronJob[] => {
    const m = /^(\/etc\/cron\.(?:hourly|daily|weekly|monthly))\/([\w.-]+)$/.exec(raw.trim());
    return m ? [{ schedule: m[1]!, command: `${m[1]}/${m[2]}`, user: 'root', line }] : [];
  });

/** `systemctl list-timers`: the last two columns are the timer and what it starts. */
export const parseTimers = (file: HostFile): readonly CronJob[] =>
  linesOf(file).flatMap(({ raw, line }): CronJob[] => {
    const m = /(\S+\.timer)\s+(\S+\.service)\s*$/.exec(raw);
    return m ? [{ schedule: m[1]!, command: m[2]!, user: null, line }] : [];
  });
