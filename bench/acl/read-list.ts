import type { Ace, Acl, AddressMatch, PortMatch } from '../../src/model/access-list.ts';
import { ANY_ADDRESS, hostPattern, parseIpv4, toAddressPattern } from '../../src/model/address.ts';

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47 };

/**
 * Just enough of a reader for measurements: the extended list of a generated or ClassBench config. It throws on
 * what it does not know, so that nothing is measured that was skipped.
 */
export function readList(file: string, config: string): Acl {
  const entries: Ace[] = [];
  let name = '';
  config.split(/\r?\n/).forEach((text, i) => {
    const words = text.trim().split(/\s+/);
    if (words[0] === 'ip' && words[1] === 'access-list') name = words[3] ?? '';
    if (words[0] !== 'permit' && words[0] !== 'deny') return;
    entries.push(readAce(words, { file, line: i + 1, column: 1, endColumn: text.length + 1, text }));
  });
  return { name, kind: 'extended', entries, span: entries[0]!.span };
}

function readAce(words: readonly string[], span: Ace['span']): Ace {
  let at = 1;
  const next = (): string => words[at++] ?? '';
  const number = (): number => Number(next());
  const address = (): AddressMatch => {
    const word = next();
    if (word === 'any') return { kind: 'pattern', pattern: ANY_ADDRESS };
    if (word === 'host') return { kind: 'pattern', pattern: hostPattern(parseIpv4(next())!) };
    return { kind: 'pattern', pattern: toAddressPattern(parseIpv4(word)!, parseIpv4(next())!) };
  };
  const ports = (): PortMatch | undefined => {
    const word = words[at];
    if (word === 'eq') {
      at++;
      const port = number();
      return { kind: 'ports', operator: 'eq', operands: [port], set: [[port, port]] };
    }
    if (word === 'gt' || word === 'lt' || word === 'range') {
      at++;
      const operands = word === 'range' ? [number(), number()] : [number()];
      const p = operands[0]!;
      const set = word === 'gt' ? [p + 1, 65535] : word === 'lt' ? [0, p - 1] : [p, operands[1]!];
      return { kind: 'ports', operator: word, operands, set: [set as [number, number]] };
    }
    return undefined;
  };
  const word = next();
  const protocol = PROTOCOLS[word] ?? Number(word);
  const source = address();
  const sourcePorts = ports();
  const destination = address();
  const destinationPorts = ports();
  if (at !== words.length) throw new Error(`${span.file}:${span.line}: cannot read ${span.text}`);
  return {
    kind: 'ace',
    action: words[0] === 'permit' ? 'permit' : 'deny',
    match: {
      protocol: word === 'ip' ? { kind: 'ip' } : { kind: 'number', number: protocol },
      source,
      destination,
      ...(sourcePorts ? { sourcePorts } : {}),
      ...(destinationPorts ? { destinationPorts } : {}),
    },
    conditions: [],
    log: null,
    sequence: null,
    hits: null,
    span,
  };
}
