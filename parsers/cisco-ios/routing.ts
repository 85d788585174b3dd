import { classLength, netmaskLength, prefixPattern, toAddressPattern } from '../../src/model/address.ts';
import type { Command } from '../../src/model/command.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { canonicalArea } from './ospf-area.ts';
import {
  leavePart,
  openOther,
  readAddressFamily,
  readFamilyInterface,
  readPassive,
  readShutdown,
  readTopology,
} from './routing-family.ts';
import { readNeighbour } from './routing-neighbour.ts';
import { detail, processOf, references, runsBgp, speaksOfOthers } from './routing-process.ts';
import {
  ambiguousWord,
  expectEnd,
  type Failure,
  type Statement,
  type StatementReader,
  wrongWord,
} from './statement.ts';
import { startsWithDigit } from './words.ts';

function readNetwork(s: Statement): Command | Failure {
  const { words } = s;
  // `network` of BGP announces a prefix; it lets the process run on no interface.
  if (runsBgp(s) || speaksOfOthers(s)) return detail(s);
  const address = words.takeAddress();
  if (address === undefined) return words.done ? wrongWord(words, 'a network') : detail(s);
  const wildcard = startsWithDigit(words.peek()) ? words.takeAddress() : undefined;
  const area = words.takeWord('area') ? canonicalArea(words.take()) : '';
  words.at = words.count;
  return {
    kind: 'routing-network',
    network: {
      ...(wildcard === undefined
        ? prefixPattern(address, classLength(address))
        : toAddressPattern(address, asWildcard(wildcard))),
      ...(area === '' ? {} : { area }),
    },
    on: s.on,
    span: words.line,
    next: 'same',
  };
}

/** IOS turns a netmask round where OSPF and EIGRP ask for a wildcard. */
function asWildcard(mask: number): number {
  const length = netmaskLength(mask);
  return length === undefined || length === 0 || length === 32 ? mask : ~mask >>> 0;
}

function readVersion(s: Statement): Command | Failure {
  if (!processOf(s).startsWith('rip')) return detail(s);
  const version = s.words.takeNumber(2, 1);
  if (version === undefined && s.on) return wrongWord(s.words, 'a version, 1 or 2');
  return (
    expectEnd(s.words) ?? {
      kind: 'routing-version',
      version: s.on ? (version ?? null) : null,
      span: s.words.line,
      next: 'same',
    }
  );
}

/** A list's name or number, unless the word shows that no list is meant. */
const listUnless =
  (others: readonly string[]): StatementReader =>
  (s) => {
    const { words } = s;
    if (others.includes(words.peekLower())) return detail(s);
    const list = words.take();
    words.at = words.count;
    return list === '' ? wrongWord(words, "a list's name or number") : references(s, list);
  };

const DETAILS = (
  'redistribute default-information default-metric timers area auto-summary summary-address ' +
  'log-adjacency-changes log-neighbor-changes router-id maximum-paths bgp ' +
  'synchronization eigrp variance metric nsf nsr capability ispf max-lsa prefix-suppression aggregate-address ' +
  'net is-type metric-style summary-prefix validate-update-source output-delay ' +
  'flash-update-threshold input-queue ignore traffic-share compatible discard-route fast-reroute mpls no-lsdb bfd ' +
  'table-map traffic-engineering protocol set-overload-bit hello-interval hold-time authentication split-horizon ' +
  'next-hop-self next-hop default domain-tag interface-id local-rib-criteria max-metric nssa queue-depth segment-routing ' +
  'soo snmp stub throttle advertise external-lsa lsp-gen-interval spf-interval prc-interval max-lsp-lifetime ' +
  'lsp-refresh-interval maximum-prefix remote-neighbors graceful-restart route-tag auto-cost domain-id ttl-security limit ' +
  'adjacency event-log graceful-shutdown process-min-time rfc1583compatibility microloop non-stop-routing statistics ' +
  'bandwidth-percent add-paths stub-site dampening-interval summary-metric ' +
  'domain-password area-password fast-flood set-attached-bit use lsp-mtu lsp-full ignore-lsp-errors partition ' +
  'max-area-addresses external multi-topology route-reflector-client send-community soft-reconfiguration prefix-list ' +
  'filter-list allowas-in default-originate remove-private-as weight inherit as-override unsuppress-map dmzlink-bw ' +
  'advertisement-interval validation remote-as password update-source ebgp-multihop ' +
  'description fall-over disable-connected-check translate-update local-as cluster-id transport address activate ' +
  'rewrite-evpn-rt-asn additional-paths send-label slow-peer ' +
  'database-mapping echo-interval nexthop default-route distribute hello suppress import'
).split(' ');

/** `route-map NAME in|out` of a peer policy; with anything else behind the name it is the header of a map. */
function readPolicyMap(s: Statement): Command | Failure {
  const direction = s.words.peekLower(1);
  return direction === 'in' || direction === 'out' ? detail(s) : wrongWord(s.words, 'NAME in or out');
}

/** `distance N ADDRESS WILDCARD LIST`: the routes of these neighbours that the list selects. */
function readDistance(s: Statement): Command | Failure {
  const { words } = s;
  const list = startsWithDigit(words.peek(1)) && words.peek(1).includes('.') ? words.peek(3) : '';
  words.at = words.count;
  return list === '' ? detail(s) : references(s, list);
}

const STATEMENTS = keywords<StatementReader>([
  ...DETAILS.map((w): [string, StatementReader] => [w, detail]),
  ['network', readNetwork],
  ['neighbor', readNeighbour],
  ['version', readVersion],
  ['passive-interface', readPassive],
  ['shutdown', readShutdown],
  ['template', openOther],
  ['exit-peer-policy', leavePart],
  ['exit-peer-session', leavePart],
  ['scope', openOther],
  ['service-family', openOther],
  ['exit-service-family', leavePart],
  ['sf-interface', openOther],
  ['exit-sf-interface', leavePart],
  ['bmp', (s) => (s.words.peekLower() === 'server' ? openOther(s) : detail(s))],
  ['exit-bmp-server-mode', leavePart],
  ['address-family', readAddressFamily],
  ['exit-address-family', leavePart],
  ['af-interface', readFamilyInterface],
  ['exit-af-interface', leavePart],
  ['topology', readTopology],
  ['exit-af-topology', leavePart],
  ['distance', readDistance],
  ['distribute-list', listUnless(['prefix', 'route-map', 'gateway'])],
  ['offset-list', listUnless(['0'])],
  ['route-map', readPolicyMap],
  [
    'ip',
    (s) =>
      s.words.peekLower() === 'route' && s.words.peekLower(1) === 'priority'
        ? detail(s)
        : wrongWord(s.words, 'route priority'),
  ],
]);

export const isRoutingWord = (word: string): boolean => STATEMENTS.exact.has(word);

/** A line under `router …`. */
export function readRoutingLine(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of a routing process') : reader(s);
}
