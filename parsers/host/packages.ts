import type { Package } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

const fromEpoch = (seconds: string | undefined): string | null =>
  seconds !== undefined && /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString() : null;

/** `rpm -qa --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{INSTALLTIME}\n'`. */
export function parseRpmList(file: HostFile): readonly Package[] {
  return linesOf(file).flatMap(({ raw }) => {
    const [name, version, time] = raw.trim().split(/\s+/);
    return name && version ? [{ name, version, installed: fromEpoch(time) }] : [];
  });
}

/** `dpkg-query -W -f='${Package} ${Version} ${Status}\n'`: only what is installed; files may remain of others. */
export function parseDpkgList(file: HostFile): readonly Package[] {
  return linesOf(file).flatMap(({ raw }) => {
    const m = /^(\S+) (\S+) \S+ \S+ installed$/.exec(raw.trim());
    return m ? [{ name: m[1]!, version: m[2]!, installed: null }] : [];
  });
}
