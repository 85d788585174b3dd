import { coverWithin } from '../acl/decide.ts';
import { deniesAll, packetDecidedBy } from '../acl/deciding-entries.ts';
import { type Box, boxContains, boxHasPorts, boxOfPacket, swapEnds } from '../headerspace/box.ts';
import { countPackets, witness } from '../headerspace/packet-set.ts';
import type { Ace } from '../model/access-list.ts';
import { type AddressPattern, type Ipv4, toAddressPattern } from '../model/address.ts';
import type { Packet } from '../model/packet.ts';
import type { Interface } from '../model/router-config.ts';
import { type Delivery, deliveriesOf } from '../router/deliveries.ts';
import type { Router } from '../router/network.ts';
import { followPath } from '../router/path.ts';
import { followReply, replyBox } from '../router/trace.ts';
import type { PathPiece } from '../router/walk.ts';
import type { LintList } from './lint-context.ts';

/** What a line of an inbound list may let in, as boxes of which earlier lines may decide a part. */
export interface Requests {
  readonly list: LintList;
  readonly ace: Ace;
  readonly boxes: readonly Box[];
}

/** A request that gets through, and the answer that does not. */
export interface BlockedAnswer {
  readonly request: Packet;
  readonly reply: PathPiece;
}

/**
 * The block, when some of the requests are delivered and every answer to them is denied; null otherwise. Few lines are
 * such, and following everything that a line lets in through long lists takes long: so single packets are tried first,
 * of which one that is answered settles it, and lists that deny whatever might answer need no more than one.
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
  const answerable = new Map<Delivery, readonly Box[]>();
  const answerableOf = (delivery: Delivery): readonly Box[] => {
    const known = answerable.get(delivery) ?? requestsAnswered(router, delivery);
    answerable.set(delivery, known);
    return known;
  };
  const { list, ace } = requests;
  const met: Delivery[] = [];
  let blocked: BlockedAnswer | null = null;
  for (const delivery of deliveries) {
    // Where no answer gets back, another such request says nothing new.
    if (blocked !== null && answerableOf(delivery).length === 0) continue;
    const request = packetDecidedBy(list.compiled, list.entryOf(ace)!, delivery.box);
    if (request === null) continue;
    met.push(delivery);
    const fate = tryOne(router, entered, delivery.box, request);
    if (fate === 'answered') return null;
    blocked ??= fate;
  }
  const fates = new Map<Delivery, Fate>();
  for (const delivery of met) {
    const boxes = answerableOf(delivery);
    const fate = boxes.length === 0 ? null : followAnswerable(router, entered, requests, boxes);
    if (fate === 'answered') return null;
    if (boxes[0] === delivery.box) fates.set(delivery, fate);
  }
  if (blocked !== null) return blocked;
  const [open, denied] = [true, false].map((is) => met.filter((d) => answerableOf(d).length > 0 === is));
  for (const delivery of [...open!, ...denied!]) {
    const known = fates.get(delivery);
    const fate = known === undefined ? followAll(router, entered, requests, [delivery.box]) : known;
    if (fate === 'answered') return null;
    if (fate !== null) return fate;
  }
  return null;
}

/** Of so many packets, one that may be answered: then the list is asked soonest along the way. */
const MANY = 16n;

/** Those requests of what may be delivered there whose answers the list that they meet first may let pass. */
function requestsAnswered(router: Router, { box, out }: Delivery): readonly Box[] {
  const binding = out.bindings.in;
  const answer = replyBox(box);
  if (!binding || answer === null) return [box];
  const list = router.list(binding.acl, binding.common, 'reply');
  if (deniesAll(list, answer)) return [];
  const passing = coverWithin(list, [answer]).flatMap((p) => (p.verdict === 'deny' ? [] : [p.box]));
  if (countPackets(passing) * MANY > countPackets([answer])) return [box];
  return passing.map((piece) => requestsOf(swapEnds(piece), box));
}

/** The requests of the box at these ends. */
const requestsOf = ({ source, destination, l4a, l4b }: Box, box: Box): Box =>
  boxHasPorts(box) ? { ...box, source, destination, l4a, l4b } : { ...box, source, destination };

/** The fate of requests whose answers nothing denies at first: single ones, then all of these boxes. */
function followAnswerable(
  router: Router,
  entered: Interface,
  requests: Requests,
  boxes: readonly Box[],
): Fate {
  const { list, ace } = requests;
  const entry = list.entryOf(ace)!;
  for (const box of boxes) {
    const request = packetDecidedBy(list.compiled, entry, box);
    if (request !== null && tryOne(router, entered, box, request) === 'answered') return 'answered';
  }
  return followAll(router, entered, requests, boxes);
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
  const replies = piece && isDelivered(piece) ? followReply({ routers: [router] }, piece) : null;
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
    const replies = followReply({ routers: [router] }, piece) ?? [];
    if (!replies.every(isBlock)) return 'answered';
    first ??= replies[0] ?? null;
    if (replies.length > 0) requests.push(piece.sent);
  }
  const request = witness(requests);
  return first && request && { request, reply: first };
}
