import { ANY_ADDRESS, formatIpv4 } from '../../../src/model/address.ts';
import type { PortSet } from '../../../src/model/ports.ts';
import type { ObjectGroup } from '../../../src/model/router-config.ts';
import { icmpNameOf } from '../names/icmp.ts';
import { PROTOCOL_NAMES } from '../names/protocols.ts';
import { printPort } from '../print-ace.ts';
import { asItStood } from './words.ts';

export function printObjectGroup(group: ObjectGroup): string[] {
  const lines = [`object-group ${group.kind} ${group.name}`];
  for (const m of group.members) {
    switch (m.kind) {
      case 'group':
        lines.push(` group-object ${m.name}`);
        break;
      case 'unparsed':
        lines.push(` ${asItStood(m.span)}`);
        break;
      case 'range':
        lines.push(` range ${formatIpv4(m.first)} ${formatIpv4(m.last)}`);
        break;
      case 'pattern': {
        const { address, wildcard } = m.pattern;
        if (wildcard === 0) lines.push(` host ${formatIpv4(address)}`);
        else if (wildcard === ANY_ADDRESS.wildcard) lines.push(' any');
        else lines.push(` ${formatIpv4(address)} ${formatIpv4(~wildcard >>> 0)}`);
        break;
      }
      case 'service':
        lines.push(` ${printService(m)}`);
        break;
    }
  }
  return lines;
}

type Service = Extract<Extract<ObjectGroup, { kind: 'service' }>['members'][number], { kind: 'service' }>;

function printService(m: Service): string {
  if (m.protocols === null) return 'ip';
  const [first = 0, second] = m.protocols;
  const words = [second === undefined ? (PROTOCOL_NAMES.get(first) ?? String(first)) : 'tcp-udp'];
  const name = second === undefined ? first : null;
  if (m.sourcePorts) words.push('source', printPorts(m.sourcePorts, name));
  if (m.destinationPorts) words.push(printPorts(m.destinationPorts, name));
  if (m.icmp)
    words.push(
      icmpNameOf(m.icmp.type, m.icmp.code) ??
        `${m.icmp.type}${m.icmp.code === null ? '' : ` ${m.icmp.code}`}`,
    );
  return words.join(' ');
}

/** A group's condition is one operator, so its set is one range or all but one port. */
function printPorts(set: PortSet, protocol: number | null): string {
  const [first, second] = set;
  if (!first) return 'gt 65535';
  const except = first[0] === 0 && (second === undefined || second[1] === 65535) ? first[1] + 1 : 0;
  if (second) return `neq ${printPort(except, protocol)}`;
  if (first[0] === first[1]) return `eq ${printPort(first[0], protocol)}`;
  return `range ${printPort(first[0], protocol)} ${printPort(first[1], protocol)}`;
}
