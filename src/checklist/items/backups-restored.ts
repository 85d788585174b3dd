import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { FileHash, HostFacts } from '../../model/host.ts';
import { attachmentsOf, type CheckContext, daysBetween, defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, unseen } from '../statement.ts';

const words = z.array(z.string().min(1));

export const backupsRestored = defineCheck({
  id: 'backups-restored',
  description:
    'Backups are scheduled, the last one succeeded of late, and restored files are equal to those in production.',
  parameters: z.strictObject({
    commands: words
      .default([
        'backup',
        'amdump',
        'bacula',
        'rsnapshot',
        'rdiff-backup',
        'duplicity',
        'borg',
        'restic',
        'dump',
        'dirvish',
      ])
      .describe('words by which a scheduled command is known as a backup'),
    success: words
      .default(['success', 'complete', 'finished', 'done', ' ok'])
      .describe('words of a good end in its log'),
    failure: words
      .default(['fail', 'error', 'abort', 'incomplete', 'no space'])
      .describe('words of a bad one'),
    maxAgeDays: z.number().positive().default(8),
  }),
  judge: (context, parameters) => {
    const { facts } = context;
    if (facts === null)
      return [missing('no evidence bundle of the host'), ...restoreStatements(context, null)];
    return [
      scheduleStatement(facts, parameters.commands),
      logStatement(context, facts, parameters),
      ...restoreStatements(context, facts),
    ];
  },
});

function scheduleStatement(facts: HostFacts, commands: readonly string[]): Statement {
  if (facts.cron.kind !== 'present') return unseen(facts.cron, 'what is scheduled');
  const { sources } = facts.cron;
  const found = facts.cron.value.filter((j) => {
    const names = j.command.toLowerCase().split(/[^a-z0-9-]+/);
    return commands.some((c) => names.some((n) => n === c || (n.includes('backup') && c === 'backup')));
  });
  const [first] = found;
  return first === undefined
    ? breaks('no backup is scheduled', { sources })
    : holds(`a backup is scheduled (${first.schedule}): ${first.command}`, {
        lines: found.map((j) => j.line).slice(0, 5),
        sources,
      });
}

function logStatement(
  context: CheckContext,
  facts: HostFacts,
  parameters: {
    readonly success: readonly string[];
    readonly failure: readonly string[];
    readonly maxAgeDays: number;
  },
): Statement {
  if (facts.backupLog.kind !== 'present') return unseen(facts.backupLog, "the backup's log");
  const { sources } = facts.backupLog;
  const has = (message: string, list: readonly string[]): boolean =>
    list.some((w) => ` ${message}`.toLowerCase().includes(w));
  const bad = facts.backupLog.value.filter(
    (l) => has(l.message, parameters.failure) && !/\b(0|no) (errors?|failures?)\b/i.test(l.message),
  );
  const good = facts.backupLog.value.filter((l) => has(l.message, parameters.success) && !bad.includes(l));
  const lastGood = good.at(-1);
  const lastBad = bad.at(-1);
  const at = (line: typeof lastGood): number =>
    line === undefined ? -1 : facts.backupLog.kind === 'present' ? facts.backupLog.value.indexOf(line) : -1;
  if (lastBad !== undefined && at(lastBad) > at(lastGood)) {
    return breaks(`the last backup failed: ${lastBad.message.slice(0, 120)}`, {
      lines: [lastBad.line],
      sources,
    });
  }
  if (lastGood === undefined)
    return doubt('the log of the backup tells neither a good nor a bad end', { sources });
  const age = daysBetween(lastGood.at, context.asOf);
  const grounds = { lines: [lastGood.line], sources };
  if (age === null) return doubt('the log tells of a good backup, but not when', grounds);
  return age > parameters.maxAgeDays
    ? breaks(
        `the last good backup is of ${lastGood.at?.slice(0, 10)}, ${Math.floor(age)} days before`,
        grounds,
      )
    : holds(`the last good backup is of ${lastGood.at?.slice(0, 10)}`, grounds);
}

/** A restored copy lies somewhere else: it is the file whose path its own ends with. */
const isCopyOf = (restored: string, original: string): boolean =>
  restored === original ||
  restored.endsWith(original) ||
  restored.endsWith(`/${original.replace(/^\//, '')}`) ||
  `/${restored.replace(/^\.?\//, '')}` === original;

function restoreStatements(context: CheckContext, facts: HostFacts | null): readonly Statement[] {
  const restored = attachmentsOf(context, 'restored-files');
  if (restored.length === 0)
    return [missing('no restored file was shown: a backup that was never restored is a hope')];
  const production: readonly FileHash[] =
    facts?.restoreHashes.kind === 'present' ? facts.restoreHashes.value : [];
  const sources = [
    ...restored.map((r) => r.source),
    ...(facts?.restoreHashes.kind === 'present' ? facts.restoreHashes.sources : []),
  ];
  if (production.length === 0)
    return [
      missing('the hashes of the same files in production are not in the bundle (collect with -r)', {
        sources,
      }),
    ];

  const equal: string[] = [];
  const differing: FileHash[] = [];
  const unmatched: string[] = [];
  for (const copy of restored.flatMap((r) => [...r.value])) {
    const original = production.find((p) => isCopyOf(copy.path, p.path) && p.hex.length === copy.hex.length);
    if (original === undefined) unmatched.push(copy.path);
    else if (original.hex === copy.hex) equal.push(original.path);
    else differing.push(copy);
  }
  const statements: Statement[] = [];
  if (differing.length > 0) {
    const text = `restored files differ from production: ${enumerate(differing.map((d) => d.path))}`;
    statements.push(breaks(text, { sources, lines: differing.map((d) => d.line).slice(0, 10) }));
  }
  if (equal.length > 0)
    statements.push(
      holds(`${equal.length} restored files are equal to production: ${enumerate(equal)}`, { sources }),
    );
  if (unmatched.length > 0) {
    statements.push(
      doubt(`restored, but without a hash of the same kind from production: ${enumerate(unmatched)}`, {
        sources,
      }),
    );
  }
  return statements.length > 0
    ? statements
    : [missing('the list of restored files holds no hash', { sources })];
}
