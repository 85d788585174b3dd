import * as z from 'zod';
import type { HostFacts, HostSource } from '../../model/host.ts';
import { attachmentsOf, type CheckContext, daysBetween, defineCheck } from '../check.ts';
import { matchesPathPattern } from '../path-pattern.ts';
import { breaks, doubt, enumerate, holds, missing } from '../statement.ts';

/** Files that programs rewrite by themselves: their dates are no changes by a person. */
const SELF_CHANGING = [
  '/etc/mtab',
  '/etc/adjtime',
  '/etc/resolv.conf',
  '/etc/ld.so.cache',
  '/etc/prelink.cache',
  '/etc/*.db',
  '/etc/*-',
  '/etc/.pwd.lock',
  '/etc/blkid.tab*',
  '/etc/cups/*',
  '/etc/lvm/*',
  '/etc/ssh/ssh_host_*',
  '/etc/sysconfig/hwconf',
  '/etc/ntp/drift',
  '/etc/udev/hwdb.bin',
];

interface Change {
  /** ISO date. */
  readonly date: string;
  readonly what: string;
}

export const changeLogKept = defineCheck({
  id: 'change-log-kept',
  description:
    'Every package installed and every configuration file changed of late has an entry of its day in the written log.',
  parameters: z.strictObject({
    windowDays: z.number().positive().default(90).describe('how far back changes are looked at'),
    toleranceDays: z.number().min(0).default(1).describe('how far an entry may be from the change'),
    ignore: z.array(z.string()).default([]).describe('further paths (with *) that change by themselves'),
  }),
  judge: (context, { windowDays, toleranceDays, ignore }) => {
    const logs = attachmentsOf(context, 'change-log');
    const seen =
      context.facts === null
        ? null
        : changesOf(context, context.facts, windowDays, [...SELF_CHANGING, ...ignore]);
    const lacking =
      seen === null || seen.sources.length === 0
        ? [missing('no dates of packages and files from the host to set against the log')]
        : [];
    if (logs.length === 0) {
      const text =
        seen !== null && seen.changes.length > 0
          ? `no change log was given; in ${windowDays} days ${days(seen.changes).length} days saw changes on the host`
          : 'no change log was given';
      return [missing(text, { sources: seen?.sources ?? [] }), ...lacking];
    }
    const sources = [...logs.map((l) => l.source), ...(seen?.sources ?? [])];
    const entries = logs.flatMap((l) => [...l.value]);
    if (entries.length === 0) return [breaks('the change log holds no dated entry', { sources }), ...lacking];
    if (seen === null || seen.sources.length === 0)
      return [doubt(`the change log has ${entries.length} entries`, { sources }), ...lacking];

    const unlogged = seen.changes.filter(
      (c) =>
        !entries.some(
          (e) => Math.abs(daysBetween(e.date, c.date) ?? Number.POSITIVE_INFINITY) <= toleranceDays,
        ),
    );
    const last = entries.at(-1)!;
    if (unlogged.length > 0) {
      const shown = days(unlogged).map(
        (d) =>
          `${d} (${enumerate(
            unlogged.filter((c) => c.date === d).map((c) => c.what),
            3,
          )})`,
      );
      return [breaks(`changes without an entry: ${enumerate(shown, 5)}`, { sources, lines: [last.line] })];
    }
    if (seen.changes.length === 0) {
      return [
        doubt(`the host shows no change in ${windowDays} days, so the log could not be tried`, {
          sources,
          lines: [last.line],
        }),
      ];
    }
    return [
      holds(`each of the ${days(seen.changes).length} days with changes has an entry`, {
        sources,
        lines: entries.slice(-10).map((e) => e.line),
      }),
    ];
  },
});

const days = (changes: readonly Change[]): readonly string[] =>
  [...new Set(changes.map((c) => c.date))].sort();

function changesOf(
  context: CheckContext,
  facts: HostFacts,
  windowDays: number,
  ignored: readonly string[],
): { readonly changes: readonly Change[]; readonly sources: readonly HostSource[] } {
  const now = context.identity?.collected ?? null;
  const recent = (time: string | null): boolean => {
    const age = daysBetween(time, now);
    return age !== null && age >= 0 && age <= windowDays;
  };
  const changes: Change[] = [];
  const sources: HostSource[] = [];
  if (facts.packages.kind === 'present' && facts.packages.value.some((p) => p.installed !== null)) {
    sources.push(...facts.packages.sources);
    for (const p of facts.packages.value) {
      if (recent(p.installed))
        changes.push({ date: p.installed!.slice(0, 10), what: `${p.name} ${p.version}` });
    }
  }
  if (facts.fileDates.kind === 'present') {
    sources.push(...facts.fileDates.sources);
    for (const f of facts.fileDates.value) {
      if (recent(f.modified) && !ignored.some((pattern) => matchesPathPattern(pattern, f.path))) {
        changes.push({ date: f.modified.slice(0, 10), what: f.path });
      }
    }
  }
  return { changes, sources };
}
