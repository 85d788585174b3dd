import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { SuperService } from '../../model/host.ts';
import { isLoopback } from '../../model/loopback.ts';
import { defineCheck } from '../check.ts';
import { breaks, gapsOf, holds, missing, unseen } from '../statement.ts';
import { describeService, superServices } from '../trace-open-port.ts';

export const superServerServices = defineCheck({
  id: 'super-server-services',
  description: 'xinetd, inetd and systemd sockets start no other services than those allowed.',
  parameters: z.strictObject({
    allowed: z
      .array(z.string())
      .default(['imap', 'imaps', 'pop3', 'pop3s', 'ipop3', 'ssh.socket', 'sshd.socket'])
      .describe('names as configured'),
  }),
  judge: ({ facts }, { allowed }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    const statements: Statement[] = [];
    // A host without inetd or systemd is in order; one whose xinetd was not looked at is not known.
    for (const fact of [facts.xinetd, facts.inetd]) {
      if (fact.kind === 'uncollected') statements.push(unseen(fact, 'what a super-server starts'));
      statements.push(...gapsOf(fact));
    }
    const { services, sources } = superServices(facts);
    const enabled = services.filter((s) => s.enabled && !onLoopback(s));
    const unwanted = enabled.filter((s) => !allowed.includes(s.name));
    for (const s of unwanted) {
      const port = s.port === null ? '' : ` on ${s.port}/${s.protocol}`;
      const grounds = { lines: [s.line], sources: sources.filter((e) => e.origin === s.line.file) };
      statements.push(breaks(`${describeService(s)} is enabled${port}`, grounds));
    }
    const wanted = enabled.filter((s) => !unwanted.includes(s));
    const list = wanted.length === 0 ? 'no service' : wanted.map((s) => s.name).join(' and ');
    if (facts.xinetd.kind !== 'uncollected' || facts.inetd.kind !== 'uncollected') {
      statements.push(
        holds(`of what is allowed, ${list} is enabled`, { lines: wanted.map((s) => s.line), sources }),
      );
    }
    return statements;
  },
});

const onLoopback = (s: SuperService): boolean => s.bind !== null && isLoopback(s.bind);
