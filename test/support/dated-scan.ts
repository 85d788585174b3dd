import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The sample's scan from outside as if it had ended a minute before `time` (ISO): written into a folder that holds the
 * sample. Gives the argument of `aclscope audit` for it.
 */
export function outsideScanOf(folder: string, time: string): string {
  const date = (minutesBefore: number): string => {
    const at = new Date(Date.parse(time) - minutesBefore * 60_000).toUTCString();
    return at.replace(/(\S+), (\d+) (\S+) (\d+) (\S+) GMT/, '$1 $3 $2 $5 $4');
  };
  const scan = readFileSync(join(folder, 'outside-scan.nmap'), 'utf8');
  const name = `outside-${time.replaceAll(':', '-')}.nmap`;
  writeFileSync(
    join(folder, name),
    scan
      .replace(/(?<=initiated )\S+ \S+ \d+ [\d:]+ \d+/, date(5))
      .replace(/(?<=completed at )\S+ \S+ \d+ [\d:]+ \d+/, date(1)),
  );
  return `internet=${name}`;
}
