import { coverWithin } from '../acl/decide.ts';
import { packetDecidedBy } from '../acl/deciding-entries.ts';
import { type Box, boxContains, boxOfPacket } from '../headerspace/box.ts';
import { witness } from '../headerspace/packet-set.ts';
import { type AddressPattern, type Ipv4, toAddressPattern } from '../model/address.ts';
import type { Packet } from '../model/packet.ts';
import type { Interface } from '../model/router-config.ts';
import { deliveriesOf } from '../router/deliveries.ts';
import type { Router } from '../router/network.ts';
import { followPath } from '../router/path.ts';
import { followReply } from '../router/trace.ts';
import type { PathPiece } from '../router/walk.ts';
import { RequestSearch, type Requests } from './request-search.ts';

/** A request that gets through, and the answer that does not. */
export interface BlockedAnswer {
  readonly request: Packet;
  readonly reply: PathPiece;
}

/**
 * The block, when some of the requests are delivered and every answer to them is denied; null otherwise. Few lines are
 * such, and following everything that a line lets in through long lists takes long: so single packets are tried first,
 * of which one that is answered settles it, then one is looked for that gets past all lists on both ways.
 */
export function findBlockedAnswer(
  router: Router,
  entered: Interface,
  requests: Requests,
): BlockedAnswer | null {
  const deliveries = deliveriesOf(router, entered, requests.boxes);
  if (deliveries === null) {
    const fate = followAll(router, entered, requests, requests.boxes);
    return fate === 'answered' ? null : fate;
  }
  const { list, ace } = requests;
  const entry = list.entryOf(ace)!;
  const met: RequestSearch[] = [];
  let blocked: BlockedAnswer | null = null;
  for (const delivery of deliveries) {
    const search = new RequestSearch(router, requests, delivery);
    // Where no answer gets back, another such request says nothing new.
    if (blocked !== null && search.allDenied) continue;
    const request = packetDecidedBy(list.compiled, entry, delivery.box);
    if (request === null) continue;
    const fate = tryOne(router, entered, delivery.box, request);
    if (fate === 'answered') return null;
    met.push(search);
    blocked ??= fate;
  }
  for (const search of met) {
    const fate = fateOf(router, entered, requests, search, blocked !== null);
    if (fate === 'answered') return null;
    blocked ??= fate;
  }
  return blocked;
}

/** The fate of all that is delivered there; where that is a block and one is known, null will do. */
function fateOf(
  router: Router,
  entered: Interface,
  requests: Requests,
  search: RequestSearch,
  blockIsKnown: boolean,
): Fate {
  const { box } = search.delivery;
  for (const request of search.likely())
    if (tryOne(router, entered, box, request) === 'answered') return 'answered';
  const answered = search.answered();
  if (answered !== null) {
    const fate = tryOne(router, entered, box, answered);
    return fate === 'answered' ? fate : followAll(router, entered, requests, [box]);
  }
  const delivered = blockIsKnown ? null : search.delivered();
  if (delivered === null) return null;
  return tryOne(router, entered, box, delivered) ?? followAll(router, entered, requests, [box]);
}

/** null: nothing of it is delivered, or that cannot be told. */
type Fate = BlockedAnswer | 'answered' | null;

/**
 * Follows one ordinary request, of this box; null where that says nothing. Hosts are looked at more closely than networks
 * (is it a broadcast, an outer address of somebody?), so where a line names networks, a piece of the way that has come
 * down to one host does not stand for them.
 */
function tryOne(router: Router, entered: Interface, box: Box, request: Packet): Fate {
  const near: Box = {
    ...boxOfPacket(request),
    source: twoAddresses(box.source, request.source),
    destination: twoAddresses(box.destination, request.destination),
  };
  const piece = followOut(router, entered, [near]).find(
    ({ sent }) =>
      boxContains(sent, request) &&
      isHost(sent.source) === isHost(box.source) &&
      isHost(sent.destination) === isHost(box.destination),
  );
  const replies = piece && isDelivered(piece) ? repliesToHosts(router, piece) : null;
  if (replies === null) return null;
  if (!replies.every(isBlock)) return 'answered';
  return replies[0] ? { request, reply: replies[0] } : null;
}

/** The address and, where the pattern has more, the one that differs in its lowest free bit. */
const twoAddresses = ({ wildcard }: AddressPattern, address: Ipv4): AddressPattern =>
  toAddressPattern(address, wildcard & -wildcard);

const isHost = (pattern: AddressPattern): boolean => pattern.wildcard === 0;

const followOut = (router: Router, entered: Interface, boxes: readonly Box[]): readonly PathPiece[] =>
  followPath({ routers: [router] }, router, entered, boxes, { egress: null, replyTo: null });

const isDelivered = (piece: PathPiece): boolean =>
  piece.verdict === 'permit' && piece.arrival.kind === 'delivered';

/** What the router keeps was asked under its own address: by nobody. null: as for `followReply`. */
const repliesToHosts = (router: Router, piece: PathPiece): readonly PathPiece[] | null =>
  followReply({ routers: [router] }, piece)?.filter(({ arrival }) => arrival.kind !== 'router') ?? null;

const isBlock = (reply: PathPiece): boolean => reply.verdict === 'deny' && reply.decidedBy !== null;

/** Everything in `within` that the line lets in, followed to where it is delivered and back. */
function followAll(
  router: Router,
  entered: Interface,
  { list, ace }: Requests,
  within: readonly Box[],
): Fate {
  const asked = coverWithin(list.compiled, within)
    .filter((p) => p.decidedBy === ace && p.verdict === 'permit')
    .map((p) => p.box);
  const requests: Box[] = [];
  let first: PathPiece | null = null;
  for (const piece of followOut(router, entered, asked).filter(isDelivered)) {
    const replies = repliesToHosts(router, piece) ?? [];
    if (!replies.every(isBlock)) return 'answered';
    first ??= replies[0] ?? null;
    if (replies.length > 0) requests.push(piece.sent);
  }
  const request = witness(requests);
  return first && request && { request, reply: first };
}
