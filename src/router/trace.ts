import type { SourceSpan } from '../diagnostics/source-span.ts';
import { type Box, boxDestination, boxHasPorts, boxSource } from '../headerspace/box.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import { type AddressPattern, formatIpv4, formatPattern } from '../model/address.ts';
import type { Doubt, HeaderEnds, Trace, TracedWay, TranslatedHeader } from '../model/exposure.ts';
import { countRanges } from '../model/ports.ts';
import type { Interface } from '../model/router-config.ts';
import { followFrom, type Ingress } from './ingress.ts';
import { gatewaysOf, hostOf, onOneSegment } from './neighbours.ts';
import type { Network } from './network.ts';
import { followFromRouter, followPath } from './path.ts';
import { replyBox } from './replies.ts';
import { causeOf, doubtOf, type PathPiece } from './walk.ts';
import { agree } from './ways.ts';
import { pairFromSelf } from './zones.ts';

/** The way back of one piece: from where the packets arrived, in reverse; null where nothing answers or no text says. */
export function followReply(network: Network, piece: PathPiece): readonly PathPiece[] | null {
  const ways = [piece, ...piece.rivals].map((p) => replyWays(network, p));
  const known = ways.filter((w) => w !== null);
  if (known.length < ways.length) return null;
  return agree(known.flat(), {
    lines: gatewayLines(network, piece),
    why: 'replies may return by several ways, and their lists differ',
  });
}

function replyWays(network: Network, piece: PathPiece): readonly (readonly PathPiece[])[] | null {
  const answer = replyBox(piece.arrived);
  if (answer === null) return null;
  const options = { egress: null, replyTo: piece };
  const { arrival } = piece;
  switch (arrival.kind) {
    case 'delivered':
      return gatewaysOf(network, arrival, hostOf(boxSource(answer))).map((g) =>
        followPath(network, g.router, g.interface, [answer], options),
      );
    case 'router':
      return [followFromRouter(network, arrival.router, arrival.interface, [answer], options)];
    case 'beyond-text':
    case 'dropped':
      return null;
  }
}

const gatewayLines = (network: Network, piece: PathPiece): readonly SourceSpan[] =>
  [piece, ...piece.rivals].flatMap((p) =>
    p.arrival.kind === 'delivered'
      ? gatewaysOf(network, p.arrival, hostOf(boxDestination(p.arrived))).map((g) => g.interface.span)
      : [],
  );

/** One answer for pieces that should fare alike; where they do not, undetermined, naming what splits them. */
function combine(pieces: readonly PathPiece[]): TracedWay {
  const first = largest(pieces);
  if (!first) return open();
  const seen = { hops: first.hops, translations: translationsOf(first) };
  const doubts = dedupe(pieces.flatMap((p) => p.doubts));
  if (pieces.every((p) => p.verdict === first.verdict))
    return {
      verdict: first.verdict,
      decidedBy: first.verdict === 'undetermined' ? null : first.decidedBy,
      ...causeIn(first),
      ...seen,
      doubts,
    };
  const splitters = pieces.map((p) => p.decidedBy).filter((d) => d !== null);
  return {
    verdict: 'undetermined',
    decidedBy: null,
    ...seen,
    doubts: dedupe([
      ...doubts,
      ...splitters.map((d) => ({
        line: 'line' in d ? d : null,
        reason: `the answer depends on fields that were not given, such as the source port (${'line' in d ? `line ${d.line}` : `implicit deny of ${d.acl}`})`,
      })),
    ]),
  };
}

const causeIn = (piece: PathPiece): Pick<TracedWay, 'cause'> => {
  const cause = causeOf(piece);
  return cause === null ? {} : { cause };
};

const translationsOf = (piece: PathPiece): readonly TranslatedHeader[] =>
  piece.entered
    .map((e) => ({ router: e.router.name, before: endsOf(e.before), after: endsOf(e.after) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));

function endsOf(box: Box): HeaderEnds {
  const ports = boxHasPorts(box);
  return {
    source: addressText(boxSource(box)),
    sourcePorts: ports ? box.l4a : null,
    destination: addressText(boxDestination(box)),
    destinationPorts: ports ? box.l4b : null,
  };
}

const addressText = (p: AddressPattern): string =>
  p.wildcard === 0 ? formatIpv4(p.address) : formatPattern(p);

/** The piece that speaks for the others: most of the packets asked about are in it. */
const largest = (pieces: readonly PathPiece[]): PathPiece | undefined =>
  pieces.reduce<PathPiece | undefined>((a, b) => (a && sizeOf(a) >= sizeOf(b) ? a : b), undefined);

const sizeOf = ({ sent }: PathPiece): number => countRanges(sent.l4a) * countRanges(sent.l4b);

const dedupe = (doubts: readonly Doubt[]): readonly Doubt[] => [
  ...new Map(doubts.map((d) => [`${d.line?.file ?? ''}:${d.line?.line ?? ''}:${d.reason}`, d])).values(),
];

const NOTHING: TracedWay = { verdict: 'permit', decidedBy: null, hops: [], translations: [], doubts: [] };

/** What becomes of a packet set asked about as one, and of its replies. */
export function tracePackets(
  network: Network,
  ingress: Ingress,
  set: PacketSet,
  options: { readonly egress: Interface | null; readonly declared: boolean },
): Trace {
  const box = set[0];
  if (!box) throw new Error('a trace needs at least one packet');
  if (!options.declared && onOneSegment(network, boxSource(box).address, boxDestination(box).address)) {
    return {
      ...NOTHING,
      reply: NOTHING,
      assumptions: ['both ends are on one segment: no router list stands between them'],
    };
  }
  if (ingress.kind === 'unknown') {
    const unknown = open({ line: null, reason: `${ingress.reason}; name the interface with --in` });
    return { ...unknown, reply: unknown, assumptions: [] };
  }
  const pieces = followFrom(network, ingress, set, { egress: options.egress, replyTo: null });
  const answer = combine(pieces);
  const assumptions = [
    ...(ingress.assumption ? [ingress.assumption] : []),
    ...new Set(pieces.flatMap((p) => p.assumptions)),
  ];
  return { ...answer, reply: traceReply(network, ingress, pieces, set), assumptions };
}

function traceReply(
  network: Network,
  ingress: Ingress & { kind: 'enters' },
  pieces: readonly PathPiece[],
  set: PacketSet,
): TracedWay {
  const arriving = pieces.filter((p) => p.arrival.kind !== 'dropped');
  // What a router sends itself meets no list of its own; where it stands alone, none at all.
  if (network.routers.length === 1 && arriving.some((p) => p.arrival.kind === 'router'))
    return fromSelf(arriving);
  if (pieces.length > 0 && arriving.length === 0) return replyToDropped(network, ingress, set);
  if (arriving.some((p) => p.arrival.kind === 'beyond-text'))
    return open({
      line: null,
      reason: 'the interface by which the reply returns is not known from this text',
    });
  const back = arriving.map((p) => followReply(network, p));
  if (back.some((b) => b === null)) return open({ line: null, reason: 'nothing answers such a packet' });
  return combine(back.flatMap((b) => b ?? []));
}

/** The control plane's policy outbound, and policy routing of what the router itself sends. */
const ON_OWN_PACKETS = /^(?:control-plane service-policy (?:type \S+ )?out|route-map \S+$)/i;

/** An answer of the router itself, which a zone pair from `self` may stop, or a policy on what it sends. */
function fromSelf(arriving: readonly PathPiece[]): TracedWay {
  for (const { arrival, entered } of arriving) {
    const ingress = entered.at(-1)?.interface;
    if (arrival.kind !== 'router' || !ingress) continue;
    const pair = pairFromSelf(arrival.router, ingress);
    if (pair) return open(doubtOf(pair.span, `the policy of the zone pair ${pair.name} may drop the reply`));
    const policy = arrival.router.config.settings.effects.find(({ name = '' }) => ON_OWN_PACKETS.test(name));
    if (policy)
      return open(doubtOf(policy.span, 'the policy on what the router itself sends may drop the reply'));
  }
  return NOTHING;
}

const open = (...doubts: readonly Doubt[]): TracedWay => ({
  verdict: 'undetermined',
  decidedBy: null,
  hops: [],
  translations: [],
  doubts,
});

/** A packet that the lists drop gets no reply; what would become of one is still worth knowing where routes tell. */
function replyToDropped(network: Network, ingress: Ingress & { kind: 'enters' }, set: PacketSet): TracedWay {
  const bare = network.routers.map((r) => ({ ...r, config: withoutBindings(r.config) }));
  const start = bare.find((r) => r.name === ingress.router.name);
  const first = start?.config.interfaces.get(ingress.interface.name);
  const probe =
    start && first ? followPath({ routers: bare }, start, first, set, { egress: null, replyTo: null }) : [];
  const arrived = probe.find((p) => p.arrival.kind === 'delivered');
  const end = arrived?.arrival.kind === 'delivered' ? bound(network, arrived.arrival) : undefined;
  const answer = arrived && replyBox(arrived.arrived);
  if (!arrived || !end || !answer)
    return open({
      line: null,
      reason: 'the packet is dropped, and the way of a reply is not known from this text',
    });
  const entered = arrived.entered.map((e) => ({ ...e, ...bound(network, e) }));
  return combine(
    followPath(network, end.router, end.interface, [answer], {
      egress: null,
      replyTo: { ...arrived, entered },
    }),
  );
}

type Place = Pick<PathPiece['entered'][number], 'router' | 'interface'>;

/** The same place of the network whose lists are bound. */
function bound(network: Network, place: Place): Place | undefined {
  const router = network.routers.find((r) => r.name === place.router.name);
  const own = router?.config.interfaces.get(place.interface.name);
  return router && own && { router, interface: own };
}

function withoutBindings(config: Network['routers'][number]['config']): Network['routers'][number]['config'] {
  return {
    ...config,
    interfaces: new Map(
      [...config.interfaces].map(([name, i]) => [
        name,
        { ...i, bindings: { in: null, out: null }, effects: [] },
      ]),
    ),
    lines: [],
  };
}
