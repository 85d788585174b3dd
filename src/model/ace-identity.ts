import type { Ace, AceMatch, AclEntry, AddressMatch, PortMatch } from './access-list.ts';
import { patternKey } from './address.ts';

/** Two entries of a list are the same to IOS when everything but the sequence number is: `log` counts. */
export function entryIdentity(entry: AclEntry): string {
  switch (entry.kind) {
    case 'ace':
      return aceIdentity(entry);
    case 'remark':
      return `remark ${entry.text}`;
    case 'evaluate':
      return `evaluate ${entry.name}`;
    case 'unparsed':
      return `unparsed ${entry.span.text.trim()}`;
  }
}

function aceIdentity(ace: Ace): string {
  const { match } = ace;
  let key = `${ace.action} ${protocol(match)} ${address(match.source)}${ports(match.sourcePorts)} ${address(match.destination)}${ports(match.destinationPorts)}`;
  if (match.icmp) key += ` i${match.icmp.type}/${match.icmp.code ?? ''}`;
  if (match.igmpType !== undefined) key += ` g${match.igmpType}`;
  if (match.tcpFlags)
    key +=
      match.tcpFlags.kind === 'established'
        ? ' est'
        : ` f${match.tcpFlags.kind}${match.tcpFlags.set}/${match.tcpFlags.clear}`;
  for (const tos of match.tos ?? []) key += ` ${tos.kind}${tos.value}`;
  if (match.ttl) key += ` ttl${match.ttl.operator}${match.ttl.operands.join(',')}`;
  if (match.option !== undefined) key += ` opt ${match.option}`;
  if (match.fragments) key += ' frag';
  for (const c of ace.conditions) key += ` ${c.kind} ${c.name}`;
  if (ace.log) key += ` ${ace.log.kind} ${ace.log.cookie ?? ''}`;
  return key;
}

const protocol = ({ protocol: p }: AceMatch): string =>
  p.kind === 'number' ? String(p.number) : p.kind === 'ip' ? 'ip' : `og ${p.name}`;

const address = (a: AddressMatch): string =>
  a.kind === 'pattern' ? patternKey(a.pattern) : `${a.kind} ${a.name}`;

const ports = (p: PortMatch | undefined): string =>
  p === undefined ? '' : p.kind === 'group' ? ` pg ${p.name}` : ` ${p.operator}${p.operands.join(',')}`;
