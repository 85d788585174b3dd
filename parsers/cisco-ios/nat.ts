import { netmaskLength, toIpv4 } from '../../src/model/address.ts';
import { type Command, GLOBAL_MODE } from '../../src/model/command.ts';
import { TCP, UDP } from '../../src/model/packet.ts';
import type { NatPoolRange, NatRule } from '../../src/model/router-config.ts';
import { portNamesOf, readPort } from './ace-ports.ts';
import { effect } from './global/change.ts';
import { readInterfaceName } from './interface-name.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { expectEnd, Failure, type Statement, skipGlobally, tell, wrongWord } from './statement.ts';
import { readNumber, startsWithDigit } from './words.ts';

/** `ip nat …` in global mode. */
export function readNat(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('pool')) return readPool(s);
  const inside = words.takeWord('inside', 3);
  if (!inside && !words.takeWord('outside')) {
    // NVI: `ip nat source …` translates wherever `ip nat enable` stands.
    if (words.takeWord('source', 2)) return readSource(s, 'inside', { nvi: true });
    if (words.done) return wrongWord(words, 'inside, outside or pool');
    const known = [
      'translation',
      'service',
      'log',
      'settings',
      'create',
      'stateful',
      'portmap',
      'sip-sbc',
      'switchover',
      'piggyback-support',
      'refresh',
      'multihomed',
      'algorithm',
      'scaled',
      'mapping-id',
      'redundancy',
    ];
    if (/^translation max-entries /i.test(words.rest())) return effect(s, 'other', `ip nat ${words.rest()}`);
    if (known.some((k) => k.startsWith(words.peekLower()))) {
      words.at = words.count;
      return skipGlobally(s, 'NAT timers and logging');
    }
    return wrongWord(words, 'inside, outside or pool');
  }
  if (words.takeWord('source')) return readSource(s, inside ? 'inside' : 'outside', {});
  if (inside && words.takeWord('destination')) return readRotary(s);
  return wrongWord(words, inside ? 'source or destination' : 'source');
}

const rule = (s: Statement, value: NatRule): Command => ({
  kind: 'nat-rule',
  rule: value,
  on: s.on,
  span: s.words.line,
  next: GLOBAL_MODE,
});

type Side = 'inside' | 'outside';
/** Set for `ip nat source`. */
type Domain = { readonly nvi?: true };

function readSource(s: Statement, side: Side, domain: Domain): Command | Failure {
  const { words } = s;
  if (words.takeWord('static')) return readStatic(s, side, domain);
  if (words.takeWord('list')) {
    if (words.done) return wrongWord(words, "a list's name or number");
    return readDynamic(s, side, domain, words.take(), null);
  }
  if (words.takeWord('route-map')) {
    if (words.done) return wrongWord(words, "a route-map's name");
    return readDynamic(s, side, domain, null, words.take());
  }
  return wrongWord(words, 'static, list or route-map');
}

function readRotary(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('list')) return wrongWord(words, 'list');
  if (words.done) return wrongWord(words, "a list's name or number");
  const list = words.take();
  if (!words.takeWord('pool')) return wrongWord(words, 'pool');
  if (words.done) return wrongWord(words, "a pool's name");
  const pool = words.take();
  const clauses = readClauses(s);
  return clauses instanceof Failure ? clauses : rule(s, { kind: 'rotary', list, pool, span: words.line });
}

function readDynamic(
  s: Statement,
  side: Side,
  domain: Domain,
  list: string | null,
  routeMap: string | null,
): Command | Failure {
  const { words } = s;
  let pool: string | null = null;
  let name: string | null = null;
  if (words.takeWord('pool')) {
    if (words.done) return wrongWord(words, "a pool's name");
    pool = words.take();
  } else if (words.takeWord('interface')) {
    const found = readInterfaceName(s);
    if (found instanceof Failure) return found;
    name = found;
  } else if (s.on) return wrongWord(words, 'pool or interface');
  const clauses = readClauses(s);
  if (clauses instanceof Failure) return clauses;
  return rule(s, {
    kind: 'dynamic',
    side,
    list,
    routeMap,
    pool,
    interface: name,
    overload: clauses.overload,
    ...(clauses.vrf === null ? {} : { vrf: clauses.vrf }),
    ...domain,
    span: words.line,
  });
}

const CLAUSES = keywords<'flag' | 'named' | 'overload' | 'vrf' | 'route-map'>([
  ['overload', 'overload'],
  ['vrf', 'vrf'],
  ['route-map', 'route-map'],
  ['redundancy', 'named'],
  ['mapping-id', 'named'],
  ['extendable', 'flag'],
  ['no-alias', 'flag'],
  ['no-payload', 'flag'],
  ['add-route', 'flag'],
  ['match-in-vrf', 'flag'],
  ['forced', 'flag'],
  ['reversible', 'flag'],
  ['oer', 'flag'],
  ['egress-interface', 'named'],
]);

function readClauses(
  s: Statement,
): { overload: boolean; vrf: string | null; routeMap: string | null } | Failure {
  const { words } = s;
  const found = { overload: false, vrf: null as string | null, routeMap: null as string | null };
  while (!words.done) {
    const clause = words.takeKeyword(CLAUSES);
    switch (clause) {
      case undefined:
      case AMBIGUOUS:
        return wrongWord(words, 'known at this place of a translation');
      case 'overload':
        found.overload = true;
        break;
      case 'vrf':
        found.vrf = words.take();
        break;
      case 'route-map':
        found.routeMap = words.take();
        break;
      case 'named':
        words.take();
        break;
      case 'flag':
        break;
    }
  }
  return found;
}

/** `static [tcp|udp] L [lp] {G|interface IF} [gp]`, `static network L G {/n|MASK}`. For `outside`, G comes first. */
function readStatic(s: Statement, side: Side, domain: Domain): Command | Failure {
  const { words } = s;
  const block = words.takeWord('network');
  const word = words.peekLower();
  const protocol = word === 'tcp' ? TCP : word === 'udp' ? UDP : word === 'esp' ? 50 : null;
  if (protocol !== null) words.at++;
  const ported = protocol === TCP || protocol === UDP;
  const names = portNamesOf(protocol ?? -1);

  const local = words.takeAddress();
  if (local === undefined) return wrongWord(words, 'a local address');
  let localPort: number | null = null;
  if (ported) {
    const port = readPort(s, names);
    if (port instanceof Failure) return port;
    localPort = port;
  }
  let global: number | null = null;
  let globalInterface: string | null = null;
  if (words.takeWord('interface')) {
    const name = readInterfaceName(s);
    if (name instanceof Failure) return name;
    globalInterface = name;
  } else {
    const address = words.takeAddress();
    if (address === undefined) return wrongWord(words, 'a global address or interface');
    global = address;
  }
  let globalPort: number | null = null;
  if (ported) {
    const port = readPort(s, names);
    if (port instanceof Failure) return port;
    globalPort = port;
  }
  let prefixLength = 32;
  if (block) {
    const length = readLength(s);
    if (length instanceof Failure) return length;
    prefixLength = length;
  }
  const clauses = readClauses(s);
  if (clauses instanceof Failure) return clauses;
  if (clauses.routeMap !== null && s.on)
    tell(s, 'unmodelled-clause', `which packets route-map ${clauses.routeMap} translates is not modelled`);
  return rule(s, {
    kind: 'static',
    side,
    local: toIpv4(local),
    global: global === null ? null : toIpv4(global),
    globalInterface,
    protocol,
    localPort,
    globalPort,
    prefixLength,
    vrf: clauses.vrf,
    ...(clauses.routeMap === null ? {} : { routeMap: clauses.routeMap }),
    ...domain,
    span: words.line,
  });
}

/** `/24` or `255.255.255.0`. */
function readLength(s: Statement): number | Failure {
  const { words } = s;
  const word = words.peek();
  if (word.startsWith('/')) {
    const length = readNumber(word.slice(1));
    if (length === undefined || length > 32) return wrongWord(words, 'a prefix length');
    words.at++;
    return length;
  }
  const at = words.at;
  const mask = words.takeAddress();
  const length = mask === undefined ? undefined : netmaskLength(mask);
  return (
    length ?? new Failure(words.done ? 'incomplete' : 'invalid', 'expected a netmask or a prefix length', at)
  );
}

/** `ip nat pool NAME FIRST LAST {netmask M | prefix-length n}`; without addresses it opens a mode of them. */
function readPool(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done) return wrongWord(words, "a pool's name");
  const name = words.take();
  if (!s.on) return { kind: 'delete-nat-pool', name, span: words.line, next: GLOBAL_MODE };
  if (!startsWithDigit(words.peek())) {
    const pool = { name, ranges: [], span: words.line };
    return (
      readPoolClauses(s) ?? { kind: 'nat-pool', pool, span: words.line, next: { kind: 'nat-pool', name } }
    );
  }
  const range = readPoolRange(s);
  if (range instanceof Failure) return range;
  const pool = { name, ranges: [range], span: words.line };
  return readPoolClauses(s) ?? { kind: 'nat-pool', pool, span: words.line, next: GLOBAL_MODE };
}

function readPoolRange({ words }: Statement): NatPoolRange | Failure {
  const first = words.takeAddress();
  if (first === undefined) return wrongWord(words, 'the first address');
  const last = words.takeAddress();
  if (last === undefined) return wrongWord(words, 'the last address');
  return { first: toIpv4(first), last: toIpv4(last) };
}

function readPoolClauses(s: Statement): Failure | undefined {
  const { words } = s;
  while (!words.done) {
    if (words.takeWord('netmask', 3)) {
      if (words.takeAddress() === undefined) return wrongWord(words, 'a netmask');
    } else if (words.takeWord('prefix-length')) {
      if (words.takeNumber(32) === undefined) return wrongWord(words, 'a prefix length, 0-32');
    } else if (words.takeWord('type')) words.take();
    else if (words.takeWord('accounting')) words.take();
    else if (!words.takeWord('add-route', 2) && !words.takeWord('no-alias', 2))
      return wrongWord(words, 'netmask, prefix-length or type');
  }
  return undefined;
}

/** `address FIRST LAST` under a pool, once for each of its ranges. */
export function readPoolLine(s: Statement, name: string): Command | Failure {
  const { words } = s;
  if (!words.takeWord('address')) return wrongWord(words, 'address');
  const range = readPoolRange(s);
  if (range instanceof Failure) return range;
  return (
    expectEnd(words) ?? { kind: 'nat-pool-range', name, range, on: s.on, span: words.line, next: 'same' }
  );
}
