import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { AddressPattern } from './address.ts';
import type { PortSet, Ranges } from './ports.ts';

export type AceAction = 'permit' | 'deny';

/** The last sequence number that a list may have: 2^31 - 1. */
export const MAX_SEQUENCE = 2147483647;

export type AddressMatch =
  | { readonly kind: 'pattern'; readonly pattern: AddressPattern }
  | { readonly kind: 'group'; readonly name: string }
  /** IOS resolves a host name once, at entry; in text alone its address is unknown. */
  | { readonly kind: 'hostname'; readonly name: string };

export type PortMatch =
  | {
      readonly kind: 'ports';
      readonly operator: 'eq' | 'neq' | 'lt' | 'gt' | 'range';
      /** Operands as written, for the printer (a reversed range stays reversed here). */
      readonly operands: readonly number[];
      readonly set: PortSet;
    }
  | { readonly kind: 'group'; readonly name: string };

/**
 * A condition on the six TCP flags. `established` is ACK or RST set; bare flags and `match-any` hold when one
 * condition does, `match-all` when all do.
 */
export type TcpFlagMatch =
  | { readonly kind: 'established' }
  | {
      readonly kind: 'any' | 'all';
      /** Bits that must be set / clear. */
      readonly set: number;
      readonly clear: number;
      /** True when written with match-any/match-all (from 12.3(4)T), false for bare flags. */
      readonly explicit: boolean;
    };

export type ProtocolMatch =
  | { readonly kind: 'ip' }
  | { readonly kind: 'number'; readonly number: number }
  /** `permit object-group SERVICES …`: protocol and ports come from the group. */
  | { readonly kind: 'service-group'; readonly name: string };

/** A bit condition on the type-of-service octet: matches when (tos & mask) === value. */
export interface TosMatch {
  readonly kind: 'precedence' | 'tos' | 'dscp';
  readonly mask: number;
  readonly value: number;
}

/** What an ACE asks of a packet, each member absent when the line does not say it. */
export interface AceMatch {
  readonly protocol: ProtocolMatch;
  readonly source: AddressMatch;
  /** Standard lists have none: any. */
  readonly destination: AddressMatch;
  readonly sourcePorts?: PortMatch;
  readonly destinationPorts?: PortMatch;
  /** code null: any code of the type. */
  readonly icmp?: { readonly type: number; readonly code: number | null };
  readonly igmpType?: number;
  readonly tcpFlags?: TcpFlagMatch;
  /** precedence and tos may stand together; dscp stands alone. All must hold. */
  readonly tos?: readonly TosMatch[];
  readonly ttl?: {
    readonly operator: 'eq' | 'neq' | 'lt' | 'gt' | 'range';
    readonly operands: readonly number[];
    readonly set: Ranges;
  };
  /** The IP option's word or number as written; packets' options are not modelled, so it only bounds. */
  readonly option?: string;
  readonly fragments?: boolean;
}

/** Clauses on which a line's effect depends beyond the packet. */
export type AceCondition =
  | { readonly kind: 'time-range'; readonly name: string }
  | { readonly kind: 'reflect'; readonly name: string; readonly timeout: number | null }
  /** `dynamic D`: a template, without effect until somebody logs in. */
  | { readonly kind: 'dynamic'; readonly name: string; readonly timeout: number | null };

/** One line of a list that matches packets. */
export interface Ace {
  readonly kind: 'ace';
  readonly action: AceAction;
  readonly match: AceMatch;
  readonly conditions: readonly AceCondition[];
  readonly log: null | { readonly kind: 'log' | 'log-input'; readonly cookie: string | null };
  /** As written or as the device numbered it; null on a device without sequence numbers. */
  readonly sequence: number | null;
  /** Hit count where the text came from `show access-lists`. */
  readonly hits: number | null;
  readonly span: SourceSpan;
}

/** The object groups that a line names. */
export function groupsNamedBy({ match }: Ace): readonly string[] {
  const { destination, destinationPorts, protocol, source, sourcePorts } = match;
  const names: string[] = [];
  if (protocol.kind === 'service-group') names.push(protocol.name);
  if (source.kind === 'group') names.push(source.name);
  if (destination.kind === 'group') names.push(destination.name);
  if (sourcePorts?.kind === 'group') names.push(sourcePorts.name);
  if (destinationPorts?.kind === 'group') names.push(destinationPorts.name);
  return names;
}

/** A line inside a list that the parser could not read: it may match any packet, and may permit or deny. */
export interface UnparsedAce {
  readonly kind: 'unparsed';
  /** Known when the first word could be read. */
  readonly action: AceAction | null;
  readonly sequence: number | null;
  readonly reason: string;
  readonly span: SourceSpan;
}

/** `evaluate R`: the temporary mirror entries of a reflexive list; nothing unsolicited matches. */
export interface EvaluateEntry {
  readonly kind: 'evaluate';
  readonly name: string;
  readonly sequence: number | null;
  readonly span: SourceSpan;
}

export interface Remark {
  readonly kind: 'remark';
  readonly text: string;
  readonly sequence: number | null;
  readonly span: SourceSpan;
}

export type AclEntry = Ace | UnparsedAce | EvaluateEntry | Remark;

export type AclKind = 'standard' | 'extended';

/** An ordered IPv4 access list. First match wins; an implicit deny follows iff there is at least one ACE. */
export interface Acl {
  readonly name: string;
  readonly kind: AclKind;
  /** In the device's order. */
  readonly entries: readonly AclEntry[];
  /** The header, or the first numbered line. */
  readonly span: SourceSpan;
}

/** The entries that take part in matching. */
export type MatchingEntry = Exclude<AclEntry, Remark>;
export const matchingEntries = (acl: Acl): readonly MatchingEntry[] =>
  acl.entries.filter((e): e is MatchingEntry => e.kind !== 'remark');

/** An entry for one source address: a standard list looks these up before its ranges. */
export const isHostEntry = (entry: AclEntry): boolean =>
  entry.kind === 'ace' && entry.match.source.kind === 'pattern' && entry.match.source.pattern.wildcard === 0;
