import type { PendingUpdates } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

type Pending = PendingUpdates['packages'];

/** `apt-get -s upgrade`: `Inst name [old] (new …)`. */
export const parseAptSimulation = (file: HostFile): Pending =>
  linesOf(file).flatMap(({ raw, line }) => {
    const m = /^Inst (\S+)(?: \[[^\]]*\])? \((\S+)/.exec(raw);
    return m ? [{ name: m[1]!, version: m[2]!, line }] : [];
  });

/** `yum check-update` and `dnf check-update`: `name.arch version repository`; what is obsolete comes after its heading. */
export function parseYumCheck(file: HostFile): Pending {
  const pending: Pending[number][] = [];
  for (const { raw, line } of linesOf(file)) {
    if (/^Obsoleting Packages/.test(raw)) break;
    const m = /^([\w.+-]+)\.(\w+)\s+(\S*\d\S*)\s+\S+\s*$/.exec(raw);
    if (m) pending.push({ name: m[1]!, version: m[3]!, line });
  }
  return pending;
}

/** `up2date --list`: a ruled table of name, version, release. */
export function parseUp2dateList(file: HostFile): Pending {
  const pending: Pending[number][] = [];
  let ruled = false;
  for (const { raw, line } of linesOf(file)) {
    if (/^-{10,}/.test(raw)) ruled = true;
    const m = ruled ? /^([\w.+-]+)\s+(\d\S*)\s+(\S+)(?:\s+\S+)?\s*$/.exec(raw) : null;
    if (m) pending.push({ name: m[1]!, version: `${m[2]}-${m[3]}`, line });
  }
  return pending;
}
