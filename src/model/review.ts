import type { DecidedBy, LintFinding, Severity } from './finding.ts';
import type { Packet } from './packet.ts';
import type { PortSet } from './ports.ts';
import type { Direction } from './router-config.ts';

/** Packets that a change treats differently at one binding. Spaces of one binding are disjoint and together complete. */
export interface ChangedSpace {
  readonly interface: string;
  readonly direction: Direction;
  readonly protocol: number | 'ip';
  /** `A wildcard` */
  readonly source: string;
  readonly destination: string;
  /** null where the protocol has none. */
  readonly sourcePorts: PortSet | null;
  readonly destinationPorts: PortSet | null;
  /** Readable condition such as `syn,!ack`, null: any. */
  readonly tcpFlags: string | null;
  readonly icmp: { readonly type: number; readonly code: number | null } | null;
  /** Decimal: addresses × ports (or type × code; 1 where neither), other fields projected out. */
  readonly packets: string;
  readonly before: DecidedBy;
  readonly after: DecidedBy;
  readonly witness: Packet;
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

/** What one pasted command does that neither end of the change intends. */
export interface Hazard {
  /** Counts the snippet's non-blank, non-comment lines from 1. */
  readonly step: number;
  readonly command: string;
  readonly kind: HazardKind;
  readonly severity: Severity;
  readonly message: string;
  readonly witness: Packet | null;
}

export interface ReviewResult {
  readonly gained: readonly ChangedSpace[];
  readonly lost: readonly ChangedSpace[];
  /** The same for non-initial fragments, which carry no ports. */
  readonly fragments: { readonly gained: readonly ChangedSpace[]; readonly lost: readonly ChangedSpace[] };
  readonly hazards: readonly Hazard[];
  readonly findings: readonly LintFinding[];
  readonly verdict: 'pass' | 'fail' | 'undetermined';
  readonly assumptions: readonly string[];
}
