import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../src/diagnostics/source-span.ts';
import type { TargetEvidence } from '../src/model/evidence.ts';
import type { PortSet } from '../src/model/ports.ts';
import type { PortProtocol } from '../src/model/site.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';
import { evidenceOfNmapHost, type NmapPort, type NmapRun } from './nmap-block.ts';
import { portsOfCommand, protocolsOfCommand, readPortList } from './nmap-port-list.ts';
import { isoOfNmapTime } from './nmap-time.ts';
import { spanOfLine, splitLines } from './text-lines.ts';

const INITIATED = /^# ?nmap (?:\(V\. *)?([\w.]+)\)? +scan initiated (.+?) as: (.+)$/i;
const CLOSING = /^# ?Nmap (?:run completed|done|finished) at (.+?) -- /i;
const HOST = /^Host: (\S+) \(([^)]*)\)\s+(.*)$/;

interface HostLine {
  readonly address: string;
  readonly hostName: string | null;
  readonly fields: ReadonlyMap<string, string>;
  readonly span: SourceSpan;
}

/** nmap's grepable output (`-oG`). It names one summed-up state only; a second one stays unobserved. */
export function parseNmapGrepable(text: string, file: string): Parsed<EvidenceParts> {
  const diagnostics: Diagnostic[] = [];
  const hosts: HostLine[] = [];
  const scanned = new Map<PortProtocol, PortSet>();
  let header: RegExpExecArray | null = null;
  let closing: RegExpExecArray | null = null;
  for (const [index, line] of splitLines(text).entries()) {
    header ??= INITIATED.exec(line);
    closing ??= CLOSING.exec(line);
    if (line.startsWith('# Ports scanned:')) {
      for (const m of line.matchAll(/(TCP|UDP)\(\d+;([\d,-]*)\)/g)) {
        const ports = readPortList(m[2]!);
        if (ports && ports.length > 0) scanned.set(m[1]!.toLowerCase() as PortProtocol, ports);
      }
    }
    const host = HOST.exec(line);
    if (!host) continue;
    const fields = host[3]!.split('\t').map((f) => /^([\w ]+): (.*)$/.exec(f));
    hosts.push({
      address: host[1]!,
      hostName: host[2] || null,
      fields: new Map(fields.flatMap((f) => (f ? [[f[1]!, f[2]!] as const] : []))),
      span: spanOfLine(file, index + 1, line),
    });
  }

  const command = header?.[3] ?? null;
  const run: NmapRun = {
    connectScan: command !== null && /(?:^|\s)-s\w*T/.test(command),
    scanned: (protocol) =>
      scanned.get(protocol) ?? (command === null ? undefined : portsOfCommand(command, protocol)),
    protocols:
      scanned.size > 0 ? new Set(scanned.keys()) : command === null ? undefined : protocolsOfCommand(command),
  };
  const started = header ? isoOfNmapTime(header[2]!) : null;
  const ended = closing ? isoOfNmapTime(closing[1]!) : null;
  const notes: string[] = [];
  const targets = hosts.flatMap((h) => readHost(h, run, ended ?? started, diagnostics, notes));
  return {
    value: {
      targets,
      listeners: [],
      tool: `nmap${header ? ` ${escapeUntrusted(header[1]!, 40)}` : ''}`,
      command: command === null ? null : escapeUntrusted(command, 1000),
      started,
      ended,
      completeness: closing
        ? { kind: 'complete' }
        : { kind: 'incomplete', reason: "the text lacks nmap's closing line: it may have been cut" },
      notes,
    },
    diagnostics,
  };
}

function readHost(
  host: HostLine,
  run: NmapRun,
  at: string | null,
  diagnostics: Diagnostic[],
  notes: string[],
): readonly TargetEvidence[] {
  if (host.fields.get('Status') === 'Down')
    notes.push(`nmap took ${escapeUntrusted(host.address, 64)} for down`);
  const ports = readPorts(host, diagnostics);
  const ignored = /^([\w|]+) \((\d+)\)$/.exec(host.fields.get('Ignored State') ?? '');
  if (ports.length === 0 && !ignored) return [];
  return evidenceOfNmapHost(
    {
      address: host.address,
      hostName: host.hostName,
      ports,
      notShown: ignored
        ? [{ state: ignored[1]!, reason: null, count: Number(ignored[2]), ports: null, protocol: null }]
        : [],
      span: host.span,
      at,
    },
    run,
    diagnostics,
  );
}

/** `22/open/tcp//ssh//OpenSSH 9.2/, …`: port/state/protocol/owner/service/rpc/version. */
function readPorts(host: HostLine, diagnostics: Diagnostic[]): NmapPort[] {
  const ports: NmapPort[] = [];
  for (const entry of (host.fields.get('Ports') ?? '').split(/, (?=\d+\/)/)) {
    if (entry.trim() === '') continue;
    const [number = '', state = '', protocol = '', , service = '', , version = ''] = entry.trim().split('/');
    const port = Number(number);
    if (!/^\d{1,5}$/.test(number) || port > 65535 || (protocol !== 'tcp' && protocol !== 'udp')) {
      diagnostics.push({
        code: 'nmap-port-unread',
        severity: 'warning',
        message: `not evaluated: ${escapeUntrusted(entry.trim(), 60)}`,
        span: host.span,
      });
      continue;
    }
    ports.push({
      protocol,
      port,
      state,
      reason: null,
      from: null,
      ttl: null,
      service: service || null,
      probed: version !== '',
      span: host.span,
    });
  }
  return ports;
}

export const nmapGrepableFormat: EvidenceFormat = {
  id: 'nmap-grepable',
  description: "nmap's grepable output (-oG)",
  example: 'Host: 198.51.100.35 ()\tPorts: 110/open/tcp//pop3///',
  recognises: (text) => /^Host: \S+ \([^)]*\)\s+(?:Status|Ports): /m.test(text),
  parse: parseNmapGrepable,
};
