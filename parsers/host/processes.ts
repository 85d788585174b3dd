import type { Process } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/**
 * `ps auxww` and `ps -ef`, told apart by their first line. The command starts where the header's last column
 * does, or after the fixed number of columns before it.
 */
export function parseProcesses(file: HostFile): readonly Process[] {
  const [header, ...rows] = linesOf(file);
  if (header === undefined) return [];
  const columns = header.raw.trim().split(/\s+/);
  const pidAt = columns.indexOf('PID');
  if (pidAt < 0) return [];
  return rows.flatMap(({ raw, line }): Process[] => {
    const words = raw.trim().split(/\s+/);
    const command = words.slice(columns.length - 1).join(' ');
    const pid = Number(words[pidAt]);
    return Number.isInteger(pid) && command !== '' ? [{ pid, user: words[0]!, command, line }] : [];
  });
}
