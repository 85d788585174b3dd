import {
  type Box,
  boxDestination,
  boxDestinationPorts,
  boxSource,
  boxSourcePorts,
  makeBox,
} from '../headerspace/box.ts';
import {
  type AddressPattern,
  formatIpv4,
  formatPattern,
  hostPattern,
  type Ipv4,
  patternContains,
} from '../model/address.ts';
import type { Doubt, IntendedFlow, PartialExposure, SourceExposure } from '../model/exposure.ts';
import type { DecidedBy } from '../model/finding.ts';
import { hasPorts, SYN, TCP, UDP } from '../model/packet.ts';
import {
  ALL_PORTS,
  intersectRanges,
  type PortSet,
  sameRanges,
  subtractRanges,
  toRanges,
  unionRanges,
} from '../model/ports.ts';
import type { Interface } from '../model/router-config.ts';
import type { PortProtocol } from '../model/site.ts';
import { followFrom, type Ingress } from '../router/ingress.ts';
import { globalPattern, localPattern, rebase } from '../router/nat-static.ts';
import { onOneSegment } from '../router/neighbours.ts';
import type { Network } from '../router/network.ts';
import { followReply } from '../router/trace.ts';
import { causeOf, type PathPiece } from '../router/walk.ts';
import { passedLines } from './passed-lines.ts';

/** Whom the exposure is computed for: a prober's address and the sources it stands for. */
export interface Viewer {
  readonly name: string;
  readonly address: Ipv4;
  readonly sources: readonly AddressPattern[];
  readonly ingress: Ingress;
  /** On the target's own segment, where no router list applies. */
  readonly ownSegment: boolean;
  /** The interface was named by a person, so that a shared segment does not hide the router. */
  readonly declared: boolean;
}

export interface Viewed {
  readonly name: string;
  readonly address: Ipv4;
}

/** The first packets of a conversation: an initial SYN, or any UDP datagram, whole. */
export const requestBox = (
  protocol: PortProtocol,
  source: AddressPattern,
  destination: AddressPattern,
  ports: PortSet = ALL_PORTS,
): Box =>
  protocol === 'tcp'
    ? makeBox({
        protocol: TCP,
        source,
        destination,
        destinationPorts: ports,
        tcpFlags: { exactly: SYN },
        fragments: 'whole',
      })
    : makeBox({ protocol: UDP, source, destination, destinationPorts: ports, fragments: 'whole' });

/**
 * Where a prober must send packets for a target: through an outside interface a static translation's global address
 * stands for the local one. Several globals give several answers; none, the address itself. A rule for a protocol without
 * ports leads no probe of a port there.
 */
export function reachedAs(ingress: Ingress, target: Ipv4): readonly Ipv4[] {
  if (ingress.kind !== 'enters' || ingress.interface.natSide !== 'outside') return [target];
  const globals = new Set<Ipv4>();
  for (const rule of ingress.router.config.nat) {
    if (rule.kind !== 'static' || rule.side !== 'inside') continue;
    if (rule.protocol !== null && !hasPorts(rule.protocol)) continue;
    const outer = globalPattern(ingress.router, rule);
    const inner = localPattern(rule);
    if (outer && patternContains(inner, target)) globals.add(rebase(hostPattern(target), outer).address);
  }
  return globals.size === 0 ? [target] : [...globals];
}

export interface FlowOptions {
  /** The interface by which packets leave, where a person names one; absent or null: what the routes say. */
  readonly egress?: Interface | null;
  /** Follows what all global addresses of a target lead to; absent: the first alone, which is the one that is probed. */
  readonly everyGlobal?: boolean;
}

/** Which ports of a target one vantage reaches, by config alone. */
export function intendedFlow(
  network: Network,
  viewer: Viewer,
  viewed: Viewed,
  protocol: PortProtocol,
  { egress = null, everyGlobal = false }: FlowOptions = {},
): IntendedFlow {
  const base = { vantage: viewer.name, target: viewed.name, protocol };
  if (viewer.ownSegment || (!viewer.declared && onOneSegment(network, viewer.address, viewed.address)))
    return { ...base, ...ON_ONE_SEGMENT };
  if (viewer.ingress.kind === 'unknown') return { ...base, ...noIngress(viewer.ingress.reason) };
  const { ingress } = viewer;
  const { assumption } = ingress;
  const globals = reachedAs(viewer.ingress, viewed.address);
  const followed = everyGlobal ? globals : globals.slice(0, 1);
  const followTo = (address: Ipv4, source: AddressPattern): readonly PathPiece[] =>
    followFrom(network, ingress, [requestBox(protocol, source, hostPattern(address))], {
      egress,
      replyTo: null,
    }).map((piece) => (address === viewed.address ? piece : onlyToTarget(piece, viewed.address)));
  const follow = (source: AddressPattern): readonly PathPiece[] =>
    followed.flatMap((address) => followTo(address, source));
  const pieces = follow(hostPattern(viewer.address));
  const wide =
    viewer.sources.length === 1 && viewer.sources[0]!.wildcard === 0 ? [] : viewer.sources.flatMap(follow);
  const ports = portsByVerdict(pieces);
  return {
    ...base,
    ...ports,
    deciding: decidingLines(pieces, ports),
    passed: passedLines(pieces),
    ...exposureOfSources(wide, viewer.sources),
    oneWay: oneWayPorts(network, pieces, ports.reachable),
    strays: portsOf(pieces.filter(straysFrom)),
    doubts: doubtsByPort(pieces, ports.undetermined),
    ownSegment: false,
    assumptions: [
      ...new Set([
        ...(assumption ? [assumption] : []),
        ...reachedThrough(viewed, followed, globals.slice(followed.length)),
        ...pieces.flatMap((p) => p.assumptions),
      ]),
    ],
  };
}

type Outcome = Omit<IntendedFlow, 'vantage' | 'target' | 'protocol'>;

const UNDECIDED_BY_LISTS = {
  deciding: [{ ports: ALL_PORTS, decidedBy: null }],
  partial: [],
  oneWay: [],
  strays: [],
};

const ON_ONE_SEGMENT: Outcome = {
  ...UNDECIDED_BY_LISTS,
  reachable: ALL_PORTS,
  blocked: [],
  undetermined: [],
  doubts: [],
  ownSegment: true,
  assumptions: ['both ends are on one segment: no router list stands between them'],
};

const noIngress = (reason: string): Outcome => ({
  ...UNDECIDED_BY_LISTS,
  reachable: [],
  blocked: [],
  undetermined: ALL_PORTS,
  doubts: [
    {
      ports: ALL_PORTS,
      line: null,
      reason: `${reason}; name the interface with --in, or by the vantage's "enters"`,
    },
  ],
  ownSegment: false,
  assumptions: [],
});

/** Says by which addresses the target is reached, where they are not its own; `passedOver`: those that were not followed. */
export function reachedThrough(
  { name, address }: Viewed,
  followed: readonly Ipv4[],
  passedOver: readonly Ipv4[],
): readonly string[] {
  const list = (all: readonly Ipv4[]): string => all.map(formatIpv4).join(', ');
  if (followed.every((global) => global === address)) return [];
  const rest = passedOver.length === 0 ? '' : `; what ${list(passedOver)} leads to is not counted`;
  return [`${name} is reached as ${list(followed)} through address translation${rest}`];
}

/** Of a global address only what is translated to the target reaches it; the rest ends at the router or outside. */
const onlyToTarget = (piece: PathPiece, target: Ipv4): PathPiece =>
  piece.verdict === 'deny' || patternContains(boxDestination(piece.arrived), target)
    ? piece
    : {
        ...piece,
        verdict: 'deny',
        decidedBy: null,
        doubts: [],
        arrival: { kind: 'dropped', cause: UNMAPPED_PORTS },
        assumptions: [...piece.assumptions, UNMAPPED_PORTS],
      };

const UNMAPPED_PORTS = 'ports of the global address that no translation maps do not reach the target';

/** Permitted, but to a place that is no target's: beyond the text, or out of the interface by which it came. */
function straysFrom({ verdict, arrival, entered }: PathPiece): boolean {
  if (verdict !== 'permit') return false;
  if (arrival.kind === 'beyond-text') return true;
  return arrival.kind === 'delivered' && entered.at(-1)?.interface === arrival.interface;
}

const portsOf = (pieces: readonly PathPiece[]): PortSet =>
  toRanges(pieces.flatMap((p) => boxDestinationPorts(p.sent)));

type PortVerdicts = Pick<IntendedFlow, 'reachable' | 'blocked' | 'undetermined'>;

/** A port is reachable when some source port gets it through, undetermined when one may, else blocked. */
function portsByVerdict(pieces: readonly PathPiece[]): PortVerdicts {
  const reachable = portsOf(pieces.filter((p) => p.verdict === 'permit'));
  const undetermined = subtractRanges(portsOf(pieces.filter((p) => p.verdict === 'undetermined')), reachable);
  return {
    reachable,
    undetermined,
    blocked: subtractRanges(subtractRanges(ALL_PORTS, reachable), undetermined),
  };
}

const keyOf = (decidedBy: DecidedBy): string =>
  decidedBy === null
    ? ''
    : 'line' in decidedBy
      ? `${decidedBy.file}:${decidedBy.line}`
      : `implicit ${decidedBy.acl}`;

/** Ports grouped by deciding line and, where not every source port fares so, by source ports; in order of port. */
function decidingLines(pieces: readonly PathPiece[], verdicts: PortVerdicts): IntendedFlow['deciding'] {
  const groups = new Map<string, { -readonly [K in keyof Deciding]: Deciding[K] }>();
  const relevant: readonly (readonly [PathPiece['verdict'], PortSet])[] = [
    ['permit', verdicts.reachable],
    ['undetermined', verdicts.undetermined],
    ['deny', verdicts.blocked],
  ];
  for (const [verdict, within] of relevant) {
    for (const piece of pieces) {
      if (piece.verdict !== verdict) continue;
      const ports = intersectRanges(boxDestinationPorts(piece.sent), within);
      if (ports.length === 0) continue;
      const sourcePorts = boxSourcePorts(piece.sent);
      const every = sameRanges(sourcePorts, ALL_PORTS);
      const cause = causeOf(piece);
      const key = `${verdict} ${keyOf(piece.decidedBy)} ${cause} ${every ? '' : JSON.stringify(sourcePorts)}`;
      const group = groups.get(key);
      if (group) group.ports = unionRanges(group.ports, ports);
      else
        groups.set(key, {
          ports,
          decidedBy: piece.decidedBy,
          ...(cause === null ? {} : { cause }),
          ...(every ? {} : { sourcePorts }),
        });
    }
  }
  return mergeSourcePorts([...groups.values()]).sort((a, b) => a.ports[0]![0] - b.ports[0]![0]);
}

type Deciding = IntendedFlow['deciding'][number];

/** Rows of one line and the same ports join their source ports; a row that then covers them all needs none. */
function mergeSourcePorts(rows: readonly Deciding[]): Deciding[] {
  const merged = new Map<string, Deciding>();
  for (const row of rows) {
    const key = `${keyOf(row.decidedBy)} ${row.cause} ${JSON.stringify(row.ports)}`;
    const before = merged.get(key);
    const { sourcePorts: _, ...rest } = row;
    const sourcePorts = unionRanges(
      before ? (before.sourcePorts ?? ALL_PORTS) : [],
      row.sourcePorts ?? ALL_PORTS,
    );
    merged.set(key, sameRanges(sourcePorts, ALL_PORTS) ? rest : { ...rest, sourcePorts });
  }
  return [...merged.values()];
}

interface SourceRow {
  readonly ports: PortSet;
  readonly sources: Map<string, AddressPattern>;
  readonly decidedBy: DecidedBy;
}

/** What each of the sources reaches, and which ports some of them reach and others do not, with the part that does. */
function exposureOfSources(
  pieces: readonly PathPiece[],
  sources: readonly AddressPattern[],
): Pick<IntendedFlow, 'partial' | 'bySource'> {
  if (pieces.length === 0) return { partial: [] };
  const rowsOf = (verdict: SourceExposure['verdict']): readonly SourceExposure[] =>
    rowsBySource(pieces.filter((p) => p.verdict === verdict)).map((row) => ({
      ports: row.ports,
      verdict,
      sources: [...row.sources.values()],
    }));
  return {
    partial: partialExposure(rowsBySource(pieces.filter((p) => p.verdict !== 'deny')), sources),
    bySource: [...rowsOf('permit'), ...rowsOf('undetermined')],
  };
}

function rowsBySource(pieces: readonly PathPiece[]): readonly SourceRow[] {
  const rows = new Map<string, SourceRow>();
  // Thousands of pieces share few deciders and sets of ports: equal objects are looked at once.
  const known = new Map<DecidedBy, Map<PortSet, SourceRow>>();
  const rowOf = (decidedBy: DecidedBy, ports: PortSet): SourceRow => {
    const key = `${keyOf(decidedBy)} ${JSON.stringify(ports)}`;
    const row = rows.get(key) ?? { ports, sources: new Map(), decidedBy };
    rows.set(key, row);
    return row;
  };
  for (const { decidedBy, sent } of pieces) {
    const ports = boxDestinationPorts(sent);
    const byPorts = known.get(decidedBy) ?? new Map<PortSet, SourceRow>();
    const row = byPorts.get(ports) ?? rowOf(decidedBy, ports);
    known.set(decidedBy, byPorts.set(ports, row));
    const source = boxSource(sent);
    row.sources.set(formatPattern(source), source);
  }
  return [...rows.values()];
}

const partialExposure = (
  rows: readonly SourceRow[],
  sources: readonly AddressPattern[],
): readonly PartialExposure[] =>
  rows
    .filter((row) => sources.some((s) => !row.sources.has(formatPattern(s))))
    .map((row) => ({
      ports: row.ports,
      sources: [...row.sources].sort(([, a], [, b]) => b.wildcard - a.wildcard).map(([text]) => text),
      decidedBy: row.decidedBy,
    }))
    .sort((a, b) => a.ports[0]![0] - b.ports[0]![0]);

/** Reachable ports none of whose replies comes back. */
function oneWayPorts(network: Network, pieces: readonly PathPiece[], reachable: PortSet): PortSet {
  let answered: PortSet = [];
  for (const piece of pieces) {
    if (piece.verdict !== 'permit') continue;
    const replies = followReply(network, piece);
    if (replies === null) answered = unionRanges(answered, boxDestinationPorts(piece.sent));
    else
      for (const reply of replies)
        if (reply.verdict !== 'deny') answered = unionRanges(answered, sentPorts(piece, reply));
  }
  return subtractRanges(reachable, answered);
}

/** The ports as the prober wrote them, for a reply that left from (perhaps translated) ports. */
function sentPorts(piece: PathPiece, reply: PathPiece): PortSet {
  const arrived = boxDestinationPorts(piece.arrived);
  const answering = boxSourcePorts(reply.sent);
  return sameRanges(arrived, boxDestinationPorts(piece.sent))
    ? intersectRanges(arrived, answering)
    : boxDestinationPorts(piece.sent);
}

function doubtsByPort(pieces: readonly PathPiece[], undetermined: PortSet): IntendedFlow['doubts'] {
  const rows = new Map<string, Doubt & { ports: PortSet }>();
  for (const piece of pieces) {
    if (piece.verdict !== 'undetermined') continue;
    const ports = intersectRanges(boxDestinationPorts(piece.sent), undetermined);
    if (ports.length === 0) continue;
    for (const doubt of piece.doubts) {
      const key = `${doubt.line?.file ?? ''}:${doubt.line?.line ?? ''}:${doubt.reason}`;
      const row = rows.get(key);
      rows.set(key, { ...doubt, ports: row ? unionRanges(row.ports, ports) : ports });
    }
  }
  return [...rows.values()];
}
