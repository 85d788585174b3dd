import type { TimeConfig, TimeSource, TimeStatus } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** The undisciplined local clock as ntpd names it: no source of time. */
const LOCAL_CLOCK = /^127\.127\.1\./;

/** ntp.conf, chrony.conf (`server`, `peer`, `pool`) and timesyncd.conf (`NTP=`). */
export function parseTimeConfig(daemon: TimeConfig['daemon'], file: HostFile): TimeConfig {
  const servers = linesOf(file).flatMap(({ raw, line }) => {
    const text = raw.trim();
    if (/^[#!;%]/.test(text)) return [];
    if (daemon === 'timesyncd') {
      const names = /^(?:NTP|FallbackNTP)\s*=\s*(.+)$/i.exec(text)?.[1]?.split(/\s+/) ?? [];
      return names.map((server) => ({ server, line }));
    }
    const server = /^(?:server|peer|pool|refclock)\s+(\S+)/i.exec(text)?.[1];
    return server === undefined || LOCAL_CLOCK.test(server) ? [] : [{ server, line }];
  });
  return { daemon, servers };
}

/** `ntpq -pn`: the mark in the first column, offset in milliseconds, reach in octal. */
export function parseNtpq(file: HostFile): TimeStatus {
  const sources: TimeSource[] = [];
  for (const { raw, line } of linesOf(file)) {
    const m =
      /^([ *o+#.x-])(\S+)\s+\S+\s+\d+\s+\S\s+\S+\s+\S+\s+([0-7]+)\s+[\d.]+\s+(-?[\d.]+)\s+[\d.]+/.exec(raw);
    if (!m || LOCAL_CLOCK.test(m[2]!)) continue;
    sources.push({
      server: m[2]!,
      selected: m[1] === '*' || m[1] === 'o',
      offsetSeconds: Number(m[4]) / 1000,
      reach: Number.parseInt(m[3]!, 8),
      line,
    });
  }
  const selected = sources.find((s) => s.selected);
  return {
    synchronised: selected !== undefined,
    sources,
    offsetSeconds: selected?.offsetSeconds ?? null,
    line: (selected ?? sources[0])?.line ?? linesOf(file)[0]?.line ?? null,
  };
}

/** `chronyc -n tracking`. */
export function parseChronyTracking(file: HostFile): TimeStatus {
  let status: TimeStatus = { synchronised: null, sources: [], offsetSeconds: null, line: null };
  for (const { raw, line } of linesOf(file)) {
    const leap = /^Leap status\s*:\s*(.+?)\s*$/.exec(raw);
    if (leap) status = { ...status, synchronised: leap[1] !== 'Not synchronised', line };
    const offset = /^(?:System time)\s*:\s*([\d.]+) seconds (slow|fast)/.exec(raw);
    if (offset) status = { ...status, offsetSeconds: Number(offset[1]) * (offset[2] === 'slow' ? -1 : 1) };
    const source = /^Reference ID\s*:\s*\S+ \((\S+)\)/.exec(raw);
    if (source) {
      status = {
        ...status,
        sources: [{ server: source[1]!, selected: true, offsetSeconds: null, reach: null, line }],
      };
    }
  }
  return status;
}

/** `timedatectl`: `System clock synchronized: yes`, before that `NTP synchronized: yes`. */
export function parseTimedatectl(file: HostFile): TimeStatus {
  for (const { raw, line } of linesOf(file)) {
    const m = /^\s*(?:System clock|NTP) synchronized:\s*(yes|no)/.exec(raw);
    if (m) return { synchronised: m[1] === 'yes', sources: [], offsetSeconds: null, line };
  }
  return { synchronised: null, sources: [], offsetSeconds: null, line: null };
}
