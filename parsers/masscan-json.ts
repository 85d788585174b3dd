import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import type { TargetEvidence } from '../src/model/evidence.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';
import { isoOfEpoch } from './nmap-time.ts';
import { groupObservations, type ObservationGroups } from './observation-groups.ts';
import { spanOfLine } from './text-lines.ts';

interface Piece {
  readonly text: string;
  readonly line: number;
  readonly whole: boolean;
}

/** The outermost `{…}` of a text, with their lines; the last may be cut. Strings may hold braces. */
function* outermostObjects(text: string): Generator<Piece> {
  let depth = 0;
  let start = 0;
  let line = 1;
  let startLine = 1;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\n') line++;
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"' && depth > 0) inString = true;
    else if (c === '{' && depth++ === 0) {
      start = i;
      startLine = line;
    } else if (c === '}' && depth > 0 && --depth === 0) {
      yield { text: text.slice(start, i + 1), line: startLine, whole: true };
    }
  }
  if (depth > 0) yield { text: text.slice(start), line: startLine, whole: false };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * masscan's JSON (`-oJ`, also `-oD`). It writes a comma after the last element, closes some releases' lists with
 * `{finished: 1}`, and never says which ports it asked: what it does not list stays unobserved.
 */
export function parseMasscanJson(text: string, file: string): Parsed<EvidenceParts> {
  const diagnostics: Diagnostic[] = [];
  const hosts = new Map<string, { address: string; protocol: 'tcp' | 'udp'; groups: ObservationGroups }>();
  let finished = /\]\s*$/.test(text);
  let first: string | null = null;
  let last: string | null = null;
  for (const piece of outermostObjects(text)) {
    if (/^\{\s*"?finished"?\s*:/.test(piece.text)) {
      finished = true;
      continue;
    }
    const record = readJson(piece.text);
    if (!isRecord(record) || typeof record.ip !== 'string' || !Array.isArray(record.ports)) {
      diagnostics.push({
        code: 'masscan-unread',
        severity: 'warning',
        message: piece.whole ? 'not a masscan record' : 'the last record is cut short',
        span: spanOfLine(file, piece.line, piece.text.split('\n')[0]!),
      });
      continue;
    }
    const at = isoOfEpoch(typeof record.timestamp === 'string' ? record.timestamp : undefined);
    first ??= at;
    last = at ?? last;
    for (const port of record.ports) {
      const problem = addPort(hosts, record.ip, port, at);
      if (problem) {
        diagnostics.push({
          code: 'masscan-port-unread',
          severity: 'warning',
          message: problem,
          span: spanOfLine(file, piece.line, piece.text.split('\n')[0]!),
        });
      }
    }
  }
  const targets: TargetEvidence[] = [...hosts.values()].map(({ address, protocol, groups }) => ({
    target: null,
    address: escapeUntrusted(address, 64),
    hostName: null,
    protocol,
    observations: groups.list(),
    canaries: [],
  }));
  return {
    value: {
      targets,
      listeners: [],
      tool: 'masscan',
      command: null,
      started: first,
      ended: last,
      completeness: finished
        ? { kind: 'complete' }
        : { kind: 'incomplete', reason: 'the list is not closed: masscan was stopped or the file was cut' },
      notes: ['masscan does not say which ports it asked; ports that it does not list are unobserved'],
    },
    diagnostics,
  };
}

/** Adds one entry of `ports`; returns why it cannot, or undefined. */
function addPort(
  hosts: Map<string, { address: string; protocol: 'tcp' | 'udp'; groups: ObservationGroups }>,
  address: string,
  entry: unknown,
  at: string | null,
): string | undefined {
  if (!isRecord(entry)) return 'an entry of "ports" is no object';
  const { port, proto, status, reason, ttl, service } = entry;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65535) {
    return `no port is numbered ${escapeUntrusted(String(port), 20)}`;
  }
  if (proto !== 'tcp' && proto !== 'udp')
    return `not evaluated: protocol ${escapeUntrusted(String(proto), 20)}`;
  const banner = isRecord(service) && typeof service.banner === 'string' ? service.banner : null;
  const state = banner !== null || status === 'open' ? 'open' : status === 'closed' ? 'closed' : undefined;
  if (state === undefined) return `no masscan status is called ${escapeUntrusted(String(status), 20)}`;
  const key = `${address} ${proto}`;
  let host = hosts.get(key);
  if (!host) {
    host = { address, protocol: proto, groups: groupObservations(null) };
    hosts.set(key, host);
  }
  host.groups.add(port, {
    state,
    reason:
      typeof reason === 'string'
        ? reason.startsWith('rst')
          ? 'rst'
          : escapeUntrusted(reason, 20)
        : 'listed',
    ttl: typeof ttl === 'number' && ttl > 0 ? ttl : null,
    banner: banner === null ? null : escapeUntrusted(banner),
    service: isRecord(service) && typeof service.name === 'string' ? escapeUntrusted(service.name, 80) : null,
    // A banner can only have come over a full connection.
    confirmed: banner !== null && proto === 'tcp',
    at,
  });
  return undefined;
}

export const masscanJsonFormat: EvidenceFormat = {
  id: 'masscan-json',
  description: "masscan's JSON output (-oJ, -oD)",
  example: '{ "ip": "198.51.100.35", "timestamp": "1700000000", "ports": [ {"port": 110, …} ] }',
  recognises: (text) => /^\ufeff?\s*[[,]?\s*\{\s*"ip"\s*:[\s\S]{0,400}?"ports"\s*:/.test(text),
  parse: parseMasscanJson,
};
