import type { CompiledAcl } from '../../acl/compile.ts';
import { coverWithin } from '../../acl/decide.ts';
import { type Box, makeBox } from '../../headerspace/box.ts';
import {
  formatIpv4,
  hostPattern,
  type Ipv4,
  patternContains,
  prefixPattern,
  toIpv4,
} from '../../model/address.ts';
import type { Doubt } from '../../model/exposure.ts';
import { makePacket, type Packet, SYN, TCP } from '../../model/packet.ts';
import { ALL_PORTS, type PortSet } from '../../model/ports.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import { findIngress } from '../../router/ingress.ts';
import { buildRouter } from '../../router/network.ts';
import { DISTANT_TTL, withoutOptions } from '../../router/plain-packets.ts';
import { RegionCuts } from '../cut-to-region.ts';
import { BeyondLists } from './beyond-lists.ts';
import { type DeviceState, filterOf } from './device-state.ts';
import {
  type Front,
  frontOf,
  isSameFront,
  LOGIN_PORTS,
  lineTakes,
  mayOwn,
  ownAddresses,
} from './login-front.ts';
import { hasRouteTo } from './route-back.ts';
import type { TunnelWatch } from './tunnels.ts';

export interface Operator {
  readonly address: Ipv4;
  /** The service by which the router is managed, where somebody said so; null: ssh or telnet. */
  readonly port: number | null;
}

/**
 * `address port` of every login that is open to the operator, on a release whose access-class compares destinations
 * and on one where it sees none (before CSCuw89081), so that an entry with a particular one never matches.
 */
type Logins = readonly [seeing: ReadonlySet<string>, blind: ReadonlySet<string>];

/** How the operator reaches the router's own logins in one state. */
interface Ways {
  readonly open: ReadonlyMap<string, Logins>;
  /** The interfaces of arrival from whose table a route leads back. */
  readonly answered: ReadonlySet<string>;
}

/** What one inbound list leaves open of one front. */
interface OpenLogins {
  readonly front: Front;
  readonly ports: readonly number[];
  readonly open: Logins;
}

export interface CutWay {
  readonly interface: string;
  readonly reason: string;
  readonly witness: Packet;
}

const NONE: ReadonlySet<string> = new Set();
const NO_LOGINS: Logins = [NONE, NONE];
const RELEASES = [0, 1] as const;
/** What a list that sees no destination is asked about. */
const NO_ADDRESS = toIpv4(0);
/** What a client logs in from: a list that asks for a port above 1023 there is open to it. */
const CLIENT_PORTS: PortSet = [[49152, 65535]];

/**
 * Watches the operator's way in: source → own address, ssh or telnet, through the inbound list of the interface of
 * arrival (of a tunnel, also by the packets that carry it) and a terminal line's access-class. Where packets of the operator arrive does not change with the routes of
 * this router, so it is settled once, by the state at the start.
 */
export class OperatorWatch {
  readonly operator: Operator;
  readonly assumption: string | null;
  private readonly start: DeviceState;
  private readonly arrivals: readonly string[];
  private readonly ports: readonly number[];
  /** Arrivals from whose table the text shows no route back to begin with: then none can be lost. */
  private readonly unrouted: ReadonlySet<string>;
  private readonly known = new WeakMap<DeviceState, Ways>();
  private readonly shares = new WeakMap<CompiledAcl, Map<string, CompiledAcl>>();
  private readonly cuts = new Map<string, RegionCuts>();
  private readonly openBehind = new WeakMap<CompiledAcl, OpenLogins>();
  private readonly logins: Box;
  private readonly tunnels: TunnelWatch;
  private readonly beyond: BeyondLists;
  private readonly stood = new Map<string, boolean>();
  private readonly lastFronts = new Map<string | null, Front>();

  constructor(config: RouterConfig, start: DeviceState, operator: Operator, tunnels: TunnelWatch) {
    this.tunnels = tunnels;
    this.beyond = new BeyondLists(config, start);
    this.operator = operator;
    this.start = start;
    this.logins = makeBox({
      protocol: TCP,
      source: hostPattern(operator.address),
      sourcePorts: CLIENT_PORTS,
      destinationPorts: ALL_PORTS,
      tcpFlags: { exactly: SYN },
      fragments: 'whole',
      ttl: DISTANT_TTL,
    });
    const network = { routers: [buildRouter({ name: '', config }, { clock: null })] };
    const found = findIngress(network, operator.address);
    const text = formatIpv4(operator.address);
    if (found.kind === 'enters') {
      const here = [found, ...found.alternatives].map((e) => e.interface.name);
      const elsewhere = (found.inOtherTables ?? []).map((e) => e.interface.name);
      // By default routes alone everybody may be anywhere: other tables count where the first one lets nobody in.
      const isBeside = found.interface.addresses.some(
        (a) =>
          a.prefixLength !== null &&
          patternContains(prefixPattern(a.address, a.prefixLength), operator.address),
      );
      const counts =
        isBeside || !here.some((name) => LOGIN_PORTS.some((port) => this.opensAt(start, name, port)));
      this.arrivals = counts ? [...here, ...elsewhere] : here;
      this.assumption =
        elsewhere.length === 0 || !counts
          ? found.assumption
          : `several tables lead to the operator ${text}; watched at ${this.arrivals.join(', ')}`;
    } else {
      this.arrivals = [...config.interfaces.values()].filter((i) => !i.shutdown).map((i) => i.name);
      this.assumption = `where packets of the operator ${text} enter is not known (${found.reason}); every interface was tried`;
    }
    this.unrouted = new Set(this.arrivals.filter((name) => !this.isAnswered(start, name)));
    const { port } = operator;
    this.ports = LOGIN_PORTS;
    if (port !== null && (!LOGIN_PORTS.includes(port) || this.isOpen(start, port))) this.ports = [port];
  }

  /** Whether the operator can log in at all in this state. */
  reaches(state: DeviceState): boolean {
    const ways = this.ways(state);
    return [...ways.open].some(([name, open]) => ways.answered.has(name) && isAny(open));
  }

  /** What may cut the operator off and is not followed from command to command, asked of one own address per arrival. */
  unfollowed({ device }: DeviceState): readonly Doubt[] {
    return this.beyond.unfollowed(
      device,
      this.arrivals.map((arrival) => {
        const iface = device.interfaces.get(arrival);
        const own = iface?.addresses[0]?.address ?? ownAddresses(device, iface?.vrf ?? null)[0];
        return { arrival, boxes: own === undefined ? [] : this.ports.map((port) => this.loginAt(own, port)) };
      }),
    );
  }

  /** The way that was open before and is not any more, when none that was open remains; null otherwise. */
  cut(before: DeviceState, after: DeviceState): CutWay | null {
    if (before.device === after.device) return null;
    const old = this.ways(before);
    const now = this.ways(after);
    for (const [name, all] of old.open)
      for (const release of RELEASES) {
        const open = [...all[release]].filter((way) => this.mayHaveStood(name, way, release));
        if (open.length === 0 || !old.answered.has(name)) continue;
        const left = (now.open.get(name) ?? NO_LOGINS)[release];
        const remains = open.some((way) => left.has(way));
        if (remains && now.answered.has(name)) continue;
        const [own, port] = parseWay(open[0]!);
        return {
          interface: name,
          reason: remains ? 'no route leads back to it any more' : this.whyShut(after, name, own, port),
          witness: makePacket({
            source: this.operator.address,
            destination: own,
            protocol: TCP,
            sourcePort: 49152,
            destinationPort: port,
            tcpFlags: SYN,
          }),
        };
      }
    return null;
  }

  /**
   * Whether a session by this way may have stood when the change began. Of the ways that were surely open at the start
   * it is one; where none was, one that the text leaves open. What the old configuration denies has no session that
   * a step could cut, whatever steps open for a while and shut again.
   */
  private mayHaveStood(arrival: string, way: string, release: (typeof RELEASES)[number]): boolean {
    const sure = (this.ways(this.start).open.get(arrival) ?? NO_LOGINS)[release];
    if (sure.size > 0) return sure.has(way);
    const key = `${arrival} ${way}`;
    const known = this.stood.get(key) ?? this.mayAdmit(arrival, way);
    this.stood.set(key, known);
    return known;
  }

  /** Whether the start may let the login in: an address that the text does not show may be any. */
  private mayAdmit(arrival: string, way: string): boolean {
    const { start } = this;
    const [own, port] = parseWay(way);
    const vrf = tableOf(start, arrival);
    if (!mayOwn(start.device, vrf, own)) return false;
    const box = this.loginAt(own, port);
    const mayPass = (filter: CompiledAcl): boolean => mayPermit(this.share(filter, [own]), box);
    return (
      mayPass(filterOf(start.at({ name: arrival, direction: 'in' }))) &&
      lineTakes(
        frontOf(start, vrf, (filter) => filter),
        port,
        mayPass,
      )
    );
  }

  private whyShut(after: DeviceState, arrival: string, own: Ipv4, port: number): string {
    return (
      this.tunnels.whyCut(after, arrival) ??
      this.whyUnheard(after, arrival) ??
      whyGone(after, arrival, own) ??
      this.beyond.whyStopped(after, arrival, `${own} ${port}`, this.loginAt(own, port)) ??
      whyDenied(after, arrival)
    );
  }

  /** What comes in is put into frames by another device, which changes nothing with this one. */
  private whyUnheard(after: DeviceState, arrival: string): string | null {
    const [was, is] = [this.start, after].map((s) => s.device.interfaces.get(arrival));
    return !was || !is || was.encapsulation === is.encapsulation
      ? null
      : `${arrival} has another encapsulation than before`;
  }

  private loginAt(own: Ipv4, port: number): Box {
    return { ...this.logins, destination: hostPattern(own), l4b: [[port, port]] };
  }

  private isOpen(state: DeviceState, port: number): boolean {
    return this.arrivals.some((name) => this.opensAt(state, name, port));
  }

  private opensAt(state: DeviceState, arrival: string, port: number): boolean {
    return isAny(this.openLogins(state, arrival, this.front(state, tableOf(state, arrival)), [port]));
  }

  private isAnswered(state: DeviceState, arrival: string): boolean {
    return hasRouteTo(state.device, tableOf(state, arrival), this.operator.address);
  }

  private ways(state: DeviceState): Ways {
    let ways = this.known.get(state);
    if (!ways) {
      ways = {
        open: new Map(
          this.arrivals.map((name) => [
            name,
            this.openLogins(state, name, this.front(state, tableOf(state, name)), this.ports),
          ]),
        ),
        answered: new Set(
          this.arrivals.filter((name) => this.unrouted.has(name) || this.isAnswered(state, name)),
        ),
      };
      this.known.set(state, ways);
    }
    return ways;
  }

  /** The last front again, where nothing of it has changed. */
  private front(state: DeviceState, vrf: string | null): Front {
    const own = ownAddresses(state.device, vrf);
    const front = frontOf(state, vrf, (filter) => this.share(filter, [...own, NO_ADDRESS]));
    const last = this.lastFronts.get(vrf);
    if (last && isSameFront(last, front)) return last;
    this.lastFronts.set(vrf, front);
    return front;
  }

  private openLogins(state: DeviceState, arrival: string, front: Front, ports: readonly number[]): Logins {
    if (this.tunnels.whyCut(state, arrival) !== null || this.whyUnheard(state, arrival) !== null)
      return NO_LOGINS;
    const [seeing, blind] = this.permittedLogins(state, arrival, front, ports);
    const reached = (open: ReadonlySet<string>): ReadonlySet<string> => {
      const stopped = [...open].filter(
        (way) => this.beyond.whyStopped(state, arrival, way, this.loginAt(...parseWay(way))) !== null,
      );
      return stopped.length === 0 ? open : new Set([...open].filter((way) => !stopped.includes(way)));
    };
    const first = reached(seeing);
    return [first, blind === seeing ? first : reached(blind)];
  }

  private permittedLogins(
    state: DeviceState,
    arrival: string,
    front: Front,
    ports: readonly number[],
  ): Logins {
    const gate = this.share(filterOf(state.at({ name: arrival, direction: 'in' })), front.own);
    const behind = this.openBehind.get(gate);
    if (behind?.front === front && behind.ports === ports) return behind.open;
    const seeing = new Set<string>();
    const blind = new Set<string>();
    for (const address of front.own)
      for (const port of ports) {
        const box = this.loginAt(address, port);
        // When unknown, assume the worst: a login that only may be open is no way in to rely on.
        if (!permits(gate, box)) continue;
        const unseen = this.loginAt(NO_ADDRESS, port);
        if (lineTakes(front, port, (list) => permits(list, box))) seeing.add(`${address} ${port}`);
        if (lineTakes(front, port, (list) => permits(list, unseen))) blind.add(`${address} ${port}`);
      }
    const open: Logins = isSameSet(seeing, blind) ? [seeing, seeing] : [seeing, blind];
    this.openBehind.set(gate, { front, ports, open });
    return open;
  }

  /** The lines of a filter that can have a say about this operator's logins. */
  private share(filter: CompiledAcl, own: readonly Ipv4[]): CompiledAcl {
    const parts = this.shares.get(filter) ?? new Map<string, CompiledAcl>();
    this.shares.set(filter, parts);
    const key = own.join(' ');
    const part = parts.get(key) ?? withoutOptions(this.cutsTo(key, own).cut(filter));
    parts.set(key, part);
    return part;
  }

  private cutsTo(key: string, own: readonly Ipv4[]): RegionCuts {
    const cuts =
      this.cuts.get(key) ??
      new RegionCuts(own.map((address) => ({ ...this.logins, destination: hostPattern(address) })));
    this.cuts.set(key, cuts);
    return cuts;
  }
}

const tableOf = (state: DeviceState, arrival: string): string | null =>
  state.device.interfaces.get(arrival)?.vrf ?? null;

const isAny = ([seeing, blind]: Logins): boolean => seeing.size > 0 || blind.size > 0;

const isSameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((x) => b.has(x));

function parseWay(way: string): readonly [own: Ipv4, port: number] {
  const [own, port] = way.split(' ').map(Number);
  return [own as Ipv4, port!];
}

const permits = (filter: CompiledAcl, box: Box): boolean =>
  coverWithin(filter, [box]).every((piece) => piece.verdict === 'permit');

const mayPermit = (filter: CompiledAcl, box: Box): boolean =>
  coverWithin(filter, [box]).some((piece) => piece.verdict !== 'deny');

function whyGone(state: DeviceState, arrival: string, own: Ipv4): string | null {
  if (state.at({ name: arrival, direction: 'in' }).closed) return `${arrival} carries no packets any more`;
  return ownAddresses(state.device, tableOf(state, arrival)).includes(own)
    ? null
    : `the router no longer has the address ${formatIpv4(own)}`;
}

function whyDenied(state: DeviceState, arrival: string): string {
  const gate = state.at({ name: arrival, direction: 'in' });
  return gate.acl === null
    ? 'no terminal line lets it in'
    : `list ${gate.acl} (${arrival} in) or the terminal lines deny it`;
}
