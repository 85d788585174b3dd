// biome-ignore-all lint/performance/noBarrelFile: the published entry, aclscope; a package needs one file that names what it offers.
// Each of these is shown at work in docs/library.md, whose examples the tests run. Configurations are read by
// aclscope/cisco-config-parser.

/** A site file: routers, targets, vantages, policy. `(text, file) => { value: Site | null, diagnostics }`. */
export { parseSite } from '../parsers/site.ts';
/** Evidence as `aclscope scan` and `import` write it. `(text, file) => { value: Evidence | undefined, diagnostics }`. */
export { parseEvidence } from '../parsers/evidence.ts';
/** The format of another tool's output (nmap, masscan, netstat …), undefined where it is none that is read. */
export { detectFormat } from '../parsers/evidence-formats.ts';
/** Evidence from what such a format's `parse` gave: seen from a vantage, by the caller's word. */
export { toImportedEvidence } from '../parsers/evidence-parts.ts';

/** Dotted quad to address; undefined for anything else. */
export { parseIpv4 } from './model/address.ts';
/** Address to dotted quad. */
export { formatIpv4 } from './model/address.ts';
/** The pattern of one address. */
export { hostPattern } from './model/address.ts';
/** The pattern of a network: address and prefix length. */
export { prefixPattern } from './model/address.ts';
/** `22, 110, 1024-65535`. */
export { formatRanges } from './model/ports.ts';

/** A box of packets from conditions: addresses, protocol, ports, flags. A set of packets is an array of disjoint boxes. */
export { makeBox } from './headerspace/box.ts';
/** One packet, fields that are not given as an ordinary sender has them. */
export { makePacket } from './model/packet.ts';
/** Packets of both sets. */
export { intersect } from './headerspace/packet-set.ts';
/** Packets of the first set that are not in the second. */
export { subtract } from './headerspace/packet-set.ts';
/** Packets of either set. */
export { union } from './headerspace/packet-set.ts';
/** Whether a set has no packet. */
export { isEmpty } from './headerspace/packet-set.ts';
/** Whether the first set has every packet of the second. */
export { covers } from './headerspace/packet-set.ts';
/** How many packets a set has, exactly (bigint). */
export { countPackets } from './headerspace/packet-set.ts';
/** One packet of a set, as ordinary as the set allows; null for the empty set. */
export { witness } from './headerspace/packet-set.ts';
/** The destination ports of a set's packets, as ranges. */
export { projectDestinationPorts } from './headerspace/packet-set.ts';

/** An access list made ready for questions. A missing list permits everything, as on the device. */
export { compileAcl } from './acl/compile.ts';
/** First match of one packet: verdict, deciding line, and the lines that leave it open. */
export { decidePacket } from './acl/decide.ts';
/** Lines that no packet reaches, each with the lines before it that take its packets. */
export { findDeadAces } from './acl/dead-aces.ts';
/** Exactly the packets that two lists treat differently, as disjoint spaces. */
export { diffAcls } from './acl/diff.ts';

/** Routers joined into one network: their lists compiled, their routes resolved. */
export { buildNetwork } from './router/network.ts';
/** The interface by which packets of a source enter, from connected networks and routes. */
export { findIngress } from './router/ingress.ts';
/** What becomes of packets on their way through the network, and of their replies. */
export { tracePackets } from './router/trace.ts';

/** The first packets of a conversation: an initial SYN or a UDP datagram, from any source port. */
export { requestBox } from './exposure/intended.ts';
/** A vantage of the site as the computation sees it, for one target. */
export { viewerOf } from './exposure/viewer.ts';
/** Reachable, blocked and undetermined ports of a target from a vantage, by configuration alone. */
export { intendedFlow } from './exposure/intended.ts';
/** Intended against observed: flows with verdicts, findings, line coverage, summary. */
export { auditSite } from './exposure/reconcile.ts';
/** What a later audit has new, fixed and unchanged. */
export { compareAudits } from './exposure/history.ts';

/** Dead, contradicted, risky and mistyped lines of a configuration. */
export { lintConfig } from './review/lint.ts';
/** Exactly the packets that two configurations treat differently, binding by binding. */
export { diffConfigs } from './review/semantic-diff.ts';
/** Reviews two whole configurations: packets, new findings, policy, verdict. */
export { reviewConfigs } from './review/review.ts';
/** Reviews a snippet that is about to be pasted, command by command: the same, and the hazards on the way. */
export { reviewChange } from './review/review.ts';

export type { EvidenceFormat, EvidenceParts } from '../parsers/evidence-parts.ts';
export type { Diagnostic, Parsed } from './diagnostics/diagnostic.ts';
export type { ConfigLine, SourceSpan } from './diagnostics/source-span.ts';
export type { AddressPattern, Ipv4 } from './model/address.ts';
export type { Ace, Acl, AclEntry } from './model/access-list.ts';
export type { AuditFinding, AuditFlow, AuditResult, AuditSummary } from './model/audit.ts';
export type { Evidence, Observation, TargetEvidence } from './model/evidence.ts';
export type { Hop, IntendedFlow, Trace } from './model/exposure.ts';
export type { DecidedBy, LintFinding, Severity, Verdict } from './model/finding.ts';
export type { AuditRecord, BaselineComparison } from './model/history.ts';
export type { CommandReader } from './model/command.ts';
export type { Packet } from './model/packet.ts';
export type { PortSet, Ranges } from './model/ports.ts';
export type { ChangedSpace, Hazard, ReviewResult } from './model/review.ts';
export type { Interface, RouterConfig } from './model/router-config.ts';
export type { PolicyRule, PortProtocol, Site, Target, Vantage, Waiver } from './model/site.ts';
export type { Snippet } from './model/snippet.ts';
export type { Box, BoxFields } from './headerspace/box.ts';
export type { PacketSet } from './headerspace/packet-set.ts';
export type { CompiledAcl, CompileEnvironment } from './acl/compile.ts';
export type { DeadAce, DeadAceOptions } from './acl/dead-aces.ts';
export type { AclDiff, DiffOptions as AclDiffOptions } from './acl/diff.ts';
export type { Decision } from './acl/decide.ts';
export type { Ingress } from './router/ingress.ts';
export type { Network, NetworkOptions, Router, RouterText } from './router/network.ts';
export type { FlowOptions, Viewed, Viewer } from './exposure/intended.ts';
export type { AuditInput, EvidenceFile } from './exposure/sightings.ts';
export type { LintOptions } from './review/lint.ts';
export type { ChangeReview, ReviewedConfig, ReviewOptions } from './review/review.ts';
export type { ConfigDiff, DiffOptions as ConfigDiffOptions } from './review/semantic-diff.ts';
