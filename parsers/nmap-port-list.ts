import { type PortSet, toRanges } from '../src/model/ports.ts';
import type { PortProtocol } from '../src/model/site.ts';

const RANGE = /^(\d{1,5})?(-)?(\d{1,5})?$/;

/** `22,80-90`, `-`, `1000-`; undefined when a part is no number (a service name, a wildcard) or out of range. */
export function readPortList(text: string): PortSet | undefined {
  if (text === '') return [];
  const ranges: [number, number][] = [];
  for (const part of text.split(',')) {
    const m = RANGE.exec(part.trim());
    if (!m || part.trim() === '') return undefined;
    const lo = m[1] === undefined ? 1 : Number(m[1]);
    const hi = m[2] ? (m[3] === undefined ? 65535 : Number(m[3])) : lo;
    if (lo > hi || hi > 65535) return undefined;
    ranges.push([lo, hi]);
  }
  return toRanges(ranges);
}

/**
 * The ports that an nmap command line names for a protocol with `-p`; undefined when it names none, or in a way that
 * only that nmap's own tables resolve (`-F`, `--top-ports`, names).
 */
export function portsOfCommand(command: string, protocol: PortProtocol): PortSet | undefined {
  const m = /(?:^|\s)-p\s*(\S+)/.exec(command);
  const spec = m?.[1];
  if (
    spec === undefined ||
    /(?:^|\s)(?:-F|--top-ports|--port-ratio|--exclude-ports)(?:\s|=|$)/.test(command)
  ) {
    return undefined;
  }
  if (!/[A-Z]:/i.test(spec)) return readPortList(spec);
  // `T:1-100,U:53,161`: a letter holds until the next one.
  let current: 'both' | PortProtocol | 'other' = 'both';
  const parts: string[] = [];
  for (const part of spec.split(',')) {
    const prefixed = /^([A-Z]):(.*)$/i.exec(part);
    const letter = prefixed?.[1]?.toUpperCase();
    if (letter) current = letter === 'T' ? 'tcp' : letter === 'U' ? 'udp' : 'other';
    if (current === 'both' || current === protocol) parts.push(prefixed?.[2] ?? part);
  }
  return parts.length === 0 ? [] : readPortList(parts.join(','));
}

/** Protocols that a command line asks nmap to scan; undefined where it does not say. */
export function protocolsOfCommand(command: string): ReadonlySet<PortProtocol> | undefined {
  const found = new Set<PortProtocol>();
  for (const m of command.matchAll(/(?:^|\s)-s([A-Za-z]+)/g)) {
    if (/[STAFNXWMI]/.test(m[1]!)) found.add('tcp');
    if (m[1]!.includes('U')) found.add('udp');
  }
  return found.size > 0 ? found : undefined;
}
