import type { SealSignature } from './evidence.ts';
import type { PortSet } from './ports.ts';
import type { PortProtocol } from './site.ts';

/** One target's part of a plan. */
export interface PlanTarget {
  readonly name: string;
  /** Dotted quad to probe. */
  readonly address: string;
  readonly protocol: PortProtocol;
  /** Everything to probe. */
  readonly ports: PortSet;
  /** To be probed first, in this order: witnesses and boundaries of ACEs, known services. A subset of `ports`. */
  readonly first: readonly number[];
  /** Ports the model or policy expects to answer: five tries over 15 s before silence is believed. */
  readonly expectedOpen: PortSet;
  /** A port permitted from this vantage and known open, or null where none is possible. */
  readonly canary: number | null;
  /** Ports that are intended to be denied: an open one taints every open. */
  readonly negativeCanaries: readonly number[];
  /** The target is on this vantage's own segment. */
  readonly onLink: boolean;
}

export interface PlanPace {
  /** Probes a second per host, and in all. */
  readonly perHost: number;
  readonly total: number;
  /** Above 500/s per host only with `--override-ceiling`; recorded in the evidence. */
  readonly overrideCeiling: boolean;
}

/** What to probe from one vantage. Holds no config text; it does disclose the ports expected open. */
export interface Plan {
  readonly schema: 'aclscope/plan/1';
  readonly site: string;
  readonly siteSha256: string;
  readonly vantage: string;
  /** The address that the vantage probes from. */
  readonly vantageAddress: string;
  readonly created: string;
  readonly coverage: 'exhaustive' | 'witnesses';
  readonly targets: readonly PlanTarget[];
  readonly pace: PlanPace;
  readonly warnings: readonly string[];
  /** Written by `plan`; one made by hand has none. */
  readonly seal?: PlanSeal | undefined;
}

/** Shows whether a plan is as it was made; only a signature shows by whom. */
export interface PlanSeal {
  readonly algorithm: 'sha256';
  /** Of the plan's canonical JSON without this member, hex. */
  readonly sha256: string;
  readonly signature: SealSignature | null;
}
