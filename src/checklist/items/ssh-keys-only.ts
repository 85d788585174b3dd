import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { HostFacts, SshdSetting } from '../../model/host.ts';
import { evidenceOf, flowsAtPort, isSeen, tcpFlows } from '../audit-flows.ts';
import { bootStatement, runningStatement } from '../boot-start.ts';
import { attachmentsOf, type CheckContext, defineCheck } from '../check.ts';
import { breaks, doubt, gapsOf, holds, missing, note, unseen } from '../statement.ts';

/** PAM modules that take a password through keyboard-interactive. */
const PASSWORD_MODULES = /^pam_(unix|unix2|pwdb|ldap|sss|krb5|winbind|userdb|radius|tacplus|stack|smbpass)\b/;

/** Keyword, wanted value, and what OpenSSH does without the line (servconf.c; the release notes of 5.4, 7.0, 7.6). */
const DEMANDS: readonly {
  readonly keyword: string;
  readonly shown: string;
  readonly wanted: string;
  readonly unset: (version: readonly [number, number] | null) => string | null;
}[] = [
  {
    keyword: 'protocol',
    shown: 'Protocol',
    wanted: '2',
    unset: (v) => (v === null ? null : v[0] > 5 || (v[0] === 5 && v[1] >= 4) ? '2' : '2,1'),
  },
  {
    keyword: 'permitrootlogin',
    shown: 'PermitRootLogin',
    wanted: 'no',
    unset: (v) => (v === null ? null : v[0] >= 7 ? 'prohibit-password' : 'yes'),
  },
  { keyword: 'passwordauthentication', shown: 'PasswordAuthentication', wanted: 'no', unset: () => 'yes' },
];

/** One setting under its names of all times. */
const KEYBOARD = ['kbdinteractiveauthentication', 'challengeresponseauthentication', 'skeyauthentication'];

export const sshKeysOnly = defineCheck({
  id: 'ssh-keys-only',
  description:
    'Telnet is refused, sshd runs and starts at boot, and neither its file nor the server itself offers passwords.',
  parameters: z.strictObject({}),
  judge: (context) => [...telnetStatements(context), ...hostStatements(context)],
});

function telnetStatements(context: CheckContext): readonly Statement[] {
  const flows = flowsAtPort(tcpFlows(context, 'anywhere'), 23);
  const grounds = { evidence: evidenceOf(flows) };
  const seen = flows.filter(isSeen);
  const open = seen.filter((f) => f.observed === 'open' || f.observed === 'wrapped');
  if (open.length > 0) {
    return [
      breaks(`23/tcp (telnet) is ${open[0]!.observed} from ${open[0]!.vantage}`, {
        evidence: evidenceOf(open),
      }),
    ];
  }
  const refused = seen.find((f) => f.observed === 'closed' && f.config === null);
  if (refused) return [holds(`23/tcp (telnet) is refused, seen from ${refused.vantage}`, grounds)];
  const [other] = seen;
  if (other) {
    const text = `23/tcp is ${other.observed} from ${other.vantage}; nothing on the host's own segment shows a refusal`;
    return [doubt(text, grounds)];
  }
  const [first] = flows;
  return first?.observed === undefined || first.observed === 'unobserved'
    ? [missing('no scan shows how 23/tcp (telnet) answers')]
    : [doubt(`what was seen of 23/tcp (telnet) does not count: ${first.message}`, grounds)];
}

function hostStatements(context: CheckContext): readonly Statement[] {
  const { facts } = context;
  if (facts === null) return [missing('no evidence bundle of the host'), ...offeredStatements(context, null)];
  return [
    servedStatement(facts),
    bootStatement(facts, ['sshd', 'ssh'], 'sshd'),
    ...configStatements(facts),
    ...offeredStatements(context, facts),
  ];
}

/** A daemon that waits for connections, or a systemd socket that starts one for each. */
function servedStatement(facts: HostFacts): Statement {
  const running = runningStatement(facts, ['sshd'], 'sshd');
  const sockets = facts.systemdSockets;
  if (running.kind === 'holds' || sockets.kind !== 'present') return running;
  const socket = sockets.value.find((s) => /^sshd?\.socket$/.test(s.name) && s.enabled);
  if (socket === undefined) return running;
  const grounds = { lines: [socket.line], sources: sockets.sources };
  return holds(`systemd starts sshd when somebody connects (${socket.name})`, grounds);
}

const globalValue = (
  settings: readonly SshdSetting[],
  keywords: readonly string[],
): SshdSetting | undefined => settings.find((s) => s.match === null && keywords.includes(s.keyword));

function configStatements(facts: HostFacts): readonly Statement[] {
  if (facts.sshd.kind !== 'present') return [unseen(facts.sshd, "sshd's configuration")];
  const settings = facts.sshd.value;
  const { sources } = facts.sshd;
  const version = facts.sshdVersion.kind === 'present' ? facts.sshdVersion.value : null;
  const effective = facts.sshdEffective.kind === 'present' ? facts.sshdEffective.value : null;
  const statements: Statement[] = [...gapsOf(facts.sshd)];

  for (const { keyword, shown, wanted, unset } of DEMANDS) {
    const written = globalValue(settings, [keyword]);
    const lines = written ? [written.line] : [];
    const value = effective?.get(keyword)?.[0] ?? written?.args.join(' ') ?? unset(version);
    // Protocol 1 is gone from 7.6 on, and `sshd -T` does not name the keyword any more.
    if (value === null)
      statements.push(
        doubt(`${shown} is not set, and the version that would tell its default is not known`, { sources }),
      );
    else if (value.toLowerCase() === wanted) {
      statements.push(holds(`${shown} ${value}${written ? '' : ' (the default)'}`, { lines, sources }));
    } else
      statements.push(
        breaks(`${shown} is ${value}${written ? '' : ' by default'}, not ${wanted}`, { lines, sources }),
      );

    for (const s of settings) {
      if (s.match === null || s.keyword !== keyword || s.args.join(' ').toLowerCase() === wanted) continue;
      statements.push(
        breaks(`${shown} is ${s.args.join(' ')} for those who match "${s.match}"`, {
          lines: [s.line],
          sources,
        }),
      );
    }
  }
  return statements;
}

/** Whether every module that authenticates sshd's users through PAM is known to take no password. */
function passwordModule(
  facts: HostFacts,
): 'none' | 'unknown' | { readonly name: string; readonly statement: Statement } {
  const stack = facts.pam.get('sshd');
  if (stack?.kind !== 'present' || stack.gaps !== undefined) return 'unknown';
  const auth = stack.value.entries.filter((e) => e.type === 'auth');
  const found = auth.find((e) => PASSWORD_MODULES.test(e.module));
  if (found) {
    const text = `PAM's stack of sshd asks for a password by ${found.module}`;
    return { name: found.module, statement: note(text, { lines: [found.line], sources: stack.sources }) };
  }
  return auth.length === 0 ? 'unknown' : 'none';
}

function offeredStatements(context: CheckContext, facts: HostFacts | null): readonly Statement[] {
  const probes = attachmentsOf(context, 'ssh-methods').filter((a) => a.value.length > 0);
  const offered = new Set(probes.flatMap((a) => a.value.flatMap((v) => [...v.methods])));
  const grounds = {
    lines: probes.flatMap((a) => a.value.map((v) => v.line)).slice(0, 4),
    sources: probes.map((a) => a.source),
  };
  const settings = facts?.sshd.kind === 'present' ? facts.sshd.value : [];
  const written = globalValue(settings, KEYBOARD);
  const off = written?.args[0]?.toLowerCase() === 'no';
  const sshdSources = facts?.sshd.kind === 'present' ? facts.sshd.sources : [];
  const behind = facts === null ? 'unknown' : passwordModule(facts);

  if (probes.length === 0 && facts?.sshd.kind !== 'present') {
    return [missing('what the server offers a stranger was not probed')];
  }
  if (probes.length === 0) {
    const keyboard = off
      ? [holds('keyboard-interactive is switched off', { lines: [written!.line], sources: sshdSources })]
      : [
          doubt('keyboard-interactive is not switched off, and what the server offers was not probed', {
            sources: sshdSources,
          }),
        ];
    return [...keyboard, missing('what the server offers a stranger was not probed')];
  }
  const statements: Statement[] = [];
  if (offered.has('password')) statements.push(breaks('the server offers password authentication', grounds));
  if (!offered.has('keyboard-interactive')) {
    if (!offered.has('password'))
      statements.push(holds(`the server offers only ${[...offered].join(', ')}`, grounds));
  } else if (behind === 'none') {
    statements.push(
      holds('keyboard-interactive is offered, and no PAM module behind it takes a password', grounds),
    );
  } else if (off) {
    statements.push(
      doubt(
        'the server offers keyboard-interactive although its file switches it off: another file or an older process answers',
        {
          ...grounds,
          lines: [...grounds.lines, written!.line],
        },
      ),
    );
  } else {
    const why =
      behind === 'unknown'
        ? 'what stands behind it was not shown'
        : `behind it stands ${behind.name}, a password`;
    statements.push(
      doubt(`the server offers keyboard-interactive, which usually is PAM's password; ${why}`, grounds),
    );
    if (behind !== 'unknown') statements.push(behind.statement);
  }
  return statements;
}
