import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { AddressPattern } from './address.ts';
import type { DecidedBy, Verdict } from './finding.ts';
import type { PortSet } from './ports.ts';
import type { Direction } from './router-config.ts';
import type { PortProtocol } from './site.ts';

/** One list (or the lack of one) that a packet met on its way. */
export interface Hop {
  /** Router's name, as the site or the config's hostname gives it; null when neither does. */
  readonly router: string | null;
  readonly interface: string;
  readonly direction: Direction;
  /** null: no list is bound here. */
  readonly acl: string | null;
  readonly verdict: Verdict;
  readonly decidedBy: DecidedBy;
}

/** Why a verdict could not be given: the config line that leaves it open, where there is one. */
export interface Doubt {
  readonly line: ConfigLine | null;
  readonly reason: string;
}

/** The ends of a header: `A`, or `A wildcard` where one of several addresses; ports null where there are none. */
export interface HeaderEnds {
  readonly source: string;
  readonly sourcePorts: PortSet | null;
  readonly destination: string;
  readonly destinationPorts: PortSet | null;
}

/** What one router's address translation made of a packet. */
export interface TranslatedHeader {
  readonly router: string | null;
  readonly before: HeaderEnds;
  readonly after: HeaderEnds;
}

/** One way through the network. */
export interface TracedWay {
  readonly verdict: Verdict;
  readonly decidedBy: DecidedBy;
  /** What drops the packet, as a clause, where it is no list. */
  readonly cause?: string;
  readonly hops: readonly Hop[];
  readonly translations: readonly TranslatedHeader[];
  readonly doubts: readonly Doubt[];
}

/** What happens to one packet, and to its reply. */
export interface Trace extends TracedWay {
  readonly reply: TracedWay;
  readonly assumptions: readonly string[];
}

/** Ports that only a part of a vantage's sources reaches. */
export interface PartialExposure {
  readonly ports: PortSet;
  /** `A wildcard` patterns, disjoint: the part that gets through. */
  readonly sources: readonly string[];
  readonly decidedBy: DecidedBy;
}

/** Ports that these sources (disjoint patterns) reach, or may reach. */
export interface SourceExposure {
  readonly sources: readonly AddressPattern[];
  readonly ports: PortSet;
  readonly verdict: 'permit' | 'undetermined';
}

/** What one vantage should reach of one target, by config alone. The three port sets partition 0–65535. */
export interface IntendedFlow {
  readonly vantage: string;
  readonly target: string;
  readonly protocol: PortProtocol;
  readonly reachable: PortSet;
  readonly blocked: PortSet;
  readonly undetermined: PortSet;
  readonly deciding: readonly {
    readonly ports: PortSet;
    readonly decidedBy: DecidedBy;
    /** What drops the packets, as a clause, where it is no list. */
    readonly cause?: string;
    /** Set where only some source ports get through: those that do. */
    readonly sourcePorts?: PortSet;
  }[];
  /** Lines of other lists on the way that let ports pass before the deciding one; absent where nothing followed the path. */
  readonly passed?: readonly { readonly ports: PortSet; readonly line: ConfigLine }[];
  readonly partial: readonly PartialExposure[];
  /** Every source's ports, also those that all of the sources reach; absent where the vantage is a single address. */
  readonly bySource?: readonly SourceExposure[];
  /** Reachable ports whose reply the router drops: delivered, never answered. */
  readonly oneWay: PortSet;
  /** Reachable ports whose packets leave by no known way or back where they came from: nobody knows who gets them. */
  readonly strays: PortSet;
  readonly doubts: readonly (Doubt & { readonly ports: PortSet })[];
  /** True on the target's own segment, where no router list applies and policy alone is intended. */
  readonly ownSegment: boolean;
  readonly assumptions: readonly string[];
}
