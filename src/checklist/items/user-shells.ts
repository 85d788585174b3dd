import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { Account } from '../../model/host.ts';
import { defineCheck } from '../check.ts';
import { breaks, enumerate, holds, missing, note, unseen } from '../statement.ts';

/** `nobody` of today's systems, `nfsnobody` of the older: above the users' numbers, and nobody's account. */
const NOBODY_ID = 65534;
/** Where login.defs says nothing, Red Hat gave the first user 500 until 2013. */
const FIRST_USER_ID = 500;

export const userShells = defineCheck({
  id: 'user-shells',
  description: 'No account but the named administrators has a shell.',
  parameters: z.strictObject({
    administrators: z.array(z.string()).default([]).describe('accounts that may have a shell'),
    refusing: z
      .array(z.string())
      .default(['/bin/false', '/usr/bin/false', '/sbin/nologin', '/usr/sbin/nologin', '/bin/nologin'])
      .describe('programs that end at once'),
  }),
  judge: ({ facts }, { administrators, refusing }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    if (facts.accounts.kind !== 'present') return [unseen(facts.accounts, 'the accounts')];
    const first = facts.firstUserId.kind === 'present' ? facts.firstUserId.value : FIRST_USER_ID;
    const accounts = facts.accounts.value;
    const grounds = {
      sources: [...facts.accounts.sources, ...(facts.shells.kind === 'present' ? facts.shells.sources : [])],
    };
    const isUser = (a: Account): boolean => a.uid >= first && a.uid !== NOBODY_ID;
    const hasShell = (shell: string): boolean => !refusing.includes(shell);
    const statements: Statement[] = [];

    const users = accounts.filter((a) => isUser(a) && !administrators.includes(a.name));
    const withShell = users.filter((a) => hasShell(a.shell));
    if (withShell.length > 0) {
      const names = enumerate(withShell.map((a) => `${a.name} (${a.shell || '/bin/sh by default'})`));
      const lines = withShell.slice(0, 20).map((a) => a.line);
      statements.push(
        breaks(`${withShell.length} of ${users.length} end users have a shell: ${names}`, {
          ...grounds,
          lines,
        }),
      );
    } else statements.push(holds(`none of ${users.length} end users has a shell`, grounds));

    const locked = new Set(
      facts.shadow.kind === 'present'
        ? facts.shadow.value.filter((s) => s.password === 'locked').map((s) => s.name)
        : [],
    );
    const system = accounts.filter(
      (a) => !isUser(a) && a.name !== 'root' && !administrators.includes(a.name),
    );
    const awake = system.filter(
      (a) =>
        hasShell(a.shell) &&
        !['/bin/sync', '/sbin/shutdown', '/sbin/halt'].includes(a.shell) &&
        !locked.has(a.name),
    );
    if (awake.length > 0) {
      const names = enumerate(awake.map((a) => a.name));
      statements.push(
        breaks(`accounts of services have a shell and no lock: ${names}`, {
          ...grounds,
          lines: awake.map((a) => a.line),
        }),
      );
    }
    const second = accounts.filter((a) => a.uid === 0 && a.name !== 'root');
    if (second.length > 0) {
      const names = enumerate(second.map((a) => a.name));
      statements.push(
        breaks(`${names} has root's number 0`, { ...grounds, lines: second.map((a) => a.line) }),
      );
    }
    if (facts.shells.kind === 'present') {
      const listed = facts.shells.value;
      const refusingListed = refusing.filter((s) => listed.includes(s));
      if (refusingListed.length > 0) {
        statements.push(
          note(
            `${refusingListed.join(', ')} stands in /etc/shells, so that FTP and the like accept its users`,
            grounds,
          ),
        );
      }
    } else statements.push(unseen(facts.shells, 'the list of shells'));
    if (facts.firstUserId.kind !== 'present') {
      statements.push(
        note(`accounts from number ${first} on were taken for end users: login.defs does not say`, grounds),
      );
    }
    return statements;
  },
});
