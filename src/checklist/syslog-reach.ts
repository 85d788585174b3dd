import type { ConfigLine } from '../diagnostics/source-span.ts';
import {
  SYSLOG_PRIORITIES,
  type SyslogConfig,
  type SyslogPriority,
  type SyslogSelector,
} from '../model/host.ts';

/** A set of priorities is a mask: a bit's number is its priority's. */
const ALL = 0xff;

/** A priority and all graver ones. */
export const andAbove = (priority: SyslogPriority | '*'): number =>
  priority === '*' ? ALL : (1 << (SYSLOG_PRIORITIES.indexOf(priority) + 1)) - 1;

/**
 * The priorities of one facility that a selector list takes. Fields are applied from left to right, each to the
 * facilities it names: `*.info;mail.none` takes mail away again (sysklogd's syslogd.c, cfline).
 */
export function selectedPriorities(selectors: readonly SyslogSelector[], facility: string): number {
  let mask = 0;
  for (const s of selectors) {
    if (!s.facilities.includes('*') && !s.facilities.includes(facility)) continue;
    if (s.priority === 'none') {
      mask = s.negated ? ALL : 0;
      continue;
    }
    // No single priority is called `*`: rsyslogd, asked for `=*`, adds and takes away nothing.
    const single = s.priority === '*' ? 0 : 1 << SYSLOG_PRIORITIES.indexOf(s.priority);
    const bits = s.exact ? single : andAbove(s.priority);
    mask = s.negated ? mask & ~bits : mask | bits;
  }
  return mask;
}

/** Whether the selectors speak of the facility at all, if only to leave it out. */
const names = (selectors: readonly SyslogSelector[], facility: string): boolean =>
  selectors.some((s) => s.facilities.includes(facility));

export interface RemoteReach {
  /** Priorities certainly, and possibly, sent to another host, as bits. */
  readonly must: number;
  readonly may: number;
  /** Rules that send or stop some of them, or leave the facility out by name. */
  readonly lines: readonly ConfigLine[];
  readonly hosts: readonly string[];
}

/** What of one facility leaves for a host that `isRemote`. A rule whose condition is not modelled may do all or nothing. */
export function remoteReach(
  config: SyslogConfig,
  facility: string,
  isRemote: (host: string) => boolean,
): RemoteReach {
  let must = 0;
  let may = 0;
  let aliveMust = ALL;
  let aliveMay = ALL;
  const lines: ConfigLine[] = [];
  const hosts = new Set<string>();
  for (const { filter, action, line } of config.rules) {
    const [ruleMust, ruleMay] =
      filter.kind === 'selectors'
        ? [selectedPriorities(filter.selectors, facility), selectedPriorities(filter.selectors, facility)]
        : [0, ALL];
    if (action.kind === 'remote' && isRemote(action.host) && (ruleMay & aliveMay) !== 0) {
      must |= ruleMust & aliveMust;
      may |= ruleMay & aliveMay;
      lines.push(line);
      hosts.add(action.host);
    } else if (action.kind === 'remote' && filter.kind === 'selectors' && names(filter.selectors, facility)) {
      lines.push(line);
    } else if (action.kind === 'discard' && (ruleMay & aliveMay) !== 0) {
      aliveMust &= ~ruleMay;
      aliveMay &= ~ruleMust;
      lines.push(line);
    }
  }
  return { must, may, lines, hosts: [...hosts] };
}

/** `info and above`, `debug`, `info, notice`; empty for none. */
export function describePriorities(mask: number): string {
  if (mask === 0) return '';
  if (mask === ALL) return 'every priority';
  for (const p of SYSLOG_PRIORITIES) if (p !== 'emerg' && mask === andAbove(p)) return `${p} and above`;
  return SYSLOG_PRIORITIES.filter((_, i) => mask & (1 << i))
    .reverse()
    .join(', ');
}
