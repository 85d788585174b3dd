import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { Link } from '../../model/host.ts';
import { processesNamed } from '../boot-start.ts';
import { defineCheck } from '../check.ts';
import { breaks, enumerate, holds, missing, note, unseen } from '../statement.ts';

/** `/usr/sbin/../lib/x` → `/usr/lib/x`. */
function resolve(from: string, target: string): string {
  const parts = (target.startsWith('/') ? target : `${from.slice(0, from.lastIndexOf('/'))}/${target}`).split(
    '/',
  );
  const out: string[] = [];
  for (const part of parts) {
    if (part === '..') out.pop();
    else if (part !== '' && part !== '.') out.push(part);
  }
  return `/${out.join('/')}`;
}

/** Where a path ends after all its links; the listing shows each step. */
function follow(path: string, links: ReadonlyMap<string, Link>): string {
  let at = path;
  for (let step = 0; step < 10; step++) {
    const target = links.get(at)?.target ?? null;
    if (target === null) return at;
    at = resolve(at, target);
  }
  return at;
}

export const sendmailRemoved = defineCheck({
  id: 'sendmail-removed',
  description: "No sendmail package is installed, none runs, and every program called sendmail is qmail's.",
  parameters: z.strictObject({
    packages: z
      .array(z.string())
      .default(['sendmail', 'sendmail-bin', 'sendmail-cf'])
      .describe('packages that must be absent'),
    replacement: z.string().default('/var/qmail/bin/').describe('folder in which each sendmail must end'),
  }),
  judge: ({ facts }, { packages, replacement }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    const statements: Statement[] = [];
    if (facts.packages.kind === 'present') {
      const { sources } = facts.packages;
      const found = facts.packages.value.filter((p) => packages.includes(p.name));
      statements.push(
        found.length > 0
          ? breaks(`installed: ${enumerate(found.map((p) => `${p.name} ${p.version}`))}`, { sources })
          : holds('no sendmail package is installed', { sources }),
      );
    } else statements.push(unseen(facts.packages, 'the installed packages'));

    if (facts.sendmails.kind === 'present') {
      const { sources } = facts.sendmails;
      const links = new Map(facts.sendmails.value.map((l) => [l.path, l]));
      const named = [...links.keys()].filter((p) => /\/sendmail[^/]*$/.test(p));
      const strangers = named.filter((p) => !follow(p, links).startsWith(replacement));
      if (strangers.length > 0) {
        const shown = strangers.map((p) =>
          follow(p, links) === p ? p : `${p} (which is ${follow(p, links)})`,
        );
        statements.push(breaks(`not qmail's: ${enumerate(shown)}`, { sources }));
      } else if (named.length > 0) {
        statements.push(holds(`every sendmail ends in ${replacement}: ${enumerate(named)}`, { sources }));
      } else statements.push(note('no program called sendmail was found', { sources }));
    } else statements.push(unseen(facts.sendmails, 'programs called sendmail'));

    if (facts.processes.kind === 'present') {
      const running = processesNamed(facts.processes.value, ['sendmail']).filter(
        (p) => !p.command.startsWith(replacement),
      );
      if (running.length > 0) {
        statements.push(
          breaks('a sendmail runs', { lines: running.map((p) => p.line), sources: facts.processes.sources }),
        );
      }
    }
    return statements;
  },
});
