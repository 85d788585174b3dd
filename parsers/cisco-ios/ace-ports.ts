import type { PortMatch } from '../../src/model/access-list.ts';
import { hasPorts, TCP, UDP } from '../../src/model/packet.ts';
import { ALL_PORTS, type PortSet, rangesOf, subtractRanges, toRanges } from '../../src/model/ports.ts';
import { AMBIGUOUS, type Keywords, keywords } from './keywords.ts';
import { type PortName, TCP_PORTS, UDP_PORTS } from './names/ports.ts';
import { ambiguousWord, Failure, needFeature, type Statement, tell, wrongWord } from './statement.ts';
import { readNumber, startsWithDigit, type Words } from './words.ts';

type Operator = 'eq' | 'neq' | 'lt' | 'gt' | 'range' | 'portgroup';

const OPERATORS: Keywords<Operator> = keywords<Operator>([
  ['eq', 'eq'],
  ['neq', 'neq'],
  ['lt', 'lt'],
  ['gt', 'gt'],
  ['range', 'range'],
  ['portgroup', 'portgroup'],
]);

const NO_NAMES: Keywords<PortName> = keywords([]);

export const portNamesOf = (protocol: number): Keywords<PortName> =>
  protocol === TCP ? TCP_PORTS : protocol === UDP ? UDP_PORTS : NO_NAMES;

// Most lines of a long list say `eq` of one port; one value per port serves them all.
const single: (PortMatch | undefined)[] = [];
const eq = (port: number): PortMatch =>
  (single[port] ??= { kind: 'ports', operator: 'eq', operands: [port], set: [[port, port]] });

/** A port condition at the place, or undefined where there is none. */
export function readPorts(s: Statement, protocol: number): PortMatch | Failure | undefined {
  const { words } = s;
  const word = words.peekLower();
  if (word === '') return undefined;
  const operator = OPERATORS.exact.get(word) ?? words.look(OPERATORS);
  if (operator === undefined || (operator !== 'range' && operator === AMBIGUOUS)) return undefined;
  // `r` and `rs` could begin a TCP flag or `reflect`; those are looked up where they stand.
  if (operator === 'range' && word.length < 2) return undefined;
  if (!hasPorts(protocol))
    return new Failure('invalid', `\`${words.peek()}\`: ports need tcp or udp`, words.at);
  const at = words.at;
  words.takeKeyword(OPERATORS);
  if (operator === 'portgroup') {
    const failure = needFeature(s, 'policy-groups', at);
    if (failure) return failure;
    const name = words.take();
    return name === '' ? wrongWord(words, "a port group's name") : { kind: 'group', name };
  }
  const names = portNamesOf(protocol);
  const first = readPort(s, names);
  if (first instanceof Failure) return first;
  switch (operator) {
    case 'eq':
    case 'neq': {
      const operands = [first];
      while (operands.length < 10 && isPort(words, names)) {
        const failure = operands.length === 1 ? needFeature(s, 'several-ports', words.at) : undefined;
        if (failure) return failure;
        const next = readPort(s, names);
        if (next instanceof Failure) return next;
        operands.push(next);
      }
      if (operator === 'eq' && operands.length === 1) return eq(first);
      const set = rangesOf(operands);
      return {
        kind: 'ports',
        operator,
        operands,
        set: operator === 'eq' ? set : subtractRanges(ALL_PORTS, set),
      };
    }
    case 'lt':
    case 'gt': {
      const set = portsBeyond(operator, first);
      if (set.length === 0)
        tell(s, 'empty-port-range', `no port is ${operator === 'lt' ? 'below 0' : 'above 65535'}`, at);
      return { kind: 'ports', operator, operands: [first], set };
    }
    case 'range': {
      const last = readPort(s, names);
      if (last instanceof Failure) return last;
      if (first > last)
        tell(s, 'reversed-range', `range ${first} ${last} is evaluated as ${last}-${first}`, at, {
          mend: `Write \`range ${last} ${first}\`: some IOS versions refuse the reversed form.`,
          ...(s.reading === 'terminal' ? { severity: 'error' as const } : {}),
        });
      return {
        kind: 'ports',
        operator,
        operands: [first, last],
        set: [[Math.min(first, last), Math.max(first, last)]],
      };
    }
  }
}

/** Ports below (`lt`) or above (`gt`) one; empty below 0 and above 65535. */
export const portsBeyond = (operator: 'lt' | 'gt', port: number): PortSet =>
  toRanges([operator === 'lt' ? [0, port - 1] : [port + 1, 65535]]);

export function readPort(s: Statement, names: Keywords<PortName>): number | Failure {
  const { words } = s;
  const word = words.peek();
  if (startsWithDigit(word)) {
    const port = readNumber(word);
    if (port === undefined || port > 65535) return wrongWord(words, 'a port, 0-65535');
    words.at++;
    return port;
  }
  const at = words.at;
  const found = words.takeKeyword(names);
  if (found === AMBIGUOUS) return ambiguousWord(words, names);
  if (found === undefined) return wrongWord(words, 'a port number or a port name of this protocol');
  return found.needs === undefined ? found.port : (needFeature(s, found.needs, at) ?? found.port);
}

/**
 * Whether a further operand of `eq` or `neq` stands here. Only a number or a whole port name counts: `host`
 * abbreviates `hostname`, and `log` must stay the option.
 */
function isPort(words: Words, names: Keywords<PortName>): boolean {
  const word = words.peekLower();
  if (word === '') return false;
  if (startsWithDigit(word)) return readNumber(word) !== undefined;
  // TCP port `time` against the option `time-range`, abbreviated: the whole word is the port's.
  return names.exact.has(word);
}
