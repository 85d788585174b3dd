import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { AccessRule, HostFacts } from '../../model/host.ts';
import { type ConsoleUser, decideConsoleAccess, groupsOf } from '../access-decision.ts';
import { defineCheck } from '../check.ts';
import { heedsRefusal, mayPassOver } from '../pam-control.ts';
import { breaks, doubt, enumerate, gapsOf, holds, missing, note, unseen } from '../statement.ts';

export const consoleRootOnly = defineCheck({
  id: 'console-root-only',
  description:
    'access.conf, read as pam_access reads it, refuses everyone but root at the console, and login asks pam_access.',
  parameters: z.strictObject({
    terminals: z
      .array(z.string())
      .min(1)
      .default(['tty1', 'tty2', 'tty3', 'tty4', 'tty5', 'tty6', 'console']),
    allowed: z.array(z.string()).default(['root']).describe('accounts that may log in at the console'),
  }),
  judge: ({ facts }, { terminals, allowed }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    return [...ruleStatements(facts, terminals, allowed), ...stackStatements(facts)];
  },
});

/** Stands for any account that is in no list: a directory may bring more than /etc/passwd shows. */
const ANYONE: ConsoleUser = { name: 'an account named nowhere', groups: [] };

function ruleStatements(
  facts: HostFacts,
  terminals: readonly string[],
  allowed: readonly string[],
): readonly Statement[] {
  if (facts.access.kind !== 'present') {
    return facts.access.kind === 'absent'
      ? [
          breaks('the host has no access.conf, so pam_access refuses nobody', {
            sources: facts.access.sources,
          }),
        ]
      : [unseen(facts.access, 'who may log in at the console')];
  }
  const rules = facts.access.value;
  const { sources } = facts.access;
  if (rules.length === 0)
    return [breaks('access.conf holds no rule, only comments: pam_access lets everyone in', { sources })];
  if (facts.accounts.kind !== 'present') return [unseen(facts.accounts, 'the accounts')];
  const groups = facts.groups.kind === 'present' ? facts.groups.value : [];
  const users = facts.accounts.value.map(
    (a): ConsoleUser => ({ name: a.name, groups: groupsOf(a.name, a.gid, groups) }),
  );

  const login = facts.pam.get('login');
  const plainGroups =
    login?.kind !== 'present' ||
    !login.value.entries.some((e) => e.module === 'pam_access.so' && e.args.includes('nodefgroup'));
  const locked = new Set(
    facts.shadow.kind === 'present'
      ? facts.shadow.value.filter((e) => e.password === 'locked').map((e) => e.name)
      : [],
  );

  const admitted: string[] = [];
  const asleep: string[] = [];
  const unknown: string[] = [];
  const deciding = new Set<AccessRule | null>();
  const others = [...users.filter((u) => !allowed.includes(u.name)), ANYONE];
  for (const user of others) {
    const decisions = terminals.map((t) => decideConsoleAccess(rules, user, t, plainGroups));
    const bad = decisions.find((d) => d.verdict === 'granted');
    const open = decisions.find((d) => d.verdict === 'unknown');
    if (bad && locked.has(user.name)) {
      asleep.push(user.name);
      continue;
    }
    if (bad) admitted.push(user.name);
    else if (open) unknown.push(user.name);
    const shown = bad ?? open ?? decisions[0]!;
    deciding.add(shown.rule);
  }
  const lines = [...deciding].flatMap((r) => (r === null ? [] : [r.line]));
  const statements: Statement[] = [];
  if (admitted.length > 0) {
    const why = deciding.has(null) ? '; no rule matches, and pam_access then lets in' : '';
    const who = admitted.length === others.length ? 'everyone' : enumerate(admitted);
    statements.push(breaks(`${who} may log in at the console${why}`, { lines, sources }));
  }
  if (unknown.length > 0) {
    statements.push(
      doubt(`whether ${enumerate(unknown)} may log in depends on netgroups or names not in the bundle`, {
        lines,
        sources,
      }),
    );
  }
  if (statements.length === 0)
    statements.push(holds(`all but ${allowed.join(', ')} are refused at the console`, { lines, sources }));
  if (asleep.length > 0) {
    const text = `the rules let in ${enumerate(asleep)} too (a plain name stands for its group as well), but these accounts are locked`;
    statements.push(note(text, { sources }));
  }
  for (const name of allowed) {
    const user = users.find((u) => u.name === name);
    if (user === undefined) continue;
    const shut = terminals.filter(
      (t) => decideConsoleAccess(rules, user, t, plainGroups).verdict === 'refused',
    );
    if (shut.length > 0) statements.push(note(`${name} is refused at ${enumerate(shut)} too`, { sources }));
  }
  return statements;
}

function stackStatements(facts: HostFacts): readonly Statement[] {
  const stack = facts.pam.get('login');
  if (stack?.kind !== 'present')
    return [
      stack === undefined
        ? missing('the PAM stack of login is not known')
        : unseen(stack, 'the PAM stack of login'),
    ];
  const { sources } = stack;
  // pam_access is an account module; as an auth module it is asked too, but by fewer programs.
  const entries = stack.value.entries.filter((e) => e.type === 'account' || e.type === 'auth');
  const found = entries.filter((e) => e.module === 'pam_access.so');
  if (found.length === 0) {
    return [
      breaks("login's PAM stack does not ask pam_access, so access.conf is never read", { sources }),
      ...gapsOf(stack),
    ];
  }
  const firm = found.find((e) => heedsRefusal(e) === 'yes');
  if (firm === undefined) {
    const jump = found.find((e) => heedsRefusal(e) === 'unclear');
    if (jump !== undefined) {
      const text = `what a refusal of pam_access does to a login hangs on its control: ${jump.control}`;
      return [doubt(text, { lines: [jump.line], sources })];
    }
    return [
      breaks(`pam_access is only ${found[0]!.control} for login, so its refusal changes nothing`, {
        lines: [found[0]!.line],
        sources,
      }),
    ];
  }
  const statements: Statement[] = [...gapsOf(stack)];
  const other = firm.args.find((a) => a.startsWith('accessfile='));
  if (other !== undefined) {
    statements.push(
      doubt(`login's pam_access reads another file: ${other.slice('accessfile='.length)}`, {
        lines: [firm.line],
        sources,
      }),
    );
  }
  const separators = firm.args.find((a) => /^(list|field)sep=/.test(a));
  if (separators !== undefined) {
    statements.push(
      doubt(`login's pam_access parts its words by other characters (${separators})`, {
        lines: [firm.line],
        sources,
      }),
    );
  }
  const before = entries.slice(0, entries.indexOf(firm)).filter((e) => e.type === firm.type);
  const shortcut = before.find((e, i) => mayPassOver(e, firm, before.slice(i + 1)));
  if (shortcut !== undefined) {
    statements.push(
      doubt(
        `${shortcut.module} before pam_access may end the stack with a success, so that pam_access is not asked`,
        {
          lines: [shortcut.line, firm.line],
          sources,
        },
      ),
    );
  }
  if (statements.length === 0) {
    statements.push(
      holds("login's PAM stack asks pam_access and heeds its refusal", { lines: [firm.line], sources }),
    );
  }
  return statements;
}
