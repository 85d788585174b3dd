import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import { defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, unseen } from '../statement.ts';

export const shadowPasswords = defineCheck({
  id: 'shadow-passwords',
  description: 'Every account points to the shadow file, which holds a hash or a lock for it.',
  parameters: z.strictObject({}),
  judge: ({ facts }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    if (facts.accounts.kind !== 'present') return [unseen(facts.accounts, 'the accounts')];
    const accounts = facts.accounts.value;
    const { sources } = facts.accounts;
    const statements: Statement[] = [];

    const exposed = accounts.filter((a) => a.password === 'hash');
    const empty = accounts.filter((a) => a.password === 'empty');
    const odd = accounts.filter((a) => a.password === 'unknown');
    if (exposed.length > 0) {
      const text = `everyone can read the password hash of ${enumerate(exposed.map((a) => a.name))} in /etc/passwd`;
      statements.push(breaks(text, { sources, lines: exposed.map((a) => a.line) }));
    }
    if (empty.length > 0) {
      const text = `${enumerate(empty.map((a) => a.name))} logs in without a password (empty field in /etc/passwd)`;
      statements.push(breaks(text, { sources, lines: empty.map((a) => a.line) }));
    }
    if (odd.length > 0) {
      statements.push(
        doubt(`the password field of ${enumerate(odd.map((a) => a.name))} is of an unknown form`, {
          sources,
        }),
      );
    }
    if (exposed.length + empty.length + odd.length === 0) {
      statements.push(
        holds(`all ${accounts.length} accounts point to the shadow file or are locked`, { sources }),
      );
    }

    if (facts.shadow.kind !== 'present') {
      statements.push(
        facts.shadow.kind === 'absent'
          ? breaks('the host has no /etc/shadow', { sources: facts.shadow.sources })
          : unseen(facts.shadow, 'the shadow file'),
      );
      return statements;
    }
    const shadow = new Map(facts.shadow.value.map((s) => [s.name, s]));
    const shadowSources = facts.shadow.sources;
    const pointing = accounts.filter((a) => a.password === 'shadowed');
    const lost = pointing.filter((a) => !shadow.has(a.name));
    const open = pointing.filter((a) => shadow.get(a.name)?.password === 'empty');
    const unknown = pointing.filter((a) => shadow.get(a.name)?.password === 'unknown');
    if (open.length > 0) {
      const text = `${enumerate(open.map((a) => a.name))} logs in without a password (empty field in /etc/shadow)`;
      statements.push(
        breaks(text, { sources: shadowSources, lines: open.map((a) => shadow.get(a.name)!.line) }),
      );
    }
    if (lost.length > 0) {
      const text = `/etc/shadow has no entry for ${enumerate(lost.map((a) => a.name))}`;
      statements.push(breaks(text, { sources: shadowSources, lines: lost.map((a) => a.line) }));
    }
    if (unknown.length > 0) {
      statements.push(
        doubt(`the shadow entry of ${enumerate(unknown.map((a) => a.name))} is of an unknown form`, {
          sources: shadowSources,
        }),
      );
    }
    if (open.length + lost.length + unknown.length === 0) {
      statements.push(
        holds(`each of ${pointing.length} has a hash or a lock in /etc/shadow`, { sources: shadowSources }),
      );
    }
    return statements;
  },
});
