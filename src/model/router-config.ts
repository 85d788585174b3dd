import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { Acl } from './access-list.ts';
import type { AddressPattern, Ipv4 } from './address.ts';
import type { PortSet } from './ports.ts';

export type Direction = 'in' | 'out';

/** A list bound to an interface in one direction. `acl` may name a list that does not exist: all packets pass. */
export interface Binding {
  readonly acl: string;
  readonly direction: Direction;
  readonly span: SourceSpan;
  /** IOS-XE `ip access-group common C [X] in`: C is looked up before X. */
  readonly common?: string;
}

export interface InterfaceAddress {
  readonly address: Ipv4;
  /** null: the text (an excerpt) gives no mask. */
  readonly prefixLength: number | null;
  readonly secondary: boolean;
  readonly span: SourceSpan;
}

/** Statements that change what becomes of packets beyond the lists; what is not computed of them is said. */
export interface UnmodelledEffect {
  readonly family:
    | 'inspect'
    | 'zone'
    | 'policy-route'
    | 'urpf'
    | 'crypto-map'
    | 'ipv6-filter'
    | 'service-policy'
    | 'web-redirect'
    /** A service of the router itself that no list guards. */
    | 'open-service'
    /** A line under the interface that was not understood: it may filter. */
    | 'unparsed'
    | 'other';
  readonly span: SourceSpan;
  /** What it names: a route-map, an inspection rule, a zone, a crypto map, a policy. */
  readonly name?: string;
  readonly direction?: Direction;
}

/** What `tunnel …` says of where the packets of a tunnel go in the packets of another network. */
export interface TunnelEnds {
  /** `other`: not carried in IPv4, or in a way that is not followed. */
  readonly mode: 'gre' | 'multipoint-gre' | 'ipip' | 'ipsec' | 'other';
  /** An address, or the name of the interface whose address it is; null: not said. */
  readonly source: Ipv4 | string | null;
  readonly destination: Ipv4 | null;
  readonly key: number | null;
  /** The table of the carrying packets; null: the global one. */
  readonly vrf: string | null;
}

export interface Interface {
  /** Canonical: `FastEthernet0/0`. */
  readonly name: string;
  readonly span: SourceSpan;
  readonly addresses: readonly InterfaceAddress[];
  /**
   * How the address comes to be when no `addresses` say: unknown at rest for dhcp and negotiated. A router writes
   * `no ip address` where there is none; `unstated`: the text, shortened by hand perhaps, has no word of it.
   */
  readonly addressing:
    | { readonly kind: 'static' }
    | { readonly kind: 'none' | 'unstated' }
    | { readonly kind: 'dhcp' | 'negotiated'; readonly span: SourceSpan }
    | { readonly kind: 'unnumbered'; readonly interface: string; readonly span: SourceSpan };
  readonly shutdown: boolean;
  /** Down because the interface that it is a part of is shut down, and not by a line of its own. */
  readonly parentDown?: true;
  /** VRF name, null for the global table. */
  readonly vrf: string | null;
  readonly bindings: { readonly in: Binding | null; readonly out: Binding | null };
  readonly natSide: 'inside' | 'outside' | 'enabled' | null;
  /** `no ip unreachables`: false. */
  readonly sendsUnreachables: boolean;
  readonly proxyArp: boolean;
  /** `standby version 2`; absent: 1. */
  readonly hsrpVersion?: 1 | 2;
  /** Absent where no line under the interface says `tunnel …`. */
  readonly tunnel?: TunnelEnds;
  /** Of `ip ospf N area A`. */
  readonly ospfArea?: string;
  /** As written behind `encapsulation`: the VLAN of a sub-interface, the protocol of a line; absent: the default. */
  readonly encapsulation?: string;
  /** `ip ospf shutdown`: OSPF has no neighbours on it, whatever its process says. */
  readonly ospfShutdown?: true;
  readonly description: string | null;
  readonly effects: readonly UnmodelledEffect[];
}

export type NextHop =
  | { readonly kind: 'address'; readonly address: Ipv4 }
  | { readonly kind: 'interface'; readonly interface: string; readonly address: Ipv4 | null }
  | { readonly kind: 'null' }
  | { readonly kind: 'dhcp' };

export interface StaticRoute {
  readonly destination: AddressPattern;
  readonly prefixLength: number;
  readonly nextHop: NextHop;
  /** Administrative distance, 1 unless written. */
  readonly distance: number;
  readonly vrf: string | null;
  /** Withdrawn or present by an object the text does not decide. */
  readonly track: number | null;
  readonly name: string | null;
  readonly tag: number | null;
  readonly permanent: boolean;
  /** `global`: the next hop of a VRF's route is looked up in the global table. */
  readonly global?: true;
  readonly span: SourceSpan;
}

export type NatRule =
  | {
      readonly kind: 'static';
      readonly side: 'inside' | 'outside';
      readonly local: Ipv4;
      /** null when the global address is an interface's own. */
      readonly global: Ipv4 | null;
      readonly globalInterface: string | null;
      /** Both null for a portless static. */
      readonly protocol: number | null;
      readonly localPort: number | null;
      readonly globalPort: number | null;
      /** From `static network L G /n`: the block's prefix length; 32 for one address. */
      readonly prefixLength: number;
      readonly vrf: string | null;
      /** `route-map R` at the end: translates only what the map matches, which is not modelled. */
      readonly routeMap?: string;
      /** `ip nat source`: for the interfaces with `ip nat enable`, which have no inside and outside. */
      readonly nvi?: true;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'dynamic';
      readonly side: 'inside' | 'outside';
      readonly list: string | null;
      readonly routeMap: string | null;
      readonly pool: string | null;
      readonly interface: string | null;
      readonly overload: boolean;
      /** The table whose hosts are translated; absent: the global one. */
      readonly vrf?: string;
      readonly nvi?: true;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'rotary';
      readonly list: string;
      readonly pool: string;
      readonly span: SourceSpan;
    };

export interface NatPool {
  readonly name: string;
  /** As written; none while only the pool's header stands. */
  readonly ranges: readonly NatPoolRange[];
  readonly span: SourceSpan;
}

export interface NatPoolRange {
  readonly first: Ipv4;
  readonly last: Ipv4;
}

export type NetworkGroupMember =
  | { readonly kind: 'pattern'; readonly pattern: AddressPattern; readonly span: SourceSpan }
  | { readonly kind: 'range'; readonly first: Ipv4; readonly last: Ipv4; readonly span: SourceSpan }
  | { readonly kind: 'group'; readonly name: string; readonly span: SourceSpan }
  | { readonly kind: 'unparsed'; readonly reason: string; readonly span: SourceSpan };

export type ServiceGroupMember =
  | {
      readonly kind: 'service';
      /** null: any protocol (`ip`). `tcp-udp` becomes two numbers. */
      readonly protocols: readonly number[] | null;
      readonly sourcePorts: PortSet | null;
      readonly destinationPorts: PortSet | null;
      readonly icmp: { readonly type: number; readonly code: number | null } | null;
      readonly span: SourceSpan;
    }
  | { readonly kind: 'group'; readonly name: string; readonly span: SourceSpan }
  | { readonly kind: 'unparsed'; readonly reason: string; readonly span: SourceSpan };

export type ObjectGroup =
  | {
      readonly kind: 'network';
      readonly name: string;
      readonly members: readonly NetworkGroupMember[];
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'service';
      readonly name: string;
      readonly members: readonly ServiceGroupMember[];
      readonly span: SourceSpan;
    };

export type TimeRangeEntry =
  /** Milliseconds since the epoch of the router's own wall clock read as UTC; null: unbounded on that side. */
  | {
      readonly kind: 'absolute';
      readonly start: number | null;
      readonly end: number | null;
      readonly span: SourceSpan;
    }
  /** days: 0 Sunday … 6 Saturday; minutes since midnight. endDays differs from days only for `periodic monday 9:00 to friday 17:00`. */
  | {
      readonly kind: 'periodic';
      readonly days: readonly number[];
      readonly startMinute: number;
      readonly endDays: readonly number[];
      readonly endMinute: number;
      readonly span: SourceSpan;
    }
  | { readonly kind: 'unparsed'; readonly span: SourceSpan };

export interface TimeRange {
  readonly name: string;
  readonly entries: readonly TimeRangeEntry[];
  readonly span: SourceSpan;
}

/** `line vty 0 4` and the like: who may log in to the router itself. */
export interface TerminalLine {
  readonly kind: 'vty' | 'console' | 'aux' | 'tty';
  readonly first: number;
  readonly last: number;
  readonly accessClassIn: {
    readonly acl: string;
    readonly vrfAlso: boolean;
    readonly span: SourceSpan;
  } | null;
  readonly accessClassOut: {
    readonly acl: string;
    readonly vrfAlso: boolean;
    readonly span: SourceSpan;
  } | null;
  /** `transport input`: null when not written (12.x default: all). */
  readonly transportInput: readonly string[] | null;
  readonly span: SourceSpan;
}

/** A use of an access list that is not an interface binding. */
export interface AclReference {
  readonly acl: string;
  readonly use:
    | 'nat'
    | 'route-map'
    | 'crypto-map'
    | 'snmp'
    | 'ntp'
    | 'http'
    | 'class-map'
    | 'distribute-list'
    | 'access-class'
    | 'inspect'
    | 'tcp-intercept'
    | 'rate-limit'
    | 'debug'
    | 'other';
  readonly span: SourceSpan;
  /** The statement that makes the use, with its header where it has one: what a `no` must name. */
  readonly owner?: string;
}

/** `area`: of OSPF, which two neighbours must agree on. */
export type RoutingNetwork = AddressPattern & { readonly area?: string };

/** A routing protocol whose neighbours must reach the router for its routes to live. */
export interface RoutingProcess {
  readonly protocol: 'ospf' | 'eigrp' | 'igrp' | 'rip' | 'bgp' | 'isis' | 'hsrp' | 'vrrp' | 'glbp' | 'other';
  readonly id: string;
  /** Interfaces' networks it runs on (`network A [W]`), as patterns; classful where IOS reads them so. */
  readonly networks: readonly RoutingNetwork[];
  /** `neighbor A …` */
  readonly neighbours: readonly Ipv4[];
  /** Interfaces that join it by a statement of their own: `ip ospf 1 area 0`, `standby 1 ip A`. */
  readonly interfaces?: readonly string[];
  /** The VRF of `router ospf 1 vrf X` and of `address-family ipv4 vrf X`, each of which is a process here. */
  readonly vrf?: string;
  /** Of a process that has a name instead: `address-family ipv4 autonomous-system N`. */
  readonly autonomousSystem?: string;
  /** `version` of RIP; absent: sends 1, hears both. */
  readonly version?: number | null;
  /** Interfaces on which it says nothing: by default all or none, and which ones differ from that. */
  readonly passive?: { readonly byDefault: boolean; readonly except: readonly string[] };
  readonly peerSettings?: readonly PeerSetting[];
  /** `shutdown` under the process: it keeps its configuration, and drops every neighbour. */
  readonly shutdown?: true;
  /** The address that an hsrp, vrrp or glbp group shares. */
  readonly virtualAddress?: Ipv4 | null;
  readonly span: SourceSpan;
}

/** What `neighbor A|GROUP …` says beside making the neighbour: an interface stands behind A itself for EIGRP. */
export interface PeerSetting {
  readonly peer: string;
  readonly kind: 'shutdown' | 'update-source' | 'peer-group' | 'interface' | 'ttl-security';
  readonly value: string;
}

/** Global statements whose effect on packets is stated, not modelled, or which switch a default. */
export interface GlobalSettings {
  readonly ipRouting: boolean;
  readonly ipClassless: boolean;
  readonly defaultGateway: Ipv4 | null;
  /** ICMP unreachables rate limit in milliseconds; IOS default 500. */
  readonly unreachableIntervalMs: number;
  readonly tcpIntercept: {
    readonly list: string;
    readonly mode: 'intercept' | 'watch';
    readonly span: SourceSpan;
  } | null;
  readonly httpServer: boolean | null;
  readonly effects: readonly UnmodelledEffect[];
}

/** How each physical line was accounted for; the three counts add up to `total`. */
export interface LineAccount {
  readonly total: number;
  readonly modelled: number;
  readonly skipped: number;
  readonly diagnosed: number;
  /** Per named family of knowingly skipped statements, its count of lines. */
  readonly skippedFamilies: Readonly<Record<string, number>>;
}

/**
 * A statement that is read and not followed, though it may bear on packets: a policy's action, an entry of an IPv6 list, a
 * route-map's next hop. Nothing that differs only in such statements may count as the same.
 */
export interface Unfollowed {
  /** The headers around it, outermost first; none in global mode. */
  readonly under: readonly string[];
  readonly span: SourceSpan;
  /** It is no line of a configuration: somebody typed it, a `no …` perhaps. */
  readonly typed?: true;
}

/** An IPv6 list or binding: read and named, not modelled yet. */
export interface Ipv6Notice {
  readonly kind: 'list' | 'binding' | 'address';
  readonly name: string;
  readonly interface: string | null;
  readonly span: SourceSpan;
}

export interface IosVersion {
  /** As operator or config states it: `12.1(5)T15` or just `12.1`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly release: number | null;
  readonly train: string | null;
  readonly span: SourceSpan | null;
}

/** Everything of one device's configuration that decides about packets. */
export interface RouterConfig {
  readonly file: string;
  readonly hostname: string | null;
  readonly version: IosVersion | null;
  /** True when the text looks like a piece of a configuration: what it does not show is unknown, not absent. */
  readonly excerpt: boolean;
  readonly acls: ReadonlyMap<string, Acl>;
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly routes: readonly StaticRoute[];
  readonly nat: readonly NatRule[];
  readonly natPools: ReadonlyMap<string, NatPool>;
  readonly objectGroups: ReadonlyMap<string, ObjectGroup>;
  readonly timeRanges: ReadonlyMap<string, TimeRange>;
  readonly lines: readonly TerminalLine[];
  readonly references: readonly AclReference[];
  readonly routing: readonly RoutingProcess[];
  readonly vrfs: ReadonlySet<string>;
  readonly settings: GlobalSettings;
  readonly ipv6: readonly Ipv6Notice[];
  /** In the text's order. */
  readonly unfollowed: readonly Unfollowed[];
  readonly account: LineAccount;
}
