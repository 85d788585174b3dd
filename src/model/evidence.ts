import type { PortSet } from './ports.ts';
import type { PortProtocol } from './site.ts';

/**
 * A probe's outcome. `filtered` is silence, or an ICMP 3/9, 3/10 or 3/13 whose code and sender `icmp` then holds;
 * `unreachable` is an errno or ICMP that does not say why; `unstable` contradicted itself between tries.
 * What a tool could not tell apart (UDP silence, `open|filtered`) is `unobserved`, its `reason` in the tool's words.
 */
export type ObservedState =
  | 'open'
  | 'wrapped'
  | 'closed'
  | 'filtered'
  | 'unreachable'
  | 'unobserved'
  | 'unstable';

export interface IcmpAnswer {
  readonly type: number;
  readonly code: number;
  /** Dotted quad of the sender; null where an imported text names the answer but not who sent it. */
  readonly from: string | null;
}

/** Ports that answered alike. */
export interface Observation {
  readonly ports: PortSet;
  readonly state: ObservedState;
  /** Short, stable: `syn-ack`, `rst`, `icmp`, `timeout`, `eof`, `listed`, or an errno name. */
  readonly reason: string;
  readonly icmp: IcmpAnswer | null;
  /** Reply TTL where the engine sees it. */
  readonly ttl: number | null;
  /** Probes sent per port. */
  readonly tries: number;
  /** Seconds from the first try to the last. */
  readonly spanSeconds: number;
  /** First bytes the service sent, as text with control characters escaped; untrusted. */
  readonly banner: string | null;
  /** Service name as an imported tool printed it; untrusted. */
  readonly service: string | null;
  /** A full handshake confirmed it (open and wrapped are decided by one). */
  readonly confirmed: boolean;
  /** Why it cannot be relied on (no good canary nearby, a block was seen), or null. */
  readonly tainted: string | null;
  /** ISO time of the last try, of several ports the latest; null where the source does not say. */
  readonly at: string | null;
  /** ISO time of the earliest last try of these ports; absent where the source does not say. */
  readonly since?: string | undefined;
}

/** The taint of silence seen from where no canary is possible; another vantage's canary at the same time may lift it. */
export const NO_CANARY = 'no canary from here';

export interface CanaryRecord {
  readonly port: number;
  readonly kind: 'positive' | 'negative';
  /** Handshakes or SYN probes sent and answered as expected. */
  readonly sent: number;
  readonly answered: number;
  readonly ttl: number | null;
  /** ISO times of the first and last good answer. */
  readonly firstGood: string | null;
  readonly lastGood: string | null;
  /** Longest stretch without an answer, seconds. */
  readonly worstGapSeconds: number;
}

export interface TargetEvidence {
  /** The plan's target name; null for imported evidence until `audit` matches `recordedAs`. */
  readonly target: string | null;
  /** Address the packets went to, or that the imported text names. */
  readonly address: string;
  /** Host name the imported text gives, untrusted. */
  readonly hostName: string | null;
  readonly protocol: PortProtocol;
  readonly observations: readonly Observation[];
  readonly canaries: readonly CanaryRecord[];
}

/** A socket that the host itself lists as listening (`netstat -al`, `ss -tln`). */
export interface Listener {
  readonly protocol: PortProtocol;
  /** `*` or an address. */
  readonly address: string;
  readonly port: number;
  readonly process: string | null;
}

/** A session that a host's own log records: proof that this source's packets came through. */
export interface LoggedSession {
  readonly protocol: PortProtocol;
  readonly port: number;
  /** Dotted quad. */
  readonly source: string;
  /** Time as the log writes it. */
  readonly at: string | null;
  /** Line of the log, 1-based. */
  readonly line: number;
}

/** What the router itself says: its counters, its log, and what is bound where. */
export interface RouterEvidence {
  /** From `show access-lists`: matches per entry; `identity` is the entry's, whatever its number. */
  readonly counters: readonly {
    readonly acl: string;
    readonly identity: string;
    readonly text: string;
    readonly hits: number;
  }[];
  /** From IPACCESSLOG messages. */
  readonly logged: readonly {
    readonly list: string;
    readonly action: 'permit' | 'deny';
    readonly protocol: number | null;
    readonly source: string;
    readonly destination: string | null;
    /** 0 where the list did not look at ports. */
    readonly destinationPort: number | null;
    readonly packets: number;
    readonly at: string | null;
    /** Line of the log, 1-based. */
    readonly line: number;
  }[];
  /** From `show ip interface`. */
  readonly interfaces: readonly {
    readonly name: string;
    readonly inbound: string | null;
    readonly outbound: string | null;
  }[];
}

export interface EvidenceOrigin {
  readonly kind: 'scan' | 'import';
  /** `connect`, `syn`, `nmap`, `net-socket` for scans; the format's name for imports (`nmap-xml`, `netstat` …). */
  readonly via: string;
  /** Tool name and version as known, untrusted for imports. */
  readonly tool: string | null;
  readonly command: string | null;
  /** Name of the imported file. */
  readonly file: string | null;
}

/** Where the probes really left from. */
export interface ScannerBox {
  readonly address: string;
  readonly interface: string | null;
  readonly gateway: string | null;
  /** True when the target was on-link, without a router between. */
  readonly onLink: boolean;
  /** `--behind-nat ADDR`: the address that the target sees. */
  readonly behindNat: string | null;
}

export interface SealSignature {
  readonly algorithm: 'ed25519';
  /** DER, base64. */
  readonly publicKey: string;
  /** Base64. */
  readonly value: string;
}

/** Shows whether evidence is as it was written; only a signature shows by whom. */
export interface EvidenceSeal {
  readonly algorithm: 'sha256';
  /** Hashes of the canonical JSON of each part, in order; `chain` hashes the link before it and this part. */
  readonly parts: readonly { readonly name: string; readonly sha256: string; readonly chain: string }[];
  /** Over the last link of the chain. */
  readonly signature: SealSignature | null;
}

export interface Evidence {
  readonly schema: 'aclscope/evidence/1';
  readonly site: string | null;
  readonly vantage: string;
  readonly origin: EvidenceOrigin;
  readonly box: ScannerBox | null;
  /** SHA-256 of the plan's canonical text, hex. */
  readonly planSha256: string | null;
  readonly siteSha256: string | null;
  readonly started: string | null;
  readonly ended: string | null;
  readonly completeness:
    | { readonly kind: 'complete' }
    | { readonly kind: 'incomplete'; readonly reason: string };
  readonly targets: readonly TargetEvidence[];
  /** Host listings of listening sockets; empty for scans. */
  readonly listeners: readonly Listener[];
  /** Sessions that the host's logs record; empty for scans. */
  readonly sessions: readonly LoggedSession[];
  /** The router's own word; absent in scans. */
  readonly router?: RouterEvidence | undefined;
  /** What the engine or importer wants the auditor to know. */
  readonly notes: readonly string[];
  /** Written by `scan`; evidence without one cannot be verified. */
  readonly seal?: EvidenceSeal | undefined;
}
