import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { AddressPattern, Ipv4 } from './address.ts';
import type { PortSet } from './ports.ts';

export type PortProtocol = 'tcp' | 'udp';

/** One device in the path; several compose by their connected networks. */
export interface SiteRouter {
  readonly name: string;
  /** As written, relative to the site file. */
  readonly configPath: string;
  /** The operator's word on the full train, e.g. `12.1(5)T15`; wins over the config's `version`. */
  readonly version: string | null;
  readonly span: SourceSpan;
}

export interface Segment {
  readonly name: string;
  readonly network: AddressPattern;
  readonly prefixLength: number;
  readonly span: SourceSpan;
}

export interface Target {
  /** One of a group is called `GROUP/ADDRESS`. */
  readonly name: string;
  /** The target with several addresses that this is one of; null: it stands alone. */
  readonly group: string | null;
  readonly address: Ipv4;
  /** Other addresses or names that recorded evidence may call it by; the model always uses `address`. */
  readonly aliases: readonly string[];
  readonly segment: string | null;
  /** Ports on which a listener is known to run, beyond what policy allows. */
  readonly listeners: PortSet;
  /** Defences on the host that change what a scan sees. */
  readonly defences: readonly ('portsentry' | 'fail2ban' | 'tarpit')[];
  readonly span: SourceSpan;
}

/** A place to look from: a set of sources with one address that probes. */
export interface Vantage {
  readonly name: string;
  readonly address: Ipv4;
  readonly sources: readonly AddressPattern[];
  /** Where its packets enter; null inside a segment, where no router stands between. */
  readonly enters: { readonly router: string; readonly interface: string } | null;
  /** The segment that holds `address`, when one does and `enters` is absent. */
  readonly segment: string | null;
  readonly span: SourceSpan;
}

export type PolicyParty =
  | { readonly kind: 'any' }
  | { readonly kind: 'vantage' | 'segment' | 'target'; readonly name: string }
  | { readonly kind: 'network'; readonly pattern: AddressPattern };

/** What is allowed, with its reason; what no rule allows is denied to the vantages. */
export interface PolicyRule {
  readonly from: PolicyParty;
  readonly to: PolicyParty;
  readonly tcp: PortSet;
  readonly udp: PortSet;
  /** TCP ports that may accept a handshake and close it at once. */
  readonly wrapped: PortSet;
  readonly action: 'allow' | 'deny';
  readonly why: string;
  /** Drafted by `init`, not yet confirmed by a person. */
  readonly unconfirmed: boolean;
  readonly span: SourceSpan;
}

/** Accepts a finding until a date; after it the finding fails again. */
export interface Waiver {
  readonly finding: string;
  readonly vantage: string | null;
  readonly target: string | null;
  readonly ports: PortSet | null;
  readonly owner: string;
  readonly why: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string;
  readonly span: SourceSpan;
}

/** Silences one lint rule, everywhere or on one list, with reason and expiry. */
export interface RuleSuppression {
  readonly rule: string;
  readonly acl: string | null;
  readonly why: string;
  readonly until: string | null;
  readonly span: SourceSpan;
}

export interface Site {
  readonly file: string;
  readonly name: string;
  readonly routers: readonly SiteRouter[];
  readonly segments: ReadonlyMap<string, Segment>;
  /** Every single host, members of groups too. */
  readonly targets: ReadonlyMap<string, Target>;
  /** Targets of the file that stand for several hosts → those hosts, in order of address. */
  readonly groups: ReadonlyMap<string, readonly Target[]>;
  readonly vantages: ReadonlyMap<string, Vantage>;
  readonly policy: readonly PolicyRule[];
  /** Target name, never a group's → TCP port known open and permitted. */
  readonly canaries: ReadonlyMap<string, number>;
  readonly management: { readonly operator: Ipv4; readonly port: number; readonly span: SourceSpan } | null;
  readonly waivers: readonly Waiver[];
  readonly lint: {
    readonly severities: ReadonlyMap<string, 'critical' | 'high' | 'medium' | 'low' | 'info' | 'off'>;
    readonly suppressions: readonly RuleSuppression[];
  };
  /** Promised days between scans, null when no promise is made. */
  readonly scanIntervalDays: number | null;
  /** The router's wall clock for time-ranges, ISO without zone; null: unknown. */
  readonly clock: string | null;
}
