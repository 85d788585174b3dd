import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import type {
  Evidence,
  Listener,
  LoggedSession,
  RouterEvidence,
  TargetEvidence,
} from '../src/model/evidence.ts';

/** What a foreign tool's output holds, before anyone says from which vantage it was seen. */
export interface EvidenceParts {
  readonly targets: readonly TargetEvidence[];
  readonly listeners: readonly Listener[];
  /** Sessions that a host's log records; left out by formats that hold none. */
  readonly sessions?: readonly LoggedSession[];
  /** What a router says of itself; left out by formats that hold none. */
  readonly router?: RouterEvidence;
  /** Tool name and version as the text claims. */
  readonly tool: string | null;
  readonly command: string | null;
  /** ISO; without a zone where the text names none. */
  readonly started: string | null;
  readonly ended: string | null;
  readonly completeness: Evidence['completeness'];
  readonly notes: readonly string[];
}

/** One foreign format that `import` reads. */
export interface EvidenceFormat {
  readonly id: string;
  readonly description: string;
  /** A first line that is recognised. */
  readonly example: string;
  readonly recognises: (text: string) => boolean;
  readonly parse: (
    text: string,
    file: string,
  ) => { readonly value: EvidenceParts; readonly diagnostics: readonly Diagnostic[] };
}

/** Imported evidence as the audit reads it: seen from `vantage`, by the user's word. */
export const toImportedEvidence = (
  parts: EvidenceParts,
  from: {
    readonly format: string;
    readonly file: string;
    readonly vantage: string;
    readonly site: string | null;
  },
): Evidence => ({
  schema: 'aclscope/evidence/1',
  site: from.site,
  vantage: from.vantage,
  origin: { kind: 'import', via: from.format, tool: parts.tool, command: parts.command, file: from.file },
  box: null,
  planSha256: null,
  siteSha256: null,
  started: parts.started,
  ended: parts.ended,
  completeness: parts.completeness,
  targets: parts.targets,
  listeners: parts.listeners,
  sessions: parts.sessions ?? [],
  ...(parts.router === undefined ? {} : { router: parts.router }),
  notes: parts.notes,
});
