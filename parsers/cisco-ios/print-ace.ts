import type {
  Ace,
  AceMatch,
  AclEntry,
  AclKind,
  AddressMatch,
  PortMatch,
  UnparsedAce,
} from '../../src/model/access-list.ts';
import { formatIpv4 } from '../../src/model/address.ts';
import { ICMP, IGMP, TCP, TCP_FLAG_NAMES, UDP } from '../../src/model/packet.ts';
import { icmpNameOf } from './names/icmp.ts';
import { IGMP_NAME_OF } from './names/igmp.ts';
import { TCP_PORT_NAMES, UDP_PORT_NAMES } from './names/ports.ts';
import { PROTOCOL_NAMES } from './names/protocols.ts';
import { DSCP_NAME_OF, PRECEDENCE_NAME_OF, TOS_NAME_OF } from './names/tos.ts';
import { CUT_IN_TWO, CUT_MARK } from './wrapped.ts';

/** One entry as IOS prints it, without a sequence number: `permit tcp any host 192.0.2.1 eq www log`. */
export function printAce(entry: AclEntry, kind: AclKind): string {
  switch (entry.kind) {
    case 'ace':
      return kind === 'standard' ? printStandard(entry) : printExtended(entry);
    case 'remark':
      return entry.text === '' ? 'remark' : `remark ${entry.text}`;
    case 'evaluate':
      return `evaluate ${entry.name}`;
    case 'unparsed':
      return printUnparsed(entry);
  }
}

/**
 * What was not understood is given back as it stood, less what the printer itself puts before it. The first half of
 * a line that a terminal cut could be read alone, and mean more: its mark keeps that from happening.
 */
function printUnparsed({ span, reason, sequence }: UnparsedAce): string {
  const stood = span.text.slice(span.column - 1, span.endColumn - 1).replace(/^acc\S*\s+\d+\s+/i, '');
  const text = sequence === null ? stood : stood.replace(/^\d+\s+/, '');
  return reason === CUT_IN_TWO && !text.endsWith(` ${CUT_MARK}`) ? `${text} ${CUT_MARK}` : text;
}

function printStandard(ace: Ace): string {
  const { source } = ace.match;
  const words: string[] = [ace.action];
  if (source.kind !== 'pattern') words.push(`host ${source.name}`);
  else if (source.pattern.wildcard === 0xffffffff) words.push('any');
  else {
    words.push(formatIpv4(source.pattern.address));
    if (source.pattern.wildcard !== 0) words.push(formatIpv4(source.pattern.wildcard));
  }
  pushLog(words, ace);
  return words.join(' ');
}

function printExtended(ace: Ace): string {
  const { match } = ace;
  const words: string[] = [];
  const dynamic = ace.conditions.find((c) => c.kind === 'dynamic');
  if (dynamic) {
    words.push('dynamic', dynamic.name);
    if (dynamic.timeout !== null) words.push('timeout', String(dynamic.timeout));
  }
  const number = match.protocol.kind === 'number' ? match.protocol.number : null;
  words.push(ace.action, printProtocol(match), printAddress(match.source));
  pushPorts(words, match.sourcePorts, number);
  words.push(printAddress(match.destination));
  pushPorts(words, match.destinationPorts, number);
  pushTypes(words, match, number);
  pushFlags(words, match);
  for (const tos of match.tos ?? []) words.push(tos.kind, printTos(tos.kind, tos.value));
  if (match.ttl) words.push('ttl', match.ttl.operator, ...match.ttl.operands.map(String));
  if (match.option !== undefined) words.push('option', match.option);
  if (match.fragments) words.push('fragments');
  for (const c of ace.conditions) {
    if (c.kind === 'time-range') words.push('time-range', c.name);
    else if (c.kind === 'reflect') {
      words.push('reflect', c.name);
      if (c.timeout !== null) words.push('timeout', String(c.timeout));
    }
  }
  pushLog(words, ace);
  return words.join(' ');
}

function pushLog(words: string[], ace: Ace): void {
  if (!ace.log) return;
  words.push(ace.log.kind);
  if (ace.log.cookie !== null) words.push(ace.log.cookie);
}

function printProtocol({ protocol }: AceMatch): string {
  switch (protocol.kind) {
    case 'ip':
      return 'ip';
    case 'number':
      return PROTOCOL_NAMES.get(protocol.number) ?? String(protocol.number);
    case 'service-group':
      return `object-group ${protocol.name}`;
  }
}

function printAddress(address: AddressMatch): string {
  switch (address.kind) {
    case 'pattern': {
      const { pattern } = address;
      if (pattern.wildcard === 0xffffffff) return 'any';
      if (pattern.wildcard === 0) return `host ${formatIpv4(pattern.address)}`;
      return `${formatIpv4(pattern.address)} ${formatIpv4(pattern.wildcard)}`;
    }
    case 'group':
      return `object-group ${address.name}`;
    case 'hostname':
      return `host ${address.name}`;
  }
}

export const printPort = (port: number, protocol: number | null): string =>
  (protocol === TCP ? TCP_PORT_NAMES : protocol === UDP ? UDP_PORT_NAMES : undefined)?.get(port) ??
  String(port);

function pushPorts(words: string[], ports: PortMatch | undefined, protocol: number | null): void {
  if (!ports) return;
  if (ports.kind === 'group') words.push('portgroup', ports.name);
  else words.push(ports.operator, ...ports.operands.map((p) => printPort(p, protocol)));
}

function pushTypes(words: string[], match: AceMatch, protocol: number | null): void {
  if (match.icmp && protocol === ICMP) {
    const { type, code } = match.icmp;
    const name = icmpNameOf(type, code);
    if (name !== undefined) words.push(name);
    else words.push(String(type), ...(code === null ? [] : [String(code)]));
  }
  if (match.igmpType !== undefined && protocol === IGMP)
    words.push(IGMP_NAME_OF.get(match.igmpType) ?? String(match.igmpType));
}

function pushFlags(words: string[], { tcpFlags }: AceMatch): void {
  if (!tcpFlags) return;
  if (tcpFlags.kind === 'established') {
    words.push('established');
    return;
  }
  const named = (bits: number, sign: string): string[] =>
    TCP_FLAG_NAMES.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => sign + name);
  if (!tcpFlags.explicit) words.push(...named(tcpFlags.set, ''));
  else words.push(`match-${tcpFlags.kind}`, ...named(tcpFlags.set, '+'), ...named(tcpFlags.clear, '-'));
}

function printTos(kind: 'precedence' | 'tos' | 'dscp', value: number): string {
  switch (kind) {
    case 'precedence':
      return PRECEDENCE_NAME_OF.get(value >> 5) ?? String(value >> 5);
    case 'tos':
      return TOS_NAME_OF.get(value >> 1) ?? String(value >> 1);
    case 'dscp':
      return DSCP_NAME_OF.get(value >> 2) ?? String(value >> 2);
  }
}
