import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { DecidedBy, LintFinding, Severity } from './finding.ts';
import type { Packet } from './packet.ts';
import type { PortSet, Ranges } from './ports.ts';
import type { Direction } from './router-config.ts';
import type { PortProtocol } from './site.ts';

/** Packets that a change treats differently at one binding. Spaces of one binding are disjoint and together complete. */
export interface ChangedSpace {
  readonly interface: string;
  readonly direction: Direction;
  readonly protocol: number | 'ip';
  /**
   * Beside `ip`, where not all protocols are meant but so many that one space each would bury the rest: which ones.
   * Absent: `protocol` says it all.
   */
  readonly protocols?: Ranges;
  /** `A wildcard` */
  readonly source: string;
  readonly destination: string;
  /**
   * Which addresses of `source`, where one space for each of so many would bury the rest: disjoint `A wildcard`s, of
   * which `source` is the least pattern that holds them all. Absent: `source` says it all.
   */
  readonly sources?: readonly string[];
  readonly destinations?: readonly string[];
  /** null where the protocol has none. */
  readonly sourcePorts: PortSet | null;
  readonly destinationPorts: PortSet | null;
  /** Readable condition such as `syn,!ack`, null: any. */
  readonly tcpFlags: string | null;
  readonly icmp: { readonly type: number; readonly code: number | null } | null;
  /**
   * What else limits it, in words (`tos octet 184-187`, `ttl 0-5`, `igmp type 3`, `icmp type 0-7, 9-255`), or why it
   * is undetermined. `destination one of 31`: those that `destinations` lists. `less what 512 earlier lines decide`: of the packets described, those whose first match is
   * `before` in the one list and `after` in the other, where thousands of boxes would be needed to list them.
   */
  readonly condition?: string;
  /** Decimal: addresses × ports (or type × code; 1 where neither), other fields projected out. */
  readonly packets: string;
  /** true: there are `packets` or more; counting on would have taken too long. */
  readonly atLeast?: true;
  readonly before: DecidedBy;
  readonly after: DecidedBy;
  readonly witness: Packet;
}

/** Packets in the words of a line: the fields of a space that say which. */
export type MatchedPackets = Pick<
  ChangedSpace,
  | 'protocol'
  | 'protocols'
  | 'source'
  | 'destination'
  | 'sources'
  | 'destinations'
  | 'sourcePorts'
  | 'destinationPorts'
  | 'tcpFlags'
  | 'icmp'
  | 'condition'
>;

/**
 * The packets of one pair of deciding lines as the two lists put them, where that takes many spaces: what both lines
 * match, less what lines before them decide. The spaces say the same, box by box.
 */
export interface ChangedPair extends Pick<ChangedSpace, 'interface' | 'direction' | 'before' | 'after'> {
  readonly spaces: 'gained' | 'lost' | 'fragments.gained' | 'fragments.lost';
  /** What both lines match: one or few, which may overlap. */
  readonly match: readonly MatchedPackets[];
  /** Lines of either list that decide some of it first, in order; lines that both lists have once. */
  readonly less: readonly ConfigLine[];
  /** How many more of them there are. */
  readonly moreLess: number;
}

export type HazardKind =
  | 'permit-all'
  | 'deny-all'
  | 'lockout'
  | 'ephemeral-permit'
  | 'ephemeral-deny'
  | 'list-deleted'
  | 'never-matches'
  | 'unknown-list'
  | 'adjacency-cut'
  | 'rejected-command';

/** What one pasted command, or the whole change, does that neither end of it intends. */
export interface Hazard {
  /** Counts the snippet's non-blank, non-comment lines from 1; 0, and no command: of two whole configurations. */
  readonly step: number;
  readonly command: string;
  /** Where the command stands; null at step 0. */
  readonly line: ConfigLine | null;
  readonly kind: HazardKind;
  readonly severity: Severity;
  readonly message: string;
  readonly witness: Packet | null;
}

/** Ports of one target that a vantage reaches after a change and did not before, and the other way round. */
export interface ChangedReach {
  readonly vantage: string;
  readonly target: string;
  readonly protocol: PortProtocol;
  readonly gained: PortSet;
  readonly lost: PortSet;
  /** Ports of which the text leaves open whether they change. */
  readonly undetermined: PortSet;
  /** Ports that a part of the vantage's sources (`A wildcard`) gains or loses while the prober's address does not. */
  readonly partial: readonly {
    readonly sources: readonly string[];
    readonly gained: PortSet;
    readonly lost: PortSet;
  }[];
}

export interface ReviewResult {
  readonly gained: readonly ChangedSpace[];
  readonly lost: readonly ChangedSpace[];
  /** The same for non-initial fragments, which carry no ports. */
  readonly fragments: { readonly gained: readonly ChangedSpace[]; readonly lost: readonly ChangedSpace[] };
  /** Packets of which the text leaves open whether they change. */
  readonly undetermined?: readonly ChangedSpace[];
  /** Of the pairs of lines that take many spaces, those that take the most. */
  readonly pairs?: readonly ChangedPair[];
  /** Routes, translation, addresses or the like differ, which no binding shows; absent: they do not. */
  readonly beyondLists?: boolean;
  /** End to end, where a site file names vantages and targets. */
  readonly reach?: readonly ChangedReach[];
  readonly hazards: readonly Hazard[];
  readonly findings: readonly LintFinding[];
  readonly verdict: 'pass' | 'fail' | 'undetermined';
  readonly assumptions: readonly string[];
}
