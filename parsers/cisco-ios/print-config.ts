import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import type { Acl, AclEntry } from '../../src/model/access-list.ts';
import { ANY_ADDRESS, formatIpv4 } from '../../src/model/address.ts';
import { mayUse } from '../../src/model/ios-features.ts';
import { TCP, UDP } from '../../src/model/packet.ts';
import type { PortSet } from '../../src/model/ports.ts';
import type {
  Interface,
  IosVersion,
  NatRule,
  ObjectGroup,
  RouterConfig,
  RoutingProcess,
  StaticRoute,
  TerminalLine,
  TimeRange,
  TimeRangeEntry,
} from '../../src/model/router-config.ts';
import { icmpNameOf } from './names/icmp.ts';
import { PROTOCOL_NAMES } from './names/protocols.ts';
import { printAce, printPort } from './print-ace.ts';

/**
 * The configuration as IOS would print it; read again, it gives the same model. What the model holds only as a
 * statement (uses of lists, effects that are said and not computed) is printed as it stood, and the areas and
 * autonomous systems of routing protocols, which it does not hold, as 0.
 */
export function printConfig(config: RouterConfig): string {
  const blocks: string[][] = [
    config.version ? [`version ${config.version.text}`] : [],
    config.hostname === null ? [] : [`hostname ${config.hostname}`],
    printSettings(config),
    ...[...config.vrfs].map((v) => [`ip vrf ${v}`]),
    ...[...config.timeRanges.values()].map(printTimeRange),
    ...[...config.objectGroups.values()].map(printObjectGroup),
    ...printInterfaces(config),
    ...config.routing.flatMap((p) => printRouting(p)),
    config.routes.map(printRoute),
    printNat(config),
    ...[...config.acls.values()].map((acl) => printAcl(acl, config.version)),
    ...printUses(config),
    ...config.ipv6.filter((n) => n.kind === 'list').map((n) => [`ipv6 access-list ${n.name}`]),
    ...config.lines.map(printLine),
    config.excerpt ? [] : ['end'],
  ];
  return blocks
    .filter((b) => b.length > 0)
    .map((b) => `${b.join('\n')}\n`)
    .join('!\n');
}

const EXTENDED_ONLY: ReadonlySet<string> = new Set(['evaluate']);

/** One list: by `access-list N` lines where those say it all, else under its header. */
export function printAcl(acl: Acl, version: IosVersion | null = null): string[] {
  const numbers = mayUse(version, 'sequence-numbers');
  const plain = numbers ? numberedByTens(acl.entries) : acl.entries.every((e) => e.sequence === null);
  const flat =
    plain &&
    acl.entries.length > 0 &&
    /^\d+$/.test(acl.name) &&
    !acl.entries.some(
      (e) =>
        EXTENDED_ONLY.has(e.kind) || (e.kind === 'ace' && e.conditions.some((c) => c.kind === 'reflect')),
    );
  if (flat) return acl.entries.map((e) => `access-list ${acl.name} ${printAce(e, acl.kind)}`);
  const sequences = plain ? [] : numbers ? sequencesOf(acl.entries) : acl.entries.map((e) => e.sequence);
  return [
    `ip access-list ${acl.kind} ${acl.name}`,
    ...acl.entries.map(
      (e, i) => ` ${sequences[i] == null ? '' : `${sequences[i]} `}${printAce(e, acl.kind)}`,
    ),
  ];
}

/** What a login added to a shown list has no number: it is given one of those that its neighbours leave free. */
function sequencesOf(entries: readonly AclEntry[]): readonly (number | null)[] {
  const found = entries.map((e) => e.sequence);
  let next = Number.POSITIVE_INFINITY;
  const before = (limit: number, last: number): number | null => (last + 1 < limit ? last + 1 : null);
  const limits = entries.map(() => 0);
  for (let i = entries.length - 1; i >= 0; i--) {
    limits[i] = next;
    next = found[i] ?? next;
  }
  let last = 0;
  entries.forEach((e, i) => {
    if (found[i] === null && e.kind !== 'remark') found[i] = before(limits[i]!, last);
    last = found[i] ?? last;
  });
  return found;
}

/** The numbers that the device gives by itself, so that they need not be written. */
function numberedByTens(entries: readonly AclEntry[]): boolean {
  let next = 10;
  for (const entry of entries) {
    if (entry.kind === 'remark') {
      if (entry.sequence !== null) return false;
      continue;
    }
    if (entry.sequence === null) continue;
    if (entry.sequence !== next) return false;
    next += 10;
  }
  return true;
}

const netmask = (length: number): string =>
  formatIpv4(length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

/** A statement of the text, less a `no` or header that the printer writes itself. */
const asItStood = (span: SourceSpan): string =>
  span.text
    .slice(span.column - 1, span.endColumn - 1)
    .split(/[ \t]+/)
    .join(' ');

/** What stands under one interface, though the model holds it elsewhere. */
interface Elsewhere {
  readonly joins: string[];
  readonly uses: string[];
  readonly ipv6: string[];
}

function printInterfaces(config: RouterConfig): string[][] {
  const elsewhere = new Map<string, Elsewhere>();
  const of = (name: string): Elsewhere => {
    const found = elsewhere.get(name) ?? { joins: [], uses: [], ipv6: [] };
    elsewhere.set(name, found);
    return found;
  };
  for (const p of config.routing)
    for (const name of p.interfaces ?? []) of(name).joins.push(...printJoin(p, name));
  for (const { owner } of config.references) {
    const header = owner === undefined ? null : /^interface (\S+): /.exec(owner);
    if (owner !== undefined && header) of(header[1]!).uses.push(` ${owner.slice(header[0].length)}`);
  }
  for (const n of config.ipv6)
    if (n.interface !== null)
      of(n.interface).ipv6.push(
        n.kind === 'binding' ? ` ipv6 traffic-filter ${n.name} in` : ` ipv6 address ${n.name}`,
      );
  return [...config.interfaces.values()].map((i) => printInterface(i, of(i.name)));
}

function printInterface(i: Interface, { joins, uses, ipv6 }: Elsewhere): string[] {
  const lines = [`interface ${i.name}`];
  if (i.description !== null) lines.push(` description ${i.description}`);
  if (i.vrf !== null) lines.push(` ip vrf forwarding ${i.vrf}`);
  for (const a of i.addresses)
    lines.push(
      ` ip address ${formatIpv4(a.address)}${a.prefixLength === null ? '' : ` ${netmask(a.prefixLength)}`}${a.secondary ? ' secondary' : ''}`,
    );
  if (i.addressing.kind === 'dhcp' || i.addressing.kind === 'negotiated')
    lines.push(` ip address ${i.addressing.kind}`);
  if (i.addressing.kind === 'unnumbered') lines.push(` ip unnumbered ${i.addressing.interface}`);
  for (const b of [i.bindings.in, i.bindings.out]) {
    if (!b) continue;
    lines.push(
      ` ip access-group ${b.common === undefined ? '' : `common ${b.common} `}${b.acl} ${b.direction}`,
    );
  }
  if (i.natSide !== null) lines.push(` ip nat ${i.natSide === 'enabled' ? 'enable' : i.natSide}`);
  if (!i.sendsUnreachables) lines.push(' no ip unreachables');
  if (!i.proxyArp) lines.push(' no ip proxy-arp');
  for (const e of i.effects) lines.push(` ${asItStood(e.span)}`);
  lines.push(...joins.sort());
  const printed = new Set(lines);
  for (const line of uses) {
    if (printed.has(line)) continue;
    printed.add(line);
    lines.push(line);
  }
  lines.push(...ipv6);
  if (i.shutdown) lines.push(' shutdown');
  return lines;
}

const GROUP_WORDS = { hsrp: 'standby', vrrp: 'vrrp', glbp: 'glbp' } as const;

function printJoin(p: RoutingProcess, name: string): string[] {
  switch (p.protocol) {
    case 'hsrp':
    case 'vrrp':
    case 'glbp': {
      const address = p.virtualAddress == null ? '' : ` ${formatIpv4(p.virtualAddress)}`;
      return [` ${GROUP_WORDS[p.protocol]} ${p.id.slice(name.length + 1)} ip${address}`];
    }
    case 'ospf':
      return [` ip ospf ${p.id} area 0`];
    case 'isis':
      return [` ip router isis${p.id === '' ? '' : ` ${p.id}`}`];
    default:
      return [];
  }
}

function printRouting(p: RoutingProcess): string[][] {
  if (p.protocol === 'hsrp' || p.protocol === 'vrrp' || p.protocol === 'glbp') return [];
  // A process that only interfaces join needs no header of its own.
  const joined = p.interfaces !== undefined && p.networks.length === 0 && p.neighbours.length === 0;
  if (joined) return [];
  const header =
    p.protocol === 'other' ? `router ${p.id}` : `router ${p.protocol}${p.id === '' ? '' : ` ${p.id}`}`;
  const lines = [header];
  for (const n of p.networks) {
    const address = formatIpv4(n.address);
    if (p.protocol === 'ospf') lines.push(` network ${address} ${formatIpv4(n.wildcard)} area 0`);
    else lines.push(` network ${address}${p.protocol === 'eigrp' ? ` ${formatIpv4(n.wildcard)}` : ''}`);
  }
  for (const n of p.neighbours)
    lines.push(` neighbor ${formatIpv4(n)}${p.protocol === 'bgp' ? ' remote-as 0' : ''}`);
  return [lines];
}

function printRoute(r: StaticRoute): string {
  const words = ['ip route'];
  if (r.vrf !== null) words.push(`vrf ${r.vrf}`);
  words.push(formatIpv4(r.destination.address), netmask(r.prefixLength), printNextHop(r));
  if (r.distance !== (r.nextHop.kind === 'dhcp' ? 254 : 1)) words.push(String(r.distance));
  if (r.tag !== null) words.push(`tag ${r.tag}`);
  if (r.name !== null) words.push(`name ${r.name}`);
  if (r.track !== null) words.push(`track ${r.track}`);
  if (r.permanent) words.push('permanent');
  if (r.global) words.push('global');
  return words.join(' ');
}

function printNextHop({ nextHop }: StaticRoute): string {
  switch (nextHop.kind) {
    case 'address':
      return formatIpv4(nextHop.address);
    case 'interface':
      return nextHop.address === null
        ? nextHop.interface
        : `${nextHop.interface} ${formatIpv4(nextHop.address)}`;
    case 'null':
      return 'Null0';
    case 'dhcp':
      return 'dhcp';
  }
}

function printNat(config: RouterConfig): string[] {
  return [
    ...[...config.natPools.values()].map(
      (p) =>
        `ip nat pool ${p.name} ${formatIpv4(p.first)} ${formatIpv4(p.last)} prefix-length ${commonLength(p.first, p.last)}`,
    ),
    ...config.nat.map(printNatRule),
  ];
}

/** A pool's own mask is not held: the longest network of both its ends does as well. */
const commonLength = (first: number, last: number): number => Math.min(30, Math.clz32(first ^ last));

/** NVI knows no sides. */
const sourceWords = (r: Exclude<NatRule, { kind: 'rotary' }>): string =>
  r.nvi ? 'ip nat source' : `ip nat ${r.side} source`;

function printNatRule(r: NatRule): string {
  switch (r.kind) {
    case 'rotary':
      return `ip nat inside destination list ${r.list} pool ${r.pool}`;
    case 'dynamic': {
      const from = r.list !== null ? `list ${r.list}` : `route-map ${r.routeMap ?? ''}`;
      const to = r.pool !== null ? `pool ${r.pool}` : `interface ${r.interface ?? ''}`;
      const vrf = r.vrf === undefined ? '' : ` vrf ${r.vrf}`;
      return `${sourceWords(r)} ${from} ${to}${vrf}${r.overload ? ' overload' : ''}`;
    }
    case 'static': {
      const words = [`${sourceWords(r)} static`];
      if (r.prefixLength !== 32) words.push('network');
      if (r.protocol !== null) words.push(r.protocol === TCP ? 'tcp' : r.protocol === UDP ? 'udp' : 'esp');
      words.push(formatIpv4(r.local));
      if (r.localPort !== null) words.push(String(r.localPort));
      words.push(r.global === null ? `interface ${r.globalInterface ?? ''}` : formatIpv4(r.global));
      if (r.globalPort !== null) words.push(String(r.globalPort));
      if (r.prefixLength !== 32) words.push(`/${r.prefixLength}`);
      if (r.vrf !== null) words.push(`vrf ${r.vrf}`);
      if (r.routeMap !== undefined) words.push(`route-map ${r.routeMap}`);
      return words.join(' ');
    }
  }
}

function printObjectGroup(group: ObjectGroup): string[] {
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

const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTH_NAMES =
  'January February March April May June July August September October November December'.split(' ');

const clock = (minute: number): string =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

function moment(time: number): string {
  const d = new Date(time);
  return `${clock(d.getUTCHours() * 60 + d.getUTCMinutes())} ${d.getUTCDate()} ${MONTH_NAMES[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

const printTimeRange = (range: TimeRange): string[] => [
  `time-range ${range.name}`,
  ...range.entries.map((e) => ` ${printTimeRangeEntry(e)}`),
];

function printTimeRangeEntry(e: TimeRangeEntry): string {
  switch (e.kind) {
    case 'unparsed':
      return asItStood(e.span);
    case 'absolute':
      return `absolute${e.start === null ? '' : ` start ${moment(e.start)}`}${e.end === null ? '' : ` end ${moment(e.end)}`}`;
    case 'periodic': {
      const days = e.days.map((d) => DAY_NAMES[d]).join(' ');
      const spans = e.endDays.some((d, i) => d !== e.days[i]);
      const until = spans ? `${DAY_NAMES[e.endDays[0] ?? 0]} ${clock(e.endMinute)}` : clock(e.endMinute);
      return `periodic ${days} ${clock(e.startMinute)} to ${until}`;
    }
  }
}

function printLine(l: TerminalLine): string[] {
  const kind = l.kind === 'console' ? 'con' : l.kind;
  const lines = [`line ${kind} ${l.first}${l.last === l.first ? '' : ` ${l.last}`}`];
  for (const [use, direction] of [
    [l.accessClassIn, 'in'],
    [l.accessClassOut, 'out'],
  ] as const)
    if (use) lines.push(` access-class ${use.acl} ${direction}${use.vrfAlso ? ' vrf-also' : ''}`);
  if (l.transportInput !== null) lines.push(` transport input ${l.transportInput.join(' ')}`);
  return lines;
}

function printSettings({ settings }: RouterConfig): string[] {
  const lines: string[] = [];
  if (!settings.ipRouting) lines.push('no ip routing');
  if (!settings.ipClassless) lines.push('no ip classless');
  if (settings.defaultGateway !== null)
    lines.push(`ip default-gateway ${formatIpv4(settings.defaultGateway)}`);
  if (settings.unreachableIntervalMs === 0) lines.push('no ip icmp rate-limit unreachable');
  else if (settings.unreachableIntervalMs !== 500)
    lines.push(`ip icmp rate-limit unreachable ${settings.unreachableIntervalMs}`);
  if (settings.tcpIntercept) {
    if (settings.tcpIntercept.mode === 'watch') lines.push('ip tcp intercept mode watch');
    lines.push(`ip tcp intercept list ${settings.tcpIntercept.list}`);
  }
  if (settings.httpServer !== null) lines.push(`${settings.httpServer ? '' : 'no '}ip http server`);
  for (const e of settings.effects) {
    if (e.name?.startsWith('control-plane ')) lines.push('control-plane', ` ${asItStood(e.span)}`);
    else if (e.name?.startsWith('route-map ') && e.name.includes(': '))
      lines.push(e.name.slice(0, e.name.indexOf(': ')), ` ${asItStood(e.span)}`);
    else lines.push(asItStood(e.span));
  }
  return lines;
}

/** Uses of lists, each under the header that it stood under. */
function printUses(config: RouterConfig): string[][] {
  const blocks = new Map<string, string[]>();
  const seen = new Set(config.settings.effects.map((e) => asItStood(e.span)));
  for (const { owner } of config.references) {
    if (owner === undefined || owner.startsWith('interface ') || seen.has(owner)) continue;
    seen.add(owner);
    const cut = owner.indexOf(': ');
    const header = cut < 0 ? '' : owner.slice(0, cut);
    const lines = blocks.get(header) ?? (header === '' ? [] : [printedHeader(header)]);
    lines.push(header === '' ? owner : ` ${owner.slice(cut + 2)}`);
    blocks.set(header, lines);
  }
  return [...blocks.values()];
}

/** `crypto map M 10` opens its mode only with its kind behind it. */
const printedHeader = (header: string): string =>
  header.startsWith('crypto map ') ? `${header} ipsec-isakmp` : header;
