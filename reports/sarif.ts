import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import type { ConfigLine } from '../src/diagnostics/source-span.ts';
import type { Severity } from '../src/model/finding.ts';
import { fingerprint } from './fingerprint.ts';
import { hasOutcomes, OUTCOME_KINDS, type Outcome, type OutcomeReport, outcomesOf } from './outcomes.ts';
import type { ReportFormat } from './report-format.ts';
import { forJson, forSarifMessage, shorten } from './untrusted.ts';

// SARIF 2.1.0 (OASIS): https://docs.oasis-open.org/sarif/sarif/v2.1.0/

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** A relative or `file:` URI reference; whatever a file name holds is percent-encoded. */
export function fileUri(file: string): string {
  const whole = file.replaceAll(/\p{Surrogate}/gu, '\ufffd').replaceAll('\\', '/');
  const encoded = whole.split('/').map(encodeURIComponent).join('/');
  if (whole.startsWith('/')) return `file://${encoded}`;
  return encoded === '' ? '.' : encoded;
}

const physical = (line: ConfigLine) => ({
  physicalLocation: {
    artifactLocation: { uri: fileUri(line.file) },
    region: { startLine: Math.max(1, line.line), snippet: { text: shorten(line.text) } },
  },
});

function locationsOf(o: Outcome, report: OutcomeReport): readonly object[] {
  const named = o.place === null ? {} : { logicalLocations: [{ name: o.place }] };
  if (o.line !== null) return [{ ...physical(o.line), ...named }];
  const { inputs } = report.header;
  // Without a snippet, what a change does stands in the later of its two configurations.
  const input =
    inputs.find((i) => i.role === o.input) ?? inputs.findLast((i) => i.role === 'config') ?? inputs[0];
  if (input === undefined) return [];
  return [
    {
      physicalLocation: { artifactLocation: { uri: fileUri(input.file) } },
      ...named,
    },
  ];
}

/** SARIF has words for what is not a failure: `pass` and `open` (not decided); only `fail` carries a level. */
function kindAndLevel(o: Outcome): object {
  switch (o.result) {
    case 'not-applicable':
      return { kind: 'notApplicable', level: 'none' };
    case 'undetermined':
      return { kind: 'open', level: 'none' };
    case 'fail':
    case 'waived':
    case 'pass':
      return { kind: 'fail', level: LEVEL[o.severity ?? 'high'] };
  }
}

const message = (o: Outcome): string => {
  const place = o.group.includes(' -> ') ? `${o.name}: ` : '';
  return forSarifMessage(`${place}${o.message}${o.mend === null ? '' : `. To do: ${o.mend}`}`);
};

function resultOf(o: Outcome, mark: string, ruleIndex: number, report: OutcomeReport): object {
  return {
    ruleId: o.rule,
    ruleIndex,
    ...kindAndLevel(o),
    message: { text: message(o) },
    locations: locationsOf(o, report),
    ...(o.related.length === 0
      ? {}
      : {
          relatedLocations: o.related.map((l, id) => ({
            id: id + 1,
            ...physical(l),
            message: { text: 'see also' },
          })),
        }),
    partialFingerprints: { 'aclscopeFinding/v1': mark },
    ...(o.waived === null
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: forSarifMessage(`until ${o.waived.until} by ${o.waived.owner}: ${o.waived.why}`),
            },
          ],
        }),
    properties: { severity: o.severity ?? 'none', verdict: o.result },
  };
}

/** Where the schema asks for sets. */
function unique<T extends object>(items: readonly T[]): readonly T[] {
  const byText = new Map(items.map((i) => [JSON.stringify(i), i]));
  return [...byText.values()];
}

const notification = (d: Diagnostic): object => ({
  descriptor: { id: d.code },
  level: d.severity === 'notice' ? 'note' : d.severity,
  message: { text: forSarifMessage(d.mend === undefined ? d.message : `${d.message}; ${d.mend}`) },
  ...(d.span === null ? {} : { locations: [physical(d.span)] }),
});

/** Kinds of findings that are not a rule's, such as a port's verdict, have their name alone. */
function describeRule(id: string, report: OutcomeReport): object {
  const rule = report.rules?.find((r) => r.id === id);
  const title = rule?.title ?? id.replaceAll('-', ' ');
  return {
    id,
    shortDescription: { text: forSarifMessage(title) || 'unnamed' },
    ...(rule === undefined ? {} : { fullDescription: { text: forSarifMessage(rule.rationale) } }),
  };
}

function renderSarif(report: OutcomeReport): string {
  // What passes silently is not a finding; what was found below the threshold still is one.
  const told = outcomesOf(report).filter((o) => o.result !== 'pass' || o.severity !== null);
  const marks = fingerprint(
    told.map((o) => ({ rule: o.rule, acl: o.acl, text: o.line?.text ?? null, more: o.more })),
  );
  const rules = [...new Set(told.map((o) => o.rule))];
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'aclscope',
            version: report.header.toolVersion,
            rules: rules.map((id) => describeRule(id, report)),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            ...(report.header.generated === null ? {} : { endTimeUtc: report.header.generated }),
            toolExecutionNotifications: report.diagnostics.map(notification),
          },
        ],
        artifacts: unique(
          report.header.inputs.map((i) => ({
            location: { uri: fileUri(i.file) },
            hashes: { 'sha-256': i.sha256 },
          })),
        ),
        columnKind: 'utf16CodeUnits',
        results: told.map((o, i) => resultOf(o, marks[i] ?? '', rules.indexOf(o.rule), report)),
      },
    ],
  };
  return `${forJson(JSON.stringify(log, null, 2))}\n`;
}

export const sarifFormat: ReportFormat = {
  id: 'sarif',
  description: 'SARIF 2.1.0 for code hosts; findings keep their identity when lines move',
  extension: 'sarif',
  renders: OUTCOME_KINDS,
  render: (report) => {
    if (!hasOutcomes(report)) throw new Error(`sarif does not render ${report.kind} documents`);
    return { output: renderSarif(report) };
  },
};
