import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../src/diagnostics/source-span.ts';
import type { PortProtocol } from '../src/model/site.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';
import { singularReason } from './nmap-answer.ts';
import {
  evidenceOfNmapHost,
  type HiddenPorts,
  type NmapHost,
  type NmapPort,
  type NmapRun,
} from './nmap-block.ts';
import { portsOfCommand, protocolsOfCommand } from './nmap-port-list.ts';
import { isoOfNmapTime } from './nmap-time.ts';
import { spanOfLine, splitLines } from './text-lines.ts';

const INITIATED = /^# ?nmap (?:\(V\. *)?([\w.]+)\)? +scan initiated (.+?) as: (.+)$/i;
const STARTING = /^Starting nmap (?:V\. *)?([\w.]*) *\(.*?\)(?: at (.+))?$/i;
const HOST = /^(?:Interesting (?:\w+ )?ports on|Nmap scan report for) (.*?)(?: \[host down.*\])?:?\s*$/;
const ALL_ALIKE = /^(?:All|The) (\d+) scanned ports on (.*?) are:? (.+?)\.?$/;
const HIDDEN_OLD =
  /^\(?(?:The (\d+) |Not showing |The )?ports (?:scanned but not shown below are )?in state: *([\w|]+)\)?$/i;
const ALIKE_STATE =
  /(open\|filtered|closed\|filtered|unfiltered|filtered|closed|open)(?: \((\d+)\))?(?: because of \d+ ([a-z-]+))?/gi;
const TABLE_HEAD = /^PORT\s+(?:STATE\b|PROTOCOL\b)/i;
const PORT_LINE = /^(\d{1,5})\/(\w+)\s+(\S+)(?:\s+(.*))?$/;
/** 1998's columns: Port State Protocol Service. */
const PORT_LINE_1998 = /^(\d{1,5})\s+(open|closed|filtered|unfiltered|firewalled)\s+(tcp|udp)(?:\s+(.*))?$/i;
const CLOSING =
  /^(?:# )?Nmap (?:run completed|done|finished)(?: at (.+?))?(?:\s+--|:) (\d+) (?:IP )?address(?:es)? \((\d+) hosts? up\)/i;
const KNOWN_REASON =
  /^(syn-ack|reset|conn-refused|no-response|(?:net|host|proto|port)-unreach|(?:net|host|admin)-prohibited|time-exceeded|udp-response|user-set|localhost-response)(?: from (\d+\.\d+\.\d+\.\d+))?(?: ttl (\d+))?\b\s*(.*)$/;

interface OpenHost {
  readonly address: string;
  readonly hostName: string | null;
  readonly ports: NmapPort[];
  readonly notShown: HiddenPorts[];
  readonly span: SourceSpan;
  columns: { readonly reason: boolean; readonly version: boolean };
}

/** What the lines read so far have said. */
interface Reading {
  readonly hosts: OpenHost[];
  readonly diagnostics: Diagnostic[];
  version: string | null;
  command: string | null;
  started: string | null;
  ended: string | null;
  closed: boolean;
  failure: string | null;
  current: OpenHost | undefined;
  refusedByConnect: boolean;
}

/** Line forms in the order in which they are tried; the first that matches takes the line. */
const LINES: readonly (readonly [RegExp, (m: RegExpExecArray, r: Reading, span: SourceSpan) => void])[] = [
  [
    INITIATED,
    (m, r) => {
      r.version ??= m[1]!;
      r.command ??= m[3]!;
      r.started ??= isoOfNmapTime(m[2]!);
    },
  ],
  [
    STARTING,
    (m, r) => {
      r.version ??= m[1] || null;
      if (m[2]) r.started ??= isoOfNmapTime(m[2]);
    },
  ],
  [
    CLOSING,
    (m, r) => {
      r.closed = true;
      r.current = undefined;
      if (m[1]) r.ended = isoOfNmapTime(m[1]);
    },
  ],
  [
    /^.*QUITTING!?$/,
    (m, r) => {
      r.failure = `nmap gave up: ${escapeUntrusted(m[0])}`;
    },
  ],
  [
    HOST,
    (m, r, span) => {
      r.current = openHost(m[1]!, span, r);
    },
  ],
  [ALL_ALIKE, readAllAlike],
  [
    HIDDEN_OLD,
    (m, r) => {
      const count = m[1] === undefined ? null : Number(m[1]);
      r.current?.notShown.push({ state: m[2]!, count, reason: null, ports: null, protocol: null });
    },
  ],
  [
    /^Not shown: (.+)$/,
    (m, r, span) => {
      r.current?.notShown.push(...readNotShown(m[1]!, span, r.diagnostics));
    },
  ],
  [
    /^Reason: (.+)$/,
    (m, r) => {
      if (r.current) spreadReasons(r.current, m[1]!);
    },
  ],
  [
    TABLE_HEAD,
    (m, r) => {
      if (r.current)
        r.current.columns = { reason: /\bREASON\b/.test(m.input), version: /\bVERSION\b/.test(m.input) };
    },
  ],
  [
    PORT_LINE,
    (m, r, span) => readPortLine({ port: m[1]!, protocol: m[2]!, state: m[3]!, rest: m[4] ?? '' }, r, span),
  ],
  [
    PORT_LINE_1998,
    (m, r, span) => readPortLine({ port: m[1]!, protocol: m[3]!, state: m[2]!, rest: m[4] ?? '' }, r, span),
  ],
];

/** nmap's normal output (`-oN` or the screen), from the 1999 releases to today's. */
export function parseNmapNormal(text: string, file: string): Parsed<EvidenceParts> {
  const r: Reading = {
    hosts: [],
    diagnostics: [],
    version: null,
    command: null,
    started: null,
    ended: null,
    closed: false,
    failure: null,
    current: undefined,
    refusedByConnect: false,
  };
  for (const [index, raw] of splitLines(text).entries()) {
    const line = raw.trim();
    for (const [pattern, take] of LINES) {
      const m = pattern.exec(line);
      if (!m) continue;
      take(m, r, spanOfLine(file, index + 1, raw));
      break;
    }
    if (/\bconn-refused\b/.test(line)) r.refusedByConnect = true;
  }
  return { value: partsOf(r), diagnostics: r.diagnostics };
}

function partsOf(r: Reading): EvidenceParts {
  const { command, started, ended } = r;
  const run: NmapRun = {
    connectScan: r.refusedByConnect || (command !== null && /(?:^|\s)-s\w*T/.test(command)),
    scanned: (protocol) => (command === null ? undefined : portsOfCommand(command, protocol)),
    protocols: command === null ? undefined : protocolsOfCommand(command),
  };
  const targets = r.hosts.flatMap((h) =>
    evidenceOfNmapHost(finishHost(h, ended ?? started), run, r.diagnostics),
  );
  if (targets.length === 0) {
    r.diagnostics.push({
      code: 'nmap-no-host',
      severity: 'warning',
      message: 'the text names no scanned host with ports',
      span: null,
    });
  }
  const reason = r.failure ?? (r.closed ? null : "the text lacks nmap's closing line: it may have been cut");
  return {
    targets,
    listeners: [],
    tool: `nmap${r.version ? ` ${escapeUntrusted(r.version, 40)}` : ''}`,
    command: command === null ? null : escapeUntrusted(command, 1000),
    started,
    ended,
    completeness: reason === null ? { kind: 'complete' } : { kind: 'incomplete', reason },
    notes: [],
  };
}

/** `name (address)`, ` (address)` or an address alone. */
function openHost(name: string, span: SourceSpan, r: Reading): OpenHost {
  const named = /^(.*?) ?\(([^()]*)\)$/.exec(name.trim());
  const host: OpenHost = {
    address: (named?.[2] ?? name).trim(),
    hostName: named?.[1] ? named[1] : null,
    ports: [],
    notShown: [],
    span,
    columns: { reason: false, version: false },
  };
  r.hosts.push(host);
  return host;
}

const finishHost = (host: OpenHost, at: string | null): NmapHost => ({
  address: host.address,
  hostName: host.hostName,
  ports: host.ports,
  span: host.span,
  at,
  notShown: host.notShown,
});

/** `closed`, `closed (997) or filtered (3)`, `filtered because of 1000 no-responses`. */
function readAllAlike(m: RegExpExecArray, r: Reading, span: SourceSpan): void {
  const [, total, name, states] = m;
  // The modern form follows its host's header and `Not shown:` says the rest; the old one stands alone.
  if (/ignored states/.test(states!)) return;
  const host = r.current && name!.includes(r.current.address) ? r.current : openHost(name!, span, r);
  r.current = host;
  if (host.notShown.length > 0) return;
  const hidden = [...states!.matchAll(ALIKE_STATE)].map((s) => ({
    state: s[1]!,
    count: s[2] ? Number(s[2]) : null,
    reason: s[3] ?? null,
    ports: null,
    protocol: null,
  }));
  const only = hidden.length === 1 ? hidden[0]! : undefined;
  host.notShown.push(...(only ? [{ ...only, count: only.count ?? Number(total) }] : hidden));
}

/** `65534 closed tcp ports (reset), 3 filtered ports`. */
function readNotShown(text: string, span: SourceSpan, diagnostics: Diagnostic[]): HiddenPorts[] {
  const hidden: HiddenPorts[] = [];
  for (const part of text.split(/, (?=\d)/)) {
    const m = /^(\d+) ([\w|]+)(?: (tcp|udp|sctp|ip))? (?:ports?|protocols?)(?: \(([\w-]+)\))?$/.exec(
      part.trim(),
    );
    if (!m || m[3] === 'sctp' || m[3] === 'ip') {
      diagnostics.push({
        code: 'nmap-not-shown-unread',
        severity: 'warning',
        message: `not understood, so these ports stay unobserved: ${escapeUntrusted(part, 80)}`,
        span,
      });
      continue;
    }
    hidden.push({
      state: m[2]!,
      count: Number(m[1]),
      reason: m[4] ?? null,
      ports: null,
      protocol: (m[3] as PortProtocol | undefined) ?? null,
    });
  }
  return hidden;
}

/**
 * nmap 5–7.8 print the reasons of all hidden ports on a line of their own, counted over all states: they are given to
 * the states in order as long as the counts add up, and left out otherwise.
 */
function spreadReasons(host: OpenHost, text: string): void {
  const reasons = [...text.matchAll(/(\d+) ([a-z-]+)/g)].map((m) => ({
    count: Number(m[1]),
    word: singularReason(m[2]!),
  }));
  const spread: HiddenPorts[] = [];
  let next = 0;
  for (const group of host.notShown) {
    let left = group.count ?? 0;
    while (left > 0) {
      const reason = reasons[next++];
      if (!reason || reason.count > left) return;
      spread.push({ ...group, count: reason.count, reason: reason.word });
      left -= reason.count;
    }
  }
  if (next === reasons.length) host.notShown.splice(0, host.notShown.length, ...spread);
}

interface PortLine {
  readonly port: string;
  readonly protocol: string;
  readonly state: string;
  readonly rest: string;
}

function readPortLine(line: PortLine, r: Reading, span: SourceSpan): void {
  const warn = (code: string, message: string, mend?: string) =>
    r.diagnostics.push({ code, severity: 'warning', message, span, ...(mend ? { mend } : {}) });
  const host = r.current;
  const port = Number(line.port);
  const protocol = line.protocol.toLowerCase();
  if (!host) {
    warn(
      'nmap-port-without-host',
      'a port line before any host: nothing says whose port it is',
      'keep the line that names the host ("Interesting ports on …", "Nmap scan report for …")',
    );
    return;
  }
  if (port > 65535) return void warn('nmap-port-unread', `no port is numbered ${port}`);
  if (protocol !== 'tcp' && protocol !== 'udp') {
    return void warn('nmap-port-unread', `${escapeUntrusted(protocol, 20)} ports are not evaluated`);
  }
  const [, service, after = ''] = /^(\S+)\s*(.*)$/.exec(line.rest) ?? [];
  const withReason = host.columns.reason ? KNOWN_REASON.exec(after) : null;
  const version = withReason ? withReason[4] : host.columns.reason ? '' : after;
  host.ports.push({
    protocol,
    port,
    state: line.state,
    reason: withReason?.[1] ?? null,
    from: withReason?.[2] ?? null,
    ttl: withReason?.[3] ? Number(withReason[3]) : null,
    service: service ?? null,
    probed: host.columns.version && Boolean(version),
    span,
  });
}

export const nmapNormalFormat: EvidenceFormat = {
  id: 'nmap-normal',
  description: "nmap's normal output (-oN, or copied from the screen), from 1999 to today",
  example: 'Nmap scan report for giant.example.net (198.51.100.35)',
  recognises: (text) =>
    /^\s*(?:Interesting (?:\w+ )?ports on |Nmap scan report for |All \d+ scanned ports on |Starting nmap )/im.test(
      text,
    ) ||
    (/^# ?nmap .*scan initiated/im.test(text) && !/^Host: \S+ \(.*\)\t/m.test(text)),
  parse: parseNmapNormal,
};
