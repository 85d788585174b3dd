import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { decidesSome, decidingEntries, deniesAll, packetDecidedBy } from '../acl/deciding-entries.ts';
import { JointLists, type Wish } from '../acl/joint-search.ts';
import type { AddressRegion } from '../headerspace/address-region.ts';
import { type Box, boxOfPacket, intersectBoxes, intersectPatterns } from '../headerspace/box.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import type { Ace } from '../model/access-list.ts';
import { type AddressPattern, hostPattern } from '../model/address.ts';
import type { Packet } from '../model/packet.ts';
import type { Binding, Interface } from '../model/router-config.ts';
import { type Delivery, hasPolicyRouting, tableOf } from '../router/deliveries.ts';
import { groupFate } from '../router/group-addresses.ts';
import { type HonestSources, ownSegment } from '../router/honest-sources.ts';
import { hostOf } from '../router/neighbours.ts';
import type { Router, Traffic } from '../router/network.ts';
import {
  answersInward,
  answersOutward,
  answersTo,
  type Choice,
  goToAsker,
  isUntouched,
  type Way,
} from '../router/translated-ways.ts';
import { cutToRegion } from './cut-to-region.ts';
import type { LintList } from './lint-context.ts';
import { asMet, notSurelyDenied, withFirst } from './lists-as-met.ts';

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
const MAY_PASS_OVER: Wish = { action: 'permit', surely: false };

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
  /** Addresses that nobody asks from. */
  private readonly own: readonly AddressPattern[];
  /** Who may ask with what the box holds. */
  private readonly honest: AddressRegion;
  /** The parts of the box that hold its honest requests, if they are few, or the box; forged ones may be among them. */
  private readonly boxes: readonly Box[];
  /** The answers to all of these, as they come in; null where nothing answers. */
  private readonly answering: Way | null;
  private readonly answers: readonly Box[];
  /** The list that answers meet first. */
  private readonly back: CompiledAcl | null;
  /** Of what translation may choose, each line is held against all at once; yet several may deny all of it together. */
  private readonly closely: boolean;
  private hurdles: readonly Hurdle[] | null = null;
  private leaving: CompiledAcl | null = null;
  private denied: boolean | null = null;

  constructor(entry: Entry, requests: Requests, delivery: Delivery, closely = false) {
    this.closely = closely;
    this.entry = entry;
    this.requests = requests;
    this.delivery = delivery;
    const { sent } = delivery;
    // Of many answers in one, what goes to the router's own address would stand for all.
    this.own = delivery.header.dynamic ? entry.router.ownAddresses.map((a) => hostPattern(a.address)) : [];
    this.honest = entry.sources.all.shareOf(sent.source).less(this.own);
    const { within } = this.honest;
    this.boxes = within.length > FEW ? [sent] : within.map((source) => ({ ...sent, source }));
    this.answering = answersTo(delivery);
    this.answers = this.seenAt(this.answering);
    this.back = this.listOf(delivery.out.bindings.in, 'reply');
  }

  /** The same by the answers themselves, of which translation may choose one of many; null: that would tell no more. */
  moreClosely(): RequestSearch | null {
    const { entry, requests, delivery, closely } = this;
    return closely || !delivery.header.dynamic ? null : new RequestSearch(entry, requests, delivery, true);
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
    if (!forged) return null;
    return this.find([onlyBy(this.requests, this.boxes)].map(letsOut), honest, this.delivery);
  }

  /** A request that the lists let out, and not back to its own segment; null: there is none. */
  delivered(): Packet | null {
    const { header, out } = this.delivery;
    const sources = this.honest.less(ownSegment(this.entry.interface, out, header.box));
    const surely = header.dynamic ? this.find(this.outward(LETS_OUT), sources, this.delivery) : null;
    return surely ?? this.find(this.outward(MAY_LET_BACK), sources, this.delivery);
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
    const { answering, back } = this;
    if (answering === null || this.answers.length === 0 || this.allDenied) return null;
    if (!this.closely || back === null) return this.findAnswered(this.asMet(back, answering), null);
    const answer = this.findAnswer(back, answering);
    if (answer === null) return null;
    const asked = answering.header.undo(boxOfPacket(answer));
    return this.findAnswered([], asked) ?? naturalPacket(asked);
  }

  /** One, of the packets of a box if there is one, whose answer may come in as well. */
  private findAnswered(entering: readonly Hurdle[], asked: Box | null): Packet | null {
    const { answering, delivery } = this;
    for (const way of answersInward(this.entry.router, delivery.out, answering!))
      for (const [leaving, sources] of this.waysBack(way))
        for (const [list, last] of this.leavingBy(leaving, way)) {
          const sent = asked === null ? last.sent : intersectBoxes(last.sent, asked);
          if (sent === null) continue;
          const chosen = this.hurdlesOf(last.choices.slice(delivery.choices.length));
          const hurdles = [...this.outward(MAY_LET_BACK), ...entering, ...chosen, ...this.asMet(list, last)];
          const found = this.find(hurdles, sources.less(this.own), { ...last, sent });
          if (found !== null) return found;
        }
    return null;
  }

  /** An answer that the first list may let pass, and that packets which the line lets in may have. */
  private findAnswer(back: CompiledAcl, { header }: Way): Packet | null {
    const { boxes, delivery } = this;
    for (const box of boxes) {
      const answers = [header.apply(box)];
      const asking: Way = {
        ...delivery,
        sent: header.box,
        header: { ...header, box, apply: header.undo, undo: header.apply },
      };
      const line = this.sifted(onlyBy(this.requests, [box]), this.honest, delivery);
      const lists = [cutToRegion(back, answers), asMet(line, asking, [box])] as const;
      const found = new JointLists(lists, answers).find([MAY_LET_BACK, MAY_LET_BACK]);
      if (found !== null) return found;
    }
    return null;
  }

  /** A list of requests that denies what others than these send, and what surely goes another way. */
  private sifted(list: CompiledAcl, sources: AddressRegion, { sent, apart }: Way): CompiledAcl {
    const forged = sources.shareOf(sent.source).without;
    return withFirst(list, this.requests.ace, 'deny', [...sourcesIn(sent, forged), ...apart]);
  }

  /** The lists that answers meet where they leave, as each way leads them there. */
  private leavingBy(leaving: Interface | null, way: Way): readonly (readonly [CompiledAcl | null, Way])[] {
    const list = this.listOf(leaving?.bindings.out ?? null, 'reply');
    if (leaving === null || list === null) return [[null, way]];
    return answersOutward(this.entry.router, this.delivery.out, leaving, way).map((last) => [list, last]);
  }

  /** Who asks, by where the answers leave. */
  private waysBack(answers: Way): HonestSources['byWayBack'] {
    const { router, interface: entered, sources } = this.entry;
    const { sent, out } = this.delivery;
    const host = hostOf(sent.source);
    const routesTell =
      !hasPolicyRouting(out) &&
      tableOf(out, answers) === entered.vrf &&
      goToAsker(answers) &&
      (host === null || groupFate(router, out, host) === null);
    return routesTell ? sources.byWayBack : new Map([[null, sources.all]]);
  }

  /** A request from these sources, which may go that way, for which all of that comes true. */
  private find(hurdles: readonly Hurdle[], sources: AddressRegion, way: Way): Packet | null {
    const { sent } = way;
    const share = sources.shareOf(sent.source);
    const within = hurdles
      .filter(({ wish }) => wish === MAY_LET_BACK)
      .reduce((boxes, { list }) => notSurelyDenied(list, boxes), sourcesIn(sent, share.within));
    if (within.length === 0) return null;
    const [first, ...others] = hurdles.map(({ list, wish }) =>
      wish === LETS_OUT ? cutToRegion(list, within) : list,
    );
    const lists = [this.sifted(first!, sources, way), ...others] as const;
    return new JointLists(lists, within).find(hurdles.map(({ wish }) => wish));
  }

  /** The lists that requests meet; `wish`: what the one where they leave is to do where it may meet several headers. */
  private outward(wish: Wish): readonly Hurdle[] {
    const { boxes, delivery } = this;
    this.hurdles ??= [letsOut(onlyBy(this.requests, boxes)), ...this.hurdlesOf(delivery.choices)];
    this.leaving ??= this.metWhereLeaving();
    return this.leaving === null
      ? this.hurdles
      : [...this.hurdles, delivery.header.dynamic ? { list: this.leaving, wish } : letsOut(this.leaving)];
  }

  private metWhereLeaving(): CompiledAcl | null {
    const { boxes, delivery } = this;
    const list = this.listOf(delivery.out.bindings.out, 'unsolicited');
    if (list === null) return null;
    return isUntouched(delivery) ? cutToRegion(list, boxes) : asMet(list, delivery, this.seenAt(delivery));
  }

  /** A list as it treats requests by what it does to their answers. */
  private asMet(list: CompiledAcl | null, answers: Way): readonly Hurdle[] {
    return list === null ? [] : [{ list: asMet(list, answers, this.seenAt(answers)), wish: MAY_LET_BACK }];
  }

  /** What lists of translation do to packets of a way. */
  private hurdlesOf(choices: readonly Choice[]): readonly Hurdle[] {
    return choices.map(({ list, way, mayChoose }) => ({
      list: asMet(list, way, this.seenAt(way)),
      wish: mayChoose ? MAY_LET_BACK : MAY_PASS_OVER,
    }));
  }

  /** The headers of its packets that may be honest, there. */
  private seenAt(way: Way | null): readonly Box[] {
    if (way === null) return [];
    const { sent } = this.delivery;
    return this.boxes
      .flatMap((box) => (way.sent === sent ? box : (intersectBoxes(box, way.sent) ?? [])))
      .map((box) => way.header.apply(box));
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
    const line = list.entryOf(ace)!;
    const { header } = this.answering!;
    const asked = header.undo(boxOfPacket(answer));
    const request = header.dynamic ? packetDecidedBy(list.compiled, line, asked) : naturalPacket(asked);
    if (
      request !== null &&
      this.honest.has(request.source) &&
      (header.dynamic || decidesSome(list.compiled, line, boxOfPacket(request)))
    )
      yield request;
  }

  private listOf(binding: Binding | null, traffic: Traffic): CompiledAcl | null {
    return binding && this.entry.router.list(binding.acl, binding.common, traffic);
  }
}

/** The packets of a box from these, which overlap with its sources. */
const sourcesIn = (box: Box, sources: readonly AddressPattern[]): readonly Box[] =>
  sources.map((source) => ({ ...box, source: intersectPatterns(source, box.source) }));

const passes = ({ action }: CompiledEntry): boolean => action === 'permit';

type LastToPass = WeakMap<CompiledAcl, CompiledEntry>;

const lastPassed = new WeakMap<HonestSources, LastToPass>();

/** Of each list, the line that let an answer to these sources pass: it often lets one of the next line's pass, too. */
function lastToPass({ sources }: Entry): LastToPass {
  const last = lastPassed.get(sources) ?? new WeakMap();
  lastPassed.set(sources, last);
  return last;
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
