import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { AceAction } from './access-list.ts';
import type { Ipv4 } from './address.ts';

/** What `show ip interface` says of one interface. */
export interface ShownInterface {
  readonly name: string;
  readonly administrativelyDown: boolean;
  readonly lineUp: boolean;
  readonly addresses: readonly {
    readonly address: Ipv4;
    readonly prefixLength: number;
    readonly secondary: boolean;
  }[];
  /** Lists bound in each direction; null: not set. */
  readonly inbound: string | null;
  readonly outbound: string | null;
  readonly commonInbound: string | null;
  readonly commonOutbound: string | null;
  readonly sendsUnreachables: boolean;
  readonly proxyArp: boolean;
  readonly vrf: string | null;
  readonly unnumbered: string | null;
  readonly span: SourceSpan;
}

/** One message of a list with `log`: the first packet of a flow at once, later ones counted every five minutes. */
export interface LoggedPacket {
  readonly list: string;
  readonly action: AceAction;
  /** null where the message names none (standard lists). */
  readonly protocol: number | null;
  readonly source: Ipv4;
  /** 0 also where the list did not need to look at ports. */
  readonly sourcePort: number | null;
  /** Arrival interface and sender's MAC, with `log-input` only. */
  readonly interface: string | null;
  readonly mac: string | null;
  /** null for standard lists. */
  readonly destination: Ipv4 | null;
  readonly destinationPort: number | null;
  readonly icmp: { readonly type: number; readonly code: number } | null;
  readonly igmpType: number | null;
  readonly packets: number;
  /** The cookie or hash of the entry, where the message ends with one. */
  readonly tag: string | null;
  /** The message's own time as written: syslog has no year, and `*` or `.` before it says the clock was not set. */
  readonly at: string | null;
  readonly span: SourceSpan;
}

export interface AccessListLog {
  readonly packets: readonly LoggedPacket[];
  /** Packets that the device says it matched but did not log one by one. */
  readonly missed: number;
}
