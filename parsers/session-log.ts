import type { LoggedSession } from '../src/model/evidence.ts';
import type { EvidenceFormat } from './evidence-parts.ts';

/** How one daemon words an accepted session; the address is the first group unless `port` reads one too. */
interface Wording {
  readonly pattern: RegExp;
  readonly port: number | ((match: RegExpExecArray) => number | undefined);
}

const XINETD_PORTS: ReadonlyMap<string, number> = new Map([
  ['pop3', 110],
  ['ipop3', 110],
  ['pop3s', 995],
  ['imap', 143],
  ['imaps', 993],
  ['shell', 514],
  ['rsh', 514],
  ['login', 513],
  ['exec', 512],
  ['telnet', 23],
  ['ftp', 21],
  ['smtp', 25],
]);

const A = String.raw`(\d{1,3}(?:\.\d{1,3}){3})`;

/** Wordings of UW imap's ipop3d and imapd, xinetd, OpenSSH, tcpserver and dovecot, as their sources print them. */
const WORDINGS: readonly Wording[] = [
  {
    pattern: new RegExp(String.raw`\bipop3d(?:\[\d+\])?: (?:pop3 service init from|Login user=.*\[)\s*${A}`),
    port: 110,
  },
  {
    pattern: new RegExp(String.raw`\bimapd(?:\[\d+\])?: (?:imap service init from|Login user=.*\[)\s*${A}`),
    port: 143,
  },
  {
    pattern: new RegExp(
      String.raw`\bxinetd(?:\[\d+\])?: START: (?<service>[\w-]+) (?:pid=\d+ )?from=(?:::ffff:)?${A}`,
    ),
    port: (m) => XINETD_PORTS.get(m.groups?.service ?? ''),
  },
  {
    pattern: new RegExp(String.raw`\bsshd(?:\[\d+\])?: Accepted \S+ for \S+ from (?:::ffff:)?${A} port \d+`),
    port: 22,
  },
  {
    pattern: new RegExp(String.raw`\btcpserver: ok \d+ [^:]*:[\d.]*:(?<port>\d+) [^:]*:${A}:`),
    port: (m) => Number(m.groups?.port),
  },
  { pattern: new RegExp(String.raw`\bpop3-login: .*\bLogin: .*\brip=${A}`), port: 110 },
  { pattern: new RegExp(String.raw`\bimap-login: .*\bLogin: .*\brip=${A}`), port: 143 },
];

const STAMP = /^(?:<\d+>)?((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)|(?:\d{4}-\d\d-\d\dT\S+))/;

function readSession(line: string, number: number): LoggedSession | undefined {
  for (const { pattern, port } of WORDINGS) {
    const match = pattern.exec(line);
    if (!match) continue;
    const where = typeof port === 'number' ? port : port(match);
    const source = Object.values(match).find(
      (v): v is string => typeof v === 'string' && /^\d+\.\d+\.\d+\.\d+$/.test(v),
    );
    if (where === undefined || source === undefined) return undefined;
    return { protocol: 'tcp', port: where, source, at: STAMP.exec(line)?.[1] ?? null, line: number };
  }
  return undefined;
}

/** The mail and login sessions that a host's syslog records; other lines are none of its business. */
export const sessionLogFormat: EvidenceFormat = {
  id: 'session-log',
  description: "accepted sessions in a host's syslog (ipop3d, imapd, xinetd, sshd, tcpserver, dovecot)",
  example: 'Apr 10 11:02:13 giant ipop3d[4711]: pop3 service init from 192.0.2.12',
  recognises: (text) =>
    text
      .slice(0, 65_536)
      .split(/\r?\n/)
      .some((line) => readSession(line, 1) !== undefined),
  parse: (text) => {
    const sessions = text.split(/\r?\n/).flatMap((line, i) => readSession(line, i + 1) ?? []);
    return {
      value: {
        targets: [],
        listeners: [],
        sessions,
        tool: null,
        command: null,
        started: null,
        ended: null,
        completeness: { kind: 'complete' },
        notes: [`${sessions.length} sessions read from the log`],
      },
      diagnostics: [],
    };
  },
};
