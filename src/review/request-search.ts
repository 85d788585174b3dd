import { type CompiledAcl, type CompiledEntry, isCertain } from '../acl/compile.ts';
import { decidesSome, decidingEntries, deniesAll, packetDecidedBy } from '../acl/deciding-entries.ts';
import { JointLists, type Wish } from '../acl/joint-search.ts';
import {
  type Box,
  boxCovers,
  boxHasPorts,
  boxOfPacket,
  intersectBoxes,
  swapEnds,
} from '../headerspace/box.ts';
import { intersect } from '../headerspace/packet-set.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import type { Ace } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import type { Binding } from '../model/router-config.ts';
import { type Delivery, replyWays } from '../router/deliveries.ts';
import type { Router, Traffic } from '../router/network.ts';
import { replyBox } from '../router/trace.ts';
import { cutToRegion } from './cut-to-region.ts';
import type { LintList } from './lint-context.ts';

/** What a line of an inbound list may let in, as boxes of which earlier lines may decide a part. */
export interface Requests {
  readonly list: LintList;
  readonly ace: Ace;
  readonly boxes: readonly Box[];
}

/** A list as requests meet it, and what it is to do to them. */
interface Hurdle {
  readonly list: CompiledAcl;
  readonly wish: Wish;
}

/** So many lines that let answers pass are asked for a request before all lists are looked through. */
const LIKELY = 4;

const LETS_OUT: Wish = { action: 'permit', surely: true };
const MAY_LET_BACK: Wish = { action: 'deny', surely: false };

/**
 * Looks for requests that a line lets in, among those handed to one network, by the lists that they and their answers
 * meet: one packet that gets past all of them is looked for at once, so that nothing of what each list alone lets pass is
 * multiplied out. What else may happen on the way (a broadcast, the router's own address) is not looked at.
 */
export class RequestSearch {
  readonly delivery: Delivery;
  private readonly router: Router;
  private readonly requests: Requests;
  /** What answers to all of the box are; null: nothing answers. */
  private readonly answer: Box | null;
  /** The list that answers meet first. */
  private readonly back: CompiledAcl | null;
  private hurdles: readonly Hurdle[] | null = null;
  private denied: boolean | null = null;

  constructor(router: Router, requests: Requests, delivery: Delivery) {
    this.router = router;
    this.requests = requests;
    this.delivery = delivery;
    this.answer = replyBox(delivery.box);
    this.back = this.listOf(delivery.out.bindings.in, 'reply');
  }

  /** A request that the lists let out; null: there is none. */
  delivered(): Packet | null {
    return find(this.outward, this.delivery.own);
  }

  /** Few requests whose answers the first list that these meet lets pass, whatever else stands in their way. */
  *likely(): Generator<Packet> {
    const { answer, back } = this;
    if (answer === null || back === null) return;
    const last = lastToPass.get(back);
    const again = last && packetDecidedBy(back, last, answer);
    if (again) yield* this.asked(again);
    if (this.allDenied) return;
    let left = LIKELY;
    for (const { entry, packet } of decidingEntries(back, answer, { wanted: passes })) {
      lastToPass.set(back, entry);
      yield* this.asked(packet);
      if (--left === 0) return;
    }
  }

  /** A delivered request of which no list surely denies the answer; null: there is none. */
  answered(): Packet | null {
    const { answer, back } = this;
    if (answer === null || this.allDenied) return null;
    const asMet = (list: CompiledAcl | null): readonly Hurdle[] =>
      list === null
        ? []
        : [{ list: asMetByAnswers(list, { box: this.delivery.box, answer }), wish: MAY_LET_BACK }];
    const entering = asMet(back);
    for (const [leaving, within] of this.waysBack()) {
      const found = find([...this.outward, ...entering, ...asMet(leaving)], within);
      if (found !== null) return found;
    }
    return null;
  }

  /** The delivered requests by the list that their answers meet as they leave; null: by none. */
  private waysBack(): ReadonlyMap<CompiledAcl | null, readonly Box[]> {
    const { box, own, out } = this.delivery;
    const ways = new Map<CompiledAcl | null, readonly Box[]>();
    for (const way of replyWays(this.router, out, box)) {
      const list = this.listOf(way.out?.bindings.out ?? null, 'reply');
      ways.set(list, [...(ways.get(list) ?? []), ...intersect(own, way.requests)]);
    }
    return ways;
  }

  private get outward(): readonly Hurdle[] {
    const { box, out } = this.delivery;
    this.hurdles ??= [
      onlyBy(this.requests, box),
      ...[this.listOf(out.bindings.out, 'unsolicited')].filter(isPresent).map((l) => cutToRegion(l, [box])),
    ].map((list) => ({ list, wish: LETS_OUT }));
    return this.hurdles;
  }

  /** Whether the first list that the answers meet lets none of them pass. */
  get allDenied(): boolean {
    this.denied ??= this.answer !== null && this.back !== null && deniesAll(this.back, this.answer);
    return this.denied;
  }

  /** The request that this packet answers, if the line lets it in. */
  private *asked(answer: Packet): Generator<Packet> {
    const { list, ace } = this.requests;
    const request = naturalPacket(requestsOf(boxOfPacket(answer), this.delivery.box));
    if (decidesSome(list.compiled, list.entryOf(ace)!, boxOfPacket(request))) yield request;
  }

  private listOf(binding: Binding | null, traffic: Traffic): CompiledAcl | null {
    return binding && this.router.list(binding.acl, binding.common, traffic);
  }
}

const isPresent = (list: CompiledAcl | null): list is CompiledAcl => list !== null;

const passes = ({ action }: CompiledEntry): boolean => action === 'permit';

/** Of each list, the line that let an answer pass: it often lets one of the next line's pass, too. */
const lastToPass = new WeakMap<CompiledAcl, CompiledEntry>();

function find(hurdles: readonly Hurdle[], within: readonly Box[]): Packet | null {
  if (within.length === 0) return null;
  const [first, ...others] = hurdles.map(({ list }) => list);
  return new JointLists([first!, ...others], within).find(hurdles.map(({ wish }) => wish));
}

/** A list that permits what this line permits of the box, and nothing else. */
function onlyBy({ list, ace }: Requests, box: Box): CompiledAcl {
  const { entries } = cutToRegion(list.compiled, [box]);
  const last = entries.findIndex(({ entry }) => entry === ace);
  // An earlier permit that only may match leaves it sure that the packet is let in.
  const before = entries
    .slice(0, last)
    .map(
      (e): CompiledEntry =>
        e.action === 'permit'
          ? { ...e, action: 'deny', may: e.must, asked: e.must, product: undefined }
          : { ...e, action: 'deny' },
    );
  return { acl: null, entries: [...before, ...entries.slice(last, last + 1)], otherwise: 'deny' };
}

/** The list as it treats requests of the box by what it does to their answers; it surely denies no more than that. */
function asMetByAnswers(
  list: CompiledAcl,
  { box, answer }: { readonly box: Box; readonly answer: Box },
): CompiledAcl {
  const shared = (boxes: readonly Box[]): readonly Box[] =>
    boxes.flatMap((one) => intersectBoxes(one, answer) ?? []);
  const asked = (parts: readonly Box[]): readonly Box[] => parts.map((part) => requestsOf(part, box));
  const ends = { source: answer.source, destination: answer.destination };
  const isAll = (part: Box): boolean => boxHasPorts(box) || boxCovers({ ...part, ...ends }, answer);
  const entries = cutToRegion(list, [answer]).entries.map((entry): CompiledEntry => {
    const parts = shared(entry.may);
    const may = asked(parts);
    const must = isCertain(entry) && parts.every(isAll) ? may : asked(shared(entry.must).filter(isAll));
    return { ...entry, must, may, asked: may, product: undefined };
  });
  return { acl: null, entries, otherwise: list.otherwise };
}

/** The requests of the box whose answers are in `part`; what has no ports is told apart by its ends alone. */
const requestsOf = (part: Box, box: Box): Box =>
  boxHasPorts(box)
    ? { ...swapEnds(part), tcpFlags: box.tcpFlags }
    : { ...box, source: part.destination, destination: part.source };
