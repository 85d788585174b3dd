import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LintFinding } from '../model/finding.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { type ChangeFocus, focusOnChange, widenFocus } from './change-focus.ts';
import { LINT_CHECKS } from './checks/registry.ts';
import { lintIn, type Rules } from './lint.ts';
import { buildLintContext, type LintContext, type LintOptions } from './lint-context.ts';
import { ABOUT_LISTS, newFindings } from './new-findings.ts';

export interface ReviewedConfig {
  readonly config: RouterConfig;
  readonly diagnostics: readonly Diagnostic[];
}

type Settings = Omit<LintOptions, 'diagnostics' | 'focus'>;

/** What some rules say. Asked several times, it looks at what the rules share once. */
export type FindingsOf = (wanted: Rules) => readonly LintFinding[];

/**
 * What the rules say of the later configuration and did not say of the earlier one. Where only lists changed, and few
 * lines of them, only these and what they touch are looked at: of the rest the rules say the same before and after.
 */
export function findingsOfChange(
  before: ReviewedConfig,
  after: ReviewedConfig,
  settings: Settings,
): FindingsOf {
  const focus = focusOnChange(before.config, after.config, settings.clock, TELLING);
  const inFocus = focus && findingsInFocus(before, after, focus, settings);
  const [then, now] = [lintOf(before, settings), lintOf(after, settings)];
  const inWhole: FindingsOf = (wanted) => {
    const found = now(wanted);
    return newFindings(then(thatSpeakIn(found)), found);
  };
  return (wanted) => inFocus?.(wanted) ?? inWhole(wanted);
}

/** What a rule said before counts only against what it says now. */
function thatSpeakIn(found: readonly LintFinding[]): Rules {
  const speak = new Set(found.map((f) => f.rule));
  return (rule) => speak.has(rule);
}

/** What rules say of a configuration. */
export function lintOf({ config, diagnostics }: ReviewedConfig, settings: Settings): FindingsOf {
  let context: LintContext | null = null;
  return (wanted) => {
    context ??= buildLintContext(config, { ...settings, diagnostics });
    return lintIn(context, settings, wanted).findings;
  };
}

const TELLING = LINT_CHECKS.flatMap((check) => check.telling ?? []);

/** Null where the focus does not tell. */
function findingsInFocus(
  before: ReviewedConfig,
  after: ReviewedConfig,
  focus: ChangeFocus,
  settings: Settings,
): (wanted: Rules) => readonly LintFinding[] | null {
  const look = ({ config, diagnostics }: ReviewedConfig, side: keyof ChangeFocus): LintContext =>
    buildLintContext(config, { ...settings, diagnostics, focus: focus[side] });
  const then = look(before, 'before');
  const now = look(after, 'after');
  if (!sameBeyondLines(then, now)) return () => null;
  return (wanted) => {
    const found = lintIn(now, settings, wanted).findings;
    const old = lintIn(then, settings, thatSpeakIn(found)).findings;
    if (someListSaysMore(old, found)) return null;
    const caused = newFindings(old, found);
    if (caused.length === 0) return caused;
    // Of several lines that read the same the last ones count as new: all of them have to be seen, by rules that say
    // something new. Others would say of the rest what they said before.
    const texts = caused.flatMap((f) => (f.line ? [f.line.text] : []));
    const wider = widenFocus(focus, before.config, after.config, texts);
    return countLines(wider) === countLines(focus)
      ? caused
      : findingsInFocus(before, after, wider, settings)(thatSpeakIn(caused));
  };
}

const countLines = (focus: ChangeFocus): number =>
  [focus.before, focus.after]
    .flatMap((side) => [...side.values()])
    .reduce((n, { lines }) => n + lines.size, 0);

/** Whether what a rule says of a line out of focus hangs on nothing that differs. */
function sameBeyondLines(before: LintContext, after: LintContext): boolean {
  const [a, b] = [before.facing, after.facing];
  if (a.stated !== b.stated || [...a.outside].join() !== [...b.outside].join()) return false;
  return after.lists.every((list) => {
    if (list.focus === null) return true;
    const old = before.lists.find((l) => l.acl.name === list.acl.name)!;
    return (
      list.undecided.length === 0 &&
      LINT_CHECKS.every(({ hangsOn }) => hangsOn?.(before, old) === hangsOn?.(after, list))
    );
  });
}

/** Whether a rule about whole lists speaks of some list oftener than before: it may do so on account of any line. */
function someListSaysMore(before: readonly LintFinding[], after: readonly LintFinding[]): boolean {
  const surplus = new Map<string, number>();
  const count = (findings: readonly LintFinding[], step: number): void => {
    for (const { rule, acl } of findings)
      if (ABOUT_LISTS.has(rule)) surplus.set(`${rule} ${acl}`, (surplus.get(`${rule} ${acl}`) ?? 0) + step);
  };
  count(before, -1);
  count(after, 1);
  return [...surplus.values()].some((n) => n > 0);
}
