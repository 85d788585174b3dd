import { type CompiledAcl, type CompiledEntry, isCertain } from '../acl/compile.ts';
import { decidesSome, decidingEntries, deniesAll, packetDecidedBy } from '../acl/deciding-entries.ts';
import { JointLists, type Wish } from '../acl/joint-search.ts';
import type { AddressRegion } from '../headerspace/address-region.ts';
import {
  type Box,
  boxCovers,
  boxHasPorts,
  boxOfPacket,
  intersectPatterns,
  swapEnds,
} from '../headerspace/box.ts';
import { intersect } from '../headerspace/packet-set.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import type { Ace } from '../model/access-list.ts';
import type { AddressPattern } from '../model/address.ts';
import type { Packet } from '../model/packet.ts';
import type { Binding, Interface } from '../model/router-config.ts';
import { type Delivery, hasPolicyRouting } from '../router/deliveries.ts';
import { groupFate } from '../router/group-addresses.ts';
import { type HonestSources, ownSegment } from '../router/honest-sources.ts';
import { hostOf } from '../router/neighbours.ts';
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

/** So many prefixes are looked at one by one for who asks. */
const FEW = 8;

const LETS_OUT: Wish = { action: 'permit', surely: true };
const letsOut = (list: CompiledAcl): Hurdle => ({ list, wish: LETS_OUT });
const MAY_LET_BACK: Wish = { action: 'deny', surely: false };

/** Where requests come in, and who may honestly send them there. */
export interface Entry {
  readonly router: Router;
  readonly interface: Interface;
  readonly sources: HonestSources;
}

/**
 * Looks for honest requests that a line lets in, among those handed to one network, by the lists that they and their
 * answers meet: one packet that gets past all of them is looked for at once, so that nothing of what each list alone lets
 * pass is multiplied out. What else may happen on the way (a broadcast, the router's own address) is not looked at.
 */
export class RequestSearch {
  readonly delivery: Delivery;
  private readonly entry: Entry;
  private readonly requests: Requests;
  /** Who may ask with what the box holds. */
  private readonly honest: AddressRegion;
  /** The parts of the box that hold its honest requests, if they are few, or the box; forged ones may be among them. */
  private readonly boxes: readonly Box[];
  /** What answers to all of these are; none where nothing answers. */
  private readonly answers: readonly Box[];
  /** The list that answers meet first. */
  private readonly back: CompiledAcl | null;
  private hurdles: readonly Hurdle[] | null = null;
  private denied: boolean | null = null;

  constructor(entry: Entry, requests: Requests, delivery: Delivery) {
    this.entry = entry;
    this.requests = requests;
    this.delivery = delivery;
    const { box } = delivery;
    this.honest = entry.sources.all.shareOf(box.source);
    const { within } = this.honest;
    this.boxes = within.length > FEW ? [box] : within.map((source) => ({ ...box, source }));
    this.answers = this.boxes.flatMap((box) => replyBox(box) ?? []);
    this.back = this.listOf(delivery.out.bindings.in, 'reply');
  }

  /** A request that the line surely lets in; null: there is none. */
  first(): Packet | null {
    const { honest } = this;
    const { list, ace } = this.requests;
    let forged = false;
    for (const box of this.boxes) {
      const found = packetDecidedBy(list.compiled, list.entryOf(ace)!, box);
      if (found === null) continue;
      if (honest.has(found.source)) return found;
      forged = true;
    }
    return forged ? this.find([onlyBy(this.requests, this.boxes)].map(letsOut), honest) : null;
  }

  /** A request that the lists let out, and not back to its own segment; null: there is none. */
  delivered(): Packet | null {
    const { box, out } = this.delivery;
    return this.find(this.outward, this.honest.less(ownSegment(this.entry.interface, out, box)));
  }

  /** Few requests whose answers the first list that these meet lets pass, whatever else stands in their way. */
  *likely(): Generator<Packet> {
    const { answers, back } = this;
    if (back === null) return;
    const passed = lastToPass(this.entry);
    const last = passed.get(back);
    for (const answer of last ? answers : []) {
      const again = packetDecidedBy(back, last!, answer);
      if (again) yield* this.asked(again);
    }
    if (this.allDenied) return;
    let left = LIKELY;
    for (const answer of answers)
      for (const { entry, packet } of decidingEntries(back, answer, { wanted: passes })) {
        passed.set(back, entry);
        yield* this.asked(packet);
        if (--left === 0) return;
      }
  }

  /** A delivered request of which no list surely denies the answer; null: there is none. */
  answered(): Packet | null {
    const { answers, back } = this;
    if (answers.length === 0 || this.allDenied) return null;
    const asMet = (list: CompiledAcl | null): readonly Hurdle[] =>
      list === null
        ? []
        : [{ list: asMetByAnswers(list, { box: this.delivery.box, answers }), wish: MAY_LET_BACK }];
    const entering = asMet(back);
    for (const [out, sources] of this.waysBack) {
      const leaving = asMet(this.listOf(out?.bindings.out ?? null, 'reply'));
      const found = this.find([...this.outward, ...entering, ...leaving], sources);
      if (found !== null) return found;
    }
    return null;
  }

  /** Who asks, by where the answers leave. */
  private get waysBack(): HonestSources['byWayBack'] {
    const { router, sources } = this.entry;
    const { box, out } = this.delivery;
    const host = hostOf(box.source);
    const routesTell = !hasPolicyRouting(out) && (host === null || groupFate(router, out, host) === null);
    return routesTell ? sources.byWayBack : new Map([[null, sources.all]]);
  }

  /** A request from these sources, to what no longer prefix takes, for which all of that comes true. */
  private find(hurdles: readonly Hurdle[], sources: AddressRegion): Packet | null {
    const { box, taken } = this.delivery;
    const share = sources.shareOf(box.source);
    const sharing = (end: 'source' | 'destination', patterns: readonly AddressPattern[]): readonly Box[] =>
      patterns.map((pattern) => ({ ...box, [end]: intersectPatterns(pattern, box[end]) }));
    const within = hurdles
      .filter(({ wish }) => wish === MAY_LET_BACK)
      .reduce((boxes, { list }) => notSurelyDenied(list, boxes), sharing('source', share.within));
    if (within.length === 0) return null;
    const apart = [...sharing('source', share.without), ...sharing('destination', taken)];
    const [first, ...others] = hurdles.map(({ list, wish }) =>
      wish === LETS_OUT ? cutToRegion(list, within) : list,
    );
    const lists = [this.without(first!, apart), ...others] as const;
    return new JointLists(lists, within).find(hurdles.map(({ wish }) => wish));
  }

  /** The list with these boxes denied before any line. */
  private without(list: CompiledAcl, boxes: readonly Box[]): CompiledAcl {
    if (boxes.length === 0) return list;
    const all = { must: boxes, may: boxes, asked: boxes, reason: null, cause: null };
    const first = { entry: this.requests.ace, index: -1, action: 'deny', ...all } as const;
    return { ...list, entries: [first, ...list.entries] };
  }

  private get outward(): readonly Hurdle[] {
    const { boxes, delivery } = this;
    const leaving = this.listOf(delivery.out.bindings.out, 'unsolicited');
    this.hurdles ??= [
      onlyBy(this.requests, boxes),
      ...(leaving === null ? [] : [cutToRegion(leaving, boxes)]),
    ].map(letsOut);
    return this.hurdles;
  }

  /** Whether the first list that the answers meet lets none of them pass. */
  get allDenied(): boolean {
    const { answers, back } = this;
    this.denied ??= answers.length > 0 && back !== null && answers.every((answer) => deniesAll(back, answer));
    return this.denied;
  }

  /** The request that this packet answers, if it is honest and the line lets it in. */
  private *asked(answer: Packet): Generator<Packet> {
    const { list, ace } = this.requests;
    const request = naturalPacket(requestsOf(boxOfPacket(answer), this.delivery.box));
    if (
      this.honest.has(request.source) &&
      decidesSome(list.compiled, list.entryOf(ace)!, boxOfPacket(request))
    )
      yield request;
  }

  private listOf(binding: Binding | null, traffic: Traffic): CompiledAcl | null {
    return binding && this.entry.router.list(binding.acl, binding.common, traffic);
  }
}

const passes = ({ action }: CompiledEntry): boolean => action === 'permit';

type LastToPass = WeakMap<CompiledAcl, CompiledEntry>;

const lastPassed = new WeakMap<HonestSources, LastToPass>();

/** Of each list, the line that let an answer to these sources pass: it often lets one of the next line's pass, too. */
function lastToPass({ sources }: Entry): LastToPass {
  const last = lastPassed.get(sources) ?? new WeakMap();
  lastPassed.set(sources, last);
  return last;
}

/** More boxes than this are not worth looking through each by itself. */
const FEW_BOXES = 32;

/**
 * Boxes, which may overlap, that hold all packets of these which the list does not surely deny: where it lets only few of
 * them pass, hardly a line of other lists concerns those.
 */
function notSurelyDenied({ entries, otherwise }: CompiledAcl, boxes: readonly Box[]): readonly Box[] {
  if (otherwise === 'permit') return boxes;
  const some = intersect(
    boxes,
    entries.filter(({ action }) => action !== 'deny').flatMap(({ may }) => [...may]),
  );
  return some.length > FEW_BOXES ? boxes : some;
}

/** A list that permits what this line permits of the boxes, and nothing else. */
function onlyBy({ list, ace }: Requests, boxes: readonly Box[]): CompiledAcl {
  const { entries } = cutToRegion(list.compiled, boxes);
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

/**
 * The list as it treats requests of the box by what it does to their answers, of which these are all that count; it surely
 * denies no more than that.
 */
function asMetByAnswers(
  list: CompiledAcl,
  { box, answers }: { readonly box: Box; readonly answers: readonly Box[] },
): CompiledAcl {
  const shared = (boxes: readonly Box[]): readonly Box[] => intersect(boxes, answers);
  const asked = (parts: readonly Box[]): readonly Box[] => parts.map((part) => requestsOf(part, box));
  // The answers differ in the addresses they go to alone.
  const whole = answers[0]!;
  const isAll = (part: Box): boolean =>
    boxHasPorts(box) || boxCovers({ ...part, source: whole.source, destination: whole.destination }, whole);
  const entries = cutToRegion(list, answers).entries.map((entry): CompiledEntry => {
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
