import { shareWithin } from '../acl/decide.ts';
import { packetDecidedBy } from '../acl/deciding-entries.ts';
import { type AddressRegion, patternsMinus } from '../headerspace/address-region.ts';
import { type Box, boxContains, boxOfPacket, makeBox } from '../headerspace/box.ts';
import { subtract, witness } from '../headerspace/packet-set.ts';
import {
  type AddressPattern,
  hostPattern,
  type Ipv4,
  patternContains,
  samePattern,
  toAddressPattern,
} from '../model/address.ts';
import type { Packet } from '../model/packet.ts';
import { pushAll } from '../model/push-all.ts';
import { deliveriesOf } from '../router/deliveries.ts';
import { ownSegment } from '../router/honest-sources.ts';
import { untranslatedAt } from '../router/nat.ts';
import { followPath } from '../router/path.ts';
import { followReply } from '../router/trace.ts';
import { narrow, type PathPiece } from '../router/walk.ts';
import { type Entry, RequestSearch, type Requests } from './request-search.ts';

/** A request that gets through, and the answer that does not. */
export interface BlockedAnswer {
  readonly request: Packet;
  readonly reply: PathPiece;
}

/**
 * The block, when some of the honest requests are delivered and every answer to them is denied; null otherwise. Few lines
 * are such, and following everything that a line lets in through long lists takes long: so single packets are tried first,
 * of which one that is answered settles it, then one is looked for that gets past all lists on both ways.
 */
export function findBlockedAnswer(entry: Entry, requests: Requests): BlockedAnswer | null {
  const deliveries = deliveriesOf(entry.router, entry.interface, requests.boxes);
  if (deliveries === null) {
    for (const { box, request } of someRequests(requests))
      if (tryOne(entry, box, request) === 'answered') return null;
    const fate = followAll(entry, allLetIn(requests));
    return fate === 'answered' ? null : fate;
  }
  const met: RequestSearch[] = [];
  let blocked: BlockedAnswer | null = null;
  for (const delivery of deliveries) {
    const search = new RequestSearch(entry, requests, delivery);
    // Where no answer gets back, another such request says nothing new.
    if (blocked !== null && search.allDenied) continue;
    const request = search.first();
    if (request === null) continue;
    const fate = tryOne(entry, delivery.sent, request);
    if (fate === 'answered') return null;
    met.push(search);
    blocked ??= fate;
  }
  for (const search of met) {
    const fate = fateOf(entry, requests, search, blocked !== null);
    if (fate === 'answered') return null;
    blocked ??= fate;
  }
  return blocked;
}

/** A request that the line surely lets in, of each of the boxes that has any. */
function someRequests({ list, ace, boxes }: Requests): readonly { box: Box; request: Packet }[] {
  const line = list.entryOf(ace)!;
  return boxes.flatMap((box) => {
    const request = packetDecidedBy(list.compiled, line, box);
    return request ? [{ box, request }] : [];
  });
}

/** The fate of all that is delivered there; where that is a block and one is known, null will do. */
function fateOf(entry: Entry, requests: Requests, search: RequestSearch, blockIsKnown: boolean): Fate {
  for (const request of search.likely())
    if (tryOne(entry, search.delivery.sent, request) === 'answered') return 'answered';
  return searchedFate(entry, requests, search, blockIsKnown);
}

function searchedFate(entry: Entry, requests: Requests, search: RequestSearch, blockIsKnown: boolean): Fate {
  const { sent } = search.delivery;
  const inDoubt = (): Fate => {
    const closer = search.moreClosely();
    return closer === null
      ? followAll(entry, partsLetIn(requests, [sent]))
      : searchedFate(entry, requests, closer, blockIsKnown);
  };
  const answered = search.answered();
  if (answered !== null) {
    const fate = tryOne(entry, sent, answered);
    return fate === 'answered' ? fate : inDoubt();
  }
  const delivered = blockIsKnown ? null : search.delivered();
  if (delivered === null) return null;
  return tryOne(entry, sent, delivered) ?? inDoubt();
}

/** null: nothing of it is delivered, or that cannot be told. */
type Fate = BlockedAnswer | 'answered' | null;

/**
 * Follows one ordinary request, of this box; null where that says nothing. Hosts are looked at more closely than networks
 * (is it a broadcast, an outer address of somebody?), so where a line names networks, a piece of the way that has come
 * down to one host does not stand for them.
 */
function tryOne(entry: Entry, box: Box, request: Packet): Fate {
  const doubted = untranslatedAt(entry.router, entry.interface);
  if (doubted.some((d) => patternContains(d, request.destination))) return null;
  const near: Box = {
    ...boxOfPacket(request),
    source: twoAddresses(box.source, request.source),
    destination: twoAddresses(box.destination, request.destination),
  };
  const piece = followOut(entry, [near]).find(
    ({ sent }) =>
      boxContains(sent, request) &&
      isHost(sent.source) === isHost(box.source) &&
      isHost(sent.destination) === isHost(box.destination),
  );
  const replies = piece && isDelivered(piece) ? honestReplies(entry, piece) : [];
  if (!replies.every(isBlock)) return 'answered';
  const its = replies.find(({ askers }) => askers.some((a) => patternContains(a, request.source)));
  return its ? { request, reply: its.reply } : null;
}

/** The address and, where the pattern has more, the one that differs in its lowest free bit. */
const twoAddresses = ({ wildcard }: AddressPattern, address: Ipv4): AddressPattern =>
  toAddressPattern(address, wildcard & -wildcard);

const isHost = (pattern: AddressPattern): boolean => pattern.wildcard === 0;

const followOut = (entry: Entry, boxes: readonly Box[]): readonly PathPiece[] =>
  followPath({ routers: [entry.router] }, entry.router, entry.interface, boxes, {
    egress: null,
    replyTo: null,
  });

type DeliveredPiece = PathPiece & { readonly arrival: { readonly kind: 'delivered' } };

const isDelivered = (piece: PathPiece): piece is DeliveredPiece =>
  piece.verdict === 'permit' && piece.arrival.kind === 'delivered';

/** What answers honest requests, and whose. */
interface HonestReply {
  readonly reply: PathPiece;
  /** Disjoint sources of the requests, in the header as it was sent, but for those on the very segment that is asked. */
  readonly askers: readonly AddressPattern[];
}

/** The answers to the honest ones of these requests; none where nothing answers. */
function honestReplies(entry: Entry, piece: DeliveredPiece): readonly HonestReply[] {
  const { sent, arrived, arrival } = piece;
  const honest = entry.sources.all;
  const segment = ownSegment(entry.interface, arrival.interface, arrived);
  const follow = (asked: PathPiece): readonly PathPiece[] =>
    followReply({ routers: [entry.router] }, asked)?.filter((reply) => !isLost(reply)) ?? [];
  const found = samePattern(sent.source, arrived.source)
    ? follow(piece).map((reply) => ({ reply, sources: honest.partsOf(reply.sent.destination) }))
    : asked(entry, piece).flatMap((part) =>
        follow(part).map((reply) => ({ reply, sources: [part.sent.source] })),
      );
  return found
    .filter(({ sources }) => sources.length > 0)
    .map(({ reply, sources }) => ({ reply, askers: segment.reduce(patternsMinus, sources) }));
}

/**
 * The honest ones of a piece, one by one. A session through a pool is restored as it was followed, so each is followed by
 * itself, without the router's own addresses: what it would keep of the answers would stand for all.
 */
function asked(entry: Entry, piece: DeliveredPiece): readonly DeliveredPiece[] {
  const { sent } = piece;
  const { all } = entry.sources;
  const parts = (sources: AddressRegion): readonly Box[] =>
    sources.partsOf(sent.source).map((source) => ({ ...sent, source }));
  if (!piece.entered.some(({ dynamic }) => dynamic))
    return parts(all).map((part) => ({ ...narrow(piece, part), arrival: piece.arrival }));
  const own = entry.router.ownAddresses.map(({ address }) => hostPattern(address));
  return followOut(entry, parts(all.less(own))).filter(isDelivered);
}

/** What the router keeps was asked under its own address: by nobody. What a route or a check drops, no list has blocked. */
const isLost = ({ arrival, verdict, decidedBy, hops }: PathPiece): boolean =>
  arrival.kind === 'router' || (verdict === 'deny' && decidedBy !== null && hops.at(-1)?.verdict !== 'deny');

const isBlock = ({ reply }: HonestReply): boolean => reply.verdict === 'deny' && reply.decidedBy !== null;

/** So many boxes are followed at first, and each time so many times as many: mostly one of the first settles it. */
const FIRST_FOLLOWED = 4;

/** The parts of `within` that the line lets in. */
const partsLetIn = ({ list, ace }: Requests, within: readonly Box[]): readonly Box[] =>
  shareWithin(list.compiled, list.entryOf(ace)!, within);

/** All that a line lets in: its list may be bound to several interfaces, and is the same at each. */
const letIn = new WeakMap<Requests, readonly Box[]>();

function allLetIn(requests: Requests): readonly Box[] {
  const parts = letIn.get(requests) ?? partsLetIn(requests, requests.boxes);
  letIn.set(requests, parts);
  return parts;
}

/** Everything that is let in, followed to where it is delivered and back. */
function followAll(entry: Entry, letIn: readonly Box[]): Fate {
  const doubted = untranslatedAt(entry.router, entry.interface).map((destination) =>
    makeBox({ destination }),
  );
  const asked = subtract(letIn, doubted);
  const requests: Box[] = [];
  let first: PathPiece | null = null;
  for (let from = 0, size = FIRST_FOLLOWED; from < asked.length; from += size, size *= FIRST_FOLLOWED)
    for (const piece of followOut(entry, asked.slice(from, from + size)).filter(isDelivered)) {
      const replies = honestReplies(entry, piece);
      if (!replies.every(isBlock)) return 'answered';
      for (const { reply, askers } of replies)
        if (askers.length > 0) {
          first ??= reply;
          pushAll(
            requests,
            askers.map((source) => ({ ...piece.sent, source })),
          );
        }
    }
  const request = witness(requests);
  return first && request && { request, reply: first };
}
