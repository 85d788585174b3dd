import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import type { ConfigLine } from '../src/diagnostics/source-span.ts';
import type { AuditResult } from '../src/model/audit.ts';
import type { ChecklistResult } from '../src/model/checklist.ts';
import type { IntendedFlow, Trace } from '../src/model/exposure.ts';
import type { LintFinding, RuleText, Severity } from '../src/model/finding.ts';
import type { BaselineComparison, HistoryResult } from '../src/model/history.ts';
import type { PortSet } from '../src/model/ports.ts';
import type { ReviewResult } from '../src/model/review.ts';
import type { Direction, LineAccount } from '../src/model/router-config.ts';
import type { PortProtocol } from '../src/model/site.ts';

/** A file the report rests on, with the hash that lets its reader check that it is the same file. */
export interface ReportInput {
  readonly role: 'config' | 'site' | 'snippet' | 'evidence' | 'plan';
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
}

export interface ReportHeader {
  readonly title: string;
  readonly toolVersion: string;
  /** ISO time, from the caller's clock; null leaves it out, so that equal inputs give equal bytes. */
  readonly generated: string | null;
  readonly inputs: readonly ReportInput[];
}

interface ReportFrame {
  readonly header: ReportHeader;
  readonly diagnostics: readonly Diagnostic[];
  readonly assumptions: readonly string[];
  /** The rules behind the findings, for formats that explain them. */
  readonly rules?: readonly RuleText[];
}

export interface LintReport extends ReportFrame {
  readonly kind: 'lint';
  readonly findings: readonly LintFinding[];
  /** Findings this grave or graver make the verdict `fail`. */
  readonly floor: Severity;
  /** Where the lines of the configurations went, when that was asked for. */
  readonly account?: LineAccount;
}

/** The packet that was asked about, as the user put it. */
export interface ExplainedPacket {
  readonly source: string;
  /** null: the protocol has none. */
  readonly sourcePorts: PortSet | null;
  readonly destination: string;
  readonly destinationPort: number | null;
  /** `tcp`, `udp`, `icmp` or a number. */
  readonly protocol: string;
  /** Further conditions in words: `syn`, `type 8 code 0`, `non-initial fragment`. */
  readonly condition: string | null;
}

export interface ExplainReport extends ReportFrame {
  readonly kind: 'explain';
  readonly packet: ExplainedPacket;
  readonly trace: Trace;
}

export interface IntendedReport extends ReportFrame {
  readonly kind: 'intended';
  readonly flows: readonly IntendedFlow[];
}

export interface ReviewReport extends ReportFrame {
  readonly kind: 'review';
  readonly result: ReviewResult;
  readonly floor: Severity;
}

/** A router's interface as the drawing shows it. */
export interface DrawnInterface {
  readonly name: string;
  /** `192.168.1.126/24`, or without a length where the text gives none. */
  readonly addresses: readonly string[];
  readonly shutdown: boolean;
  readonly bindings: readonly { readonly direction: Direction; readonly acl: string }[];
}

/** What a drawing of the site and the commands beside it need, and nothing more. */
export interface NetworkPicture {
  /** The site file, as it was named. */
  readonly siteFile: string;
  readonly routers: readonly {
    readonly name: string;
    readonly file: string;
    readonly interfaces: readonly DrawnInterface[];
  }[];
  readonly segments: readonly { readonly name: string; readonly network: string }[];
  readonly targets: readonly {
    readonly name: string;
    readonly address: string;
    readonly segment: string | null;
    /** The target of several hosts that this is one of; absent: it stands alone. */
    readonly group?: string | undefined;
    /** Vantage → the address by which it reaches this one, where address translation gives it another than its own. */
    readonly reachedAs?: Readonly<Record<string, string>> | undefined;
  }[];
  readonly vantages: readonly {
    readonly name: string;
    readonly address: string;
    readonly enters: { readonly router: string; readonly interface: string } | null;
    readonly segment: string | null;
  }[];
}

/** One access list as it is shown, every entry in the device's order. */
export interface QuotedList {
  readonly acl: string;
  readonly router: string | null;
  /** `FastEthernet0/0 in`; empty: bound nowhere. */
  readonly boundTo: readonly string[];
  readonly entries: readonly {
    readonly kind: 'ace' | 'unparsed' | 'evaluate' | 'remark';
    readonly action: 'permit' | 'deny' | null;
    readonly line: ConfigLine;
    /** Matches that `show access-lists` counted; null: not known. */
    readonly hits: number | null;
  }[];
}

export interface AuditReport extends ReportFrame {
  readonly kind: 'audit';
  readonly result: AuditResult;
  /** null: the formats that draw leave the drawing out. */
  readonly network: NetworkPicture | null;
  readonly lists: readonly QuotedList[];
  readonly comparison: BaselineComparison | null;
}

export interface ChecklistReport extends ReportFrame {
  readonly kind: 'checklist';
  readonly result: ChecklistResult;
}

export interface HistoryReport extends ReportFrame {
  readonly kind: 'history';
  readonly result: HistoryResult;
}

/** The one value that every format renders. */
export type Report =
  | LintReport
  | ExplainReport
  | IntendedReport
  | ReviewReport
  | AuditReport
  | ChecklistReport
  | HistoryReport;

export type ReportKind = Report['kind'];

export const REPORT_KINDS: readonly ReportKind[] = [
  'lint',
  'explain',
  'intended',
  'review',
  'audit',
  'checklist',
  'history',
];

/** One vantage × target × protocol: the key by which flows are grouped everywhere. */
export interface FlowKey {
  readonly vantage: string;
  readonly target: string;
  readonly protocol: PortProtocol;
}
