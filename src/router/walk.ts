import { type SourceSpan, toConfigLine } from '../diagnostics/source-span.ts';
import type { Box } from '../headerspace/box.ts';
import type { Doubt, Hop } from '../model/exposure.ts';
import type { DecidedBy, Verdict } from '../model/finding.ts';
import type { Interface } from '../model/router-config.ts';
import type { Router } from './network.ts';
import type { Translation } from './translation.ts';

/** Where a packet set stops. */
export type Arrival =
  /** Handed to the network behind an interface. */
  | { readonly kind: 'delivered'; readonly router: Router; readonly interface: Interface }
  /** One of the router's own addresses. */
  | { readonly kind: 'router'; readonly router: Router; readonly interface: Interface }
  /** Permitted as far as the text goes. */
  | { readonly kind: 'beyond-text' }
  /** `cause`: what drops them, as a clause, where it is no list; null where a list denies them. */
  | { readonly kind: 'dropped'; readonly cause: string | null };

/** A part of the packets asked about, all of which fare alike. The pieces of one path partition its set. */
export interface PathPiece {
  /** In the header the sender wrote. */
  readonly sent: Box;
  /** In the header after all translations, as it stands where the path ends. */
  readonly arrived: Box;
  readonly verdict: Verdict;
  readonly decidedBy: DecidedBy;
  readonly hops: readonly Hop[];
  readonly doubts: readonly Doubt[];
  readonly assumptions: readonly string[];
  readonly arrival: Arrival;
  /** Routers passed, with the interface each was entered by: the way back, where routes do not say. */
  readonly entered: readonly Entered[];
  /** Other ways that these packets may take instead, where nothing says which; they fare alike on all of them. */
  readonly rivals: readonly PathPiece[];
  /** The header that a part of `sent` arrives with. */
  readonly translate: (sent: Box) => Box;
}

export interface Entered {
  readonly router: Router;
  readonly interface: Interface;
  /** The header before this router translated it, and after; equal where it did not. */
  readonly before: Box;
  readonly after: Box;
  /** By way of a pool: no rule tells the way back, only the session. */
  readonly dynamic: boolean;
}

/** Packets on their way: what they look like now, and everything they met so far. */
export interface Walker {
  readonly current: Box;
  /** From the sender's header to the current one, and back. */
  readonly apply: (box: Box) => Box;
  readonly undo: (box: Box) => Box;
  readonly verdict: 'permit' | 'undetermined';
  readonly decidedBy: DecidedBy;
  readonly hops: readonly Hop[];
  readonly doubts: readonly Doubt[];
  readonly assumptions: readonly string[];
  readonly entered: readonly Entered[];
}

export interface PathOptions {
  /** Interface by which the packets must leave (`--out`), on the last router. */
  readonly egress: Interface | null;
  /** The forward path, when this is a reply: its ingress interfaces are the way out where no route says. */
  readonly replyTo: PathPiece | null;
}

/** Goes on with packets that passed a gate. */
export type GoOn = (passed: Walker) => readonly PathPiece[];

export const startWalk = (box: Box): Walker => ({
  current: box,
  apply: (b) => b,
  undo: (b) => b,
  verdict: 'permit',
  decidedBy: null,
  hops: [],
  doubts: [],
  assumptions: [],
  entered: [],
});

export const enterRouter = (walker: Walker, router: Router, ingress: Interface): Walker => ({
  ...walker,
  entered: [
    ...walker.entered,
    { router, interface: ingress, before: walker.current, after: walker.current, dynamic: false },
  ],
});

/** After a translation by the router that was entered last. */
export const translated = (walker: Walker, t: Translation): Walker => ({
  ...walker,
  current: t.box,
  apply: (b) => t.apply(walker.apply(b)),
  undo: (b) => walker.undo(t.undo(b)),
  assumptions: t.assumption ? [...walker.assumptions, t.assumption] : walker.assumptions,
  entered: walker.entered.map((e, i) =>
    i === walker.entered.length - 1
      ? {
          ...e,
          before: e.after === e.before ? walker.current : e.before,
          after: t.box,
          dynamic: e.dynamic || t.dynamic,
        }
      : e,
  ),
});

export const assuming = (walker: Walker, ...assumptions: readonly string[]): Walker =>
  assumptions.length === 0 ? walker : { ...walker, assumptions: [...walker.assumptions, ...assumptions] };

/** "undetermined, because line N: …": the one wording of a doubt that a config line leaves. */
export const doubtOf = (span: SourceSpan, why: string): Doubt => ({
  line: toConfigLine(span),
  reason: `undetermined, because line ${span.line}: ${why}`,
});

/** What may be dropped on, but may as well pass. */
export const doubting = (walker: Walker, ...doubts: readonly Doubt[]): Walker => ({
  ...walker,
  verdict: 'undetermined',
  decidedBy: null,
  doubts: [...walker.doubts, ...doubts],
});

export const arrive = (walker: Walker, arrival: Arrival): PathPiece => ({
  sent: walker.undo(walker.current),
  arrived: walker.current,
  verdict: walker.verdict,
  decidedBy: walker.decidedBy,
  hops: walker.hops,
  doubts: walker.doubts,
  assumptions: walker.assumptions,
  arrival,
  entered: walker.entered,
  rivals: [],
  translate: walker.apply,
});

/** Dropped for a reason that is no list: the line that says so decides, where there is one. */
export const drop = (walker: Walker, cause: string, span?: SourceSpan): PathPiece => ({
  ...denied(
    assuming(walker, span ? `${cause} (line ${span.line})` : cause),
    span ? toConfigLine(span) : null,
  ),
  arrival: { kind: 'dropped', cause },
});

/** Denied by a list. */
export const denied = (walker: Walker, decidedBy: DecidedBy): PathPiece => ({
  ...arrive(walker, { kind: 'dropped', cause: null }),
  verdict: 'deny',
  decidedBy,
  doubts: [],
});

export const beyondText = (walker: Walker, why: string): PathPiece =>
  arrive(assuming(walker, `the egress is unknown: ${why}; lists beyond it are not counted`), {
    kind: 'beyond-text',
  });

/** What drops the packets where no list denies them; null where one does, or where they pass. */
export const causeOf = ({ verdict, arrival }: PathPiece): string | null =>
  verdict === 'deny' && arrival.kind === 'dropped' ? arrival.cause : null;

/** The same piece for a part of its packets. */
export const narrow = (piece: PathPiece, sent: Box): PathPiece =>
  piece.sent === sent
    ? piece
    : {
        ...piece,
        sent,
        arrived: piece.translate(sent),
        rivals: piece.rivals.map((r) => narrow(r, sent)),
      };
