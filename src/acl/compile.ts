import { type Box, flagsMatching, fullBox, makeBox } from '../headerspace/box.ts';
import type { Ace, AceAction, Acl, AclEntry, MatchingEntry } from '../model/access-list.ts';
import { matchingEntries } from '../model/access-list.ts';
import { ACK, ICMP, RST, SYN, TCP } from '../model/packet.ts';
import { subtractRanges } from '../model/ports.ts';
import type { ObjectGroup, TimeRange } from '../model/router-config.ts';
import {
  type AceBounds,
  allBoxes,
  type BoxProduct,
  boundAce,
  multiply,
  NO_BOXES,
  plainAce,
  productOfAce,
} from './ace-boxes.ts';
import { timeRangeActivity } from './time-range.ts';

export interface CompileEnvironment {
  readonly objectGroups: ReadonlyMap<string, ObjectGroup>;
  readonly timeRanges: ReadonlyMap<string, TimeRange>;
  /** The router's own wall clock read as UTC (milliseconds or Date); null: unknown. */
  readonly clock: Date | number | null;
  /**
   * What the packets are that the list is asked about. `unsolicited` (the default): nobody inside asked for
   * them, so the temporary entries behind `evaluate` match none. `reply`: they may answer a session that a
   * `reflect` line saw, so `evaluate` leaves every packet but an initial request undetermined.
   */
  readonly traffic?: 'unsolicited' | 'reply';
  /** Lines with object groups may be skipped: IOS-XE, for packets to the route processor (OGACL guides). */
  readonly groupsMayBeIgnored?: boolean;
}

/** One line ready for matching: it surely matches `must` and never matches outside `may`. */
export interface CompiledEntry {
  readonly entry: MatchingEntry;
  /** Among the compiled entries, from 0. */
  readonly index: number;
  /** null: the line could not be read that far. */
  readonly action: AceAction | null;
  /** Boxes of one line may overlap one another. The same array as `may` when the line is certain. */
  readonly must: readonly Box[];
  readonly may: readonly Box[];
  /** The part of `may` that carries what the line asks for: without a layer-4 permit's later fragments. */
  readonly asked: readonly Box[];
  /** Why must and may differ, or why the line matches nothing as things stand; null when it just matches. */
  readonly reason: string | null;
  /** What an uncertain line's effect hangs on beyond its bounds: lines of equal cause match alike. */
  readonly cause: string | null;
  /** Set on certain lines with object groups: what their boxes multiply out, which costs nothing before it is asked for. */
  readonly product?: BoxProduct | undefined;
}

export interface CompiledAcl {
  /** null: no list, so everything passes. */
  readonly acl: Acl | null;
  readonly entries: readonly CompiledEntry[];
  /** What happens to a packet that no line matches: a list without any ACE permits it. */
  readonly otherwise: AceAction;
}

const tables = new WeakMap<CompiledAcl, ReadonlyMap<AclEntry, CompiledEntry>>();

/** The compiled entry of a line: thousands are asked for, so they are looked up in a table made on first need. */
export function entryOfLine(compiled: CompiledAcl, line: AclEntry): CompiledEntry | undefined {
  let table = tables.get(compiled);
  if (table === undefined) {
    table = new Map(compiled.entries.map((e) => [e.entry, e]));
    tables.set(compiled, table);
  }
  return table.get(line);
}

/** True when no packet's fate at this line depends on what is unknown. */
export const isCertain = (entry: CompiledEntry): boolean => entry.must === entry.may;

export const PERMIT_ALL: CompiledAcl = { acl: null, entries: [], otherwise: 'permit' };

/** Each list as it was last compiled: lint, paths and differences ask for the same ones, and index them. */
const lastCompiled = new WeakMap<Acl, { readonly env: CompileEnvironment; readonly compiled: CompiledAcl }>();

/**
 * A list that is missing or has no line but remarks permits everything. `like` is another state of the list: plain lines
 * that were read once for both are compiled once.
 */
export function compileAcl(
  acl: Acl | null | undefined,
  env: CompileEnvironment,
  like?: CompiledAcl,
): CompiledAcl {
  if (!acl) return PERMIT_ALL;
  const last = lastCompiled.get(acl);
  if (last !== undefined && sameEnvironment(last.env, env)) return last.compiled;
  const compiled = compileEntries(acl, env, like?.entries ?? []);
  lastCompiled.set(acl, { env: { ...env }, compiled });
  return compiled;
}

const sameEnvironment = (a: CompileEnvironment, b: CompileEnvironment): boolean =>
  a.objectGroups === b.objectGroups &&
  a.timeRanges === b.timeRanges &&
  (a.clock === b.clock || (a.clock !== null && b.clock !== null && Number(a.clock) === Number(b.clock))) &&
  (a.traffic ?? 'unsolicited') === (b.traffic ?? 'unsolicited') &&
  (a.groupsMayBeIgnored ?? false) === (b.groupsMayBeIgnored ?? false);

function compileEntries(acl: Acl, env: CompileEnvironment, known: readonly CompiledEntry[]): CompiledAcl {
  let next = 0;
  const entries = matchingEntries(acl).map((entry, index): CompiledEntry => {
    const place = placeOfSame(entry, known, next);
    if (place === -1) return compileEntry(entry, index, env);
    next = place + 1;
    const { action, asked, may } = known[place]!;
    return { entry, index, action, must: may, may, asked, reason: null, cause: null };
  });
  return { acl, entries, otherwise: entries.length === 0 ? 'permit' : 'deny' };
}

/** So many lines may have been taken out at one place before the rest of a list counts as another one. */
const LOOK_AHEAD = 32;

/** The place, from `next` on, of the entry that was read from the same words, where its boxes hang on nothing else; or -1. */
function placeOfSame(entry: MatchingEntry, known: readonly CompiledEntry[], next: number): number {
  if (entry.kind !== 'ace' || entry.conditions.length > 0 || usesGroups(entry)) return -1;
  const end = Math.min(known.length, next + LOOK_AHEAD);
  for (let place = next; place < end; place++) {
    const other = known[place]!;
    if (
      other.entry.kind === 'ace' &&
      other.entry.match === entry.match &&
      other.action === entry.action &&
      other.entry.conditions.length === 0 &&
      other.reason === null
    )
      return place;
  }
  return -1;
}

/** One line by itself, in the first place of its list. */
export const compileLine = (entry: MatchingEntry, env: CompileEnvironment): CompiledEntry =>
  compileEntry(entry, 0, env);

function compileEntry(entry: MatchingEntry, index: number, env: CompileEnvironment): CompiledEntry {
  switch (entry.kind) {
    case 'unparsed': {
      const may = [fullBox()];
      const cause = entry.span.text.trim();
      return { entry, index, action: entry.action, must: [], may, asked: may, reason: entry.reason, cause };
    }
    case 'evaluate': {
      const may = env.traffic === 'reply' ? mirroredAtMost() : NOTHING;
      const must = env.traffic === 'reply' ? [] : NOTHING;
      const reason = `evaluate ${entry.name} matches only answers to sessions that reflect ${entry.name} saw leave`;
      return {
        entry,
        index,
        action: 'permit',
        must,
        may,
        asked: may,
        reason,
        cause: `evaluate ${entry.name}`,
      };
    }
    case 'ace': {
      const plain = entry.conditions.length === 0 ? plainAce(entry) : null;
      if (plain !== null) {
        const all = allBoxes(plain);
        const { action } = entry;
        return { entry, index, action, must: all, may: all, asked: plain.asked, reason: null, cause: null };
      }
      const isProduct = usesGroups(entry) && entry.conditions.length === 0 && !env.groupsMayBeIgnored;
      const product = isProduct ? productOfAce(entry, env.objectGroups) : null;
      if (product !== null) return productEntry(entry, index, product);
      const { must, may, reason } = boundAce(entry, env.objectGroups);
      const known: AceBounds = { must, may, reason };
      const punted = env.groupsMayBeIgnored && usesGroups(entry) ? atMost(known, GROUPS_IGNORED) : known;
      const bounds = applyConditions(punted, entry.conditions, env);
      const allMay = allBoxes(bounds.may);
      return {
        entry,
        index,
        action: entry.action,
        must: bounds.must === bounds.may ? allMay : allBoxes(bounds.must),
        may: allMay,
        asked: bounds.may.asked,
        reason: bounds.reason,
        cause: bounds.reason === null ? null : causeOf(entry, env),
      };
    }
  }
}

/** A line whose boxes are made when they are first asked for: of a state between two commands, few ever are. */
function productEntry(entry: Ace, index: number, product: BoxProduct): CompiledEntry {
  let made: { readonly asked: readonly Box[]; readonly all: readonly Box[] } | null = null;
  const boxes = () => {
    if (made === null) {
      const multiplied = multiply(product);
      made = { asked: multiplied.asked, all: allBoxes(multiplied) };
    }
    return made;
  };
  return {
    entry,
    index,
    action: entry.action,
    get must() {
      return boxes().all;
    },
    get may() {
      return boxes().all;
    },
    get asked() {
      return boxes().asked;
    },
    reason: null,
    cause: null,
    product,
  };
}

const GROUPS_IGNORED = 'IOS-XE ignores lines with object groups for packets to the router itself';

const usesGroups = ({ match }: Ace): boolean =>
  match.source.kind === 'group' ||
  match.destination.kind === 'group' ||
  match.protocol.kind === 'service-group' ||
  match.sourcePorts?.kind === 'group' ||
  match.destinationPorts?.kind === 'group';

function causeOf(ace: Ace, env: CompileEnvironment): string {
  const ranges = ace.conditions.map((c) =>
    c.kind === 'time-range' ? (env.timeRanges.get(c.name) ?? null) : null,
  );
  const withoutPlaces = (key: string, value: unknown): unknown => (key === 'span' ? undefined : value);
  return JSON.stringify([ace.match, ace.conditions, ranges], withoutPlaces);
}

const NOTHING: readonly Box[] = [];

function applyConditions(
  bounds: AceBounds,
  conditions: Extract<AclEntry, { kind: 'ace' }>['conditions'],
  env: CompileEnvironment,
): AceBounds {
  let result = bounds;
  for (const condition of conditions) {
    switch (condition.kind) {
      case 'reflect':
        break;
      case 'dynamic':
        result = atMost(result, `dynamic ${condition.name} has no effect until somebody logs in`);
        break;
      case 'time-range': {
        const clock = env.clock === null ? null : Number(env.clock);
        const range = env.timeRanges.get(condition.name);
        const activity = timeRangeActivity(range, clock);
        if (activity === 'inactive')
          return { must: NO_BOXES, may: NO_BOXES, reason: `time-range ${condition.name} is not active now` };
        if (activity === 'unknown')
          result = atMost(
            result,
            range === undefined
              ? `time-range ${condition.name} is not defined`
              : clock === null
                ? `time-range ${condition.name} depends on the router's clock`
                : range.entries.length === 0
                  ? `time-range ${condition.name} has no entry`
                  : `time-range ${condition.name} could not be read`,
          );
        break;
      }
    }
  }
  return result;
}

const atMost = (bounds: AceBounds, reason: string): AceBounds => ({
  must: NO_BOXES,
  may: bounds.may,
  reason: bounds.reason ?? reason,
});

/**
 * A mirror entry admits any packet of its session but not a first request: not an initial SYN, not an ICMP
 * echo, timestamp, information or mask request. Which sessions there are, the text cannot say.
 */
function mirroredAtMost(): readonly Box[] {
  const requests = [8, 13, 15, 17].map((type): readonly [number, number] => [type * 256, type * 256 + 255]);
  const initialSyn = flagsMatching({ kind: 'all', set: SYN, clear: ACK | RST, explicit: true });
  const others = Array.from({ length: 256 }, (_, n) => n).filter((n) => n !== TCP && n !== ICMP);
  const tcp = makeBox({ protocol: TCP, fragments: 'whole' });
  const icmp = makeBox({ protocol: ICMP, fragments: 'whole' });
  return [
    { ...tcp, tcpFlags: subtractRanges(tcp.tcpFlags, initialSyn) },
    { ...icmp, l4a: subtractRanges(icmp.l4a, requests) },
    makeBox({ protocol: others, fragments: 'whole' }),
    makeBox({ fragments: 'non-initial' }),
  ];
}
