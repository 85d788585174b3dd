import {
  hasOutcomes,
  OUTCOME_KINDS,
  type Outcome,
  type OutcomeReport,
  outcomesOf,
  verdictLine,
} from './outcomes.ts';
import type { ReportFormat } from './report-format.ts';
import { forXml } from './untrusted.ts';

// The dialect that Jenkins and GitLab read: failure where a flow differs, error where nothing could be said,
// skipped where a difference is accepted.

const where = (o: Outcome): string =>
  o.line === null ? '' : `${o.line.file}:${o.line.line}: ${o.line.text.trim()}`;

const details = (o: Outcome): string =>
  [o.message, where(o), ...o.related.map((l) => `${l.file}:${l.line}: ${l.text.trim()}`), o.mend ?? '']
    .filter((s) => s !== '')
    .map(forXml)
    .join('\n');

function inner(o: Outcome): string {
  const attributes = `message="${forXml(o.message)}" type="${forXml(o.severity === null ? o.rule : `${o.severity} ${o.rule}`)}"`;
  switch (o.result) {
    case 'fail':
      return `<failure ${attributes}>${details(o)}</failure>`;
    case 'undetermined':
      return `<error ${attributes}>${details(o)}</error>`;
    case 'waived': {
      const why =
        o.waived === null ? 'waived' : `waived until ${o.waived.until} by ${o.waived.owner}: ${o.waived.why}`;
      return `<skipped message="${forXml(why)}"/>`;
    }
    case 'not-applicable':
      return `<skipped message="${forXml(`not applicable: ${o.message}`)}"/>`;
    case 'pass':
      return o.severity === null ? '' : `<system-out>${details(o)}</system-out>`;
  }
}

function testcase(o: Outcome, kind: string): string {
  const file = o.line === null ? '' : ` file="${forXml(o.line.file)}" line="${o.line.line}"`;
  const head = `    <testcase classname="${forXml(`aclscope.${kind}.${o.group}`)}" name="${forXml(o.name)}"${file}`;
  const content = inner(o);
  return content === '' ? `${head}/>` : `${head}>\n      ${content}\n    </testcase>`;
}

const counts = (outcomes: readonly Outcome[]): string => {
  const of = (...results: readonly Outcome['result'][]): number =>
    outcomes.filter((o) => results.includes(o.result)).length;
  return `tests="${outcomes.length}" failures="${of('fail')}" errors="${of('undetermined')}" skipped="${of('waived', 'not-applicable')}"`;
};

function renderJunit(report: OutcomeReport): string {
  const found = outcomesOf(report);
  const all: readonly Outcome[] = found.length > 0 ? found : [nothingFound(report)];
  const groups = new Map<string, Outcome[]>();
  for (const o of all) {
    const group = groups.get(o.group);
    if (group) group.push(o);
    else groups.set(o.group, [o]);
  }
  const stamp = report.header.generated === null ? '' : ` timestamp="${forXml(report.header.generated)}"`;
  const total = counts(all).replace(/ skipped="\d+"/, '');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${forXml(report.header.title)}" ${total}>`,
    ...[...groups].flatMap(([name, outcomes]) => [
      `  <testsuite name="${forXml(name)}" ${counts(outcomes)}${stamp}>`,
      ...outcomes.map((o) => testcase(o, report.kind)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

/** Documents whose emptiness is no good news. */
const ofNothing = (report: OutcomeReport): boolean => report.kind === 'audit' || report.kind === 'checklist';

/** A CI that finds no test case calls the file broken: a clean report is one passed case; an audit of nothing is not. */
const nothingFound = (report: OutcomeReport): Outcome => ({
  group: report.kind,
  rule: report.kind,
  name: verdictLine(report),
  message: ofNothing(report) ? 'nothing was audited' : '',
  result: ofNothing(report) ? 'undetermined' : 'pass',
  severity: null,
  acl: null,
  line: null,
  related: [],
  mend: null,
  input: 'config',
  place: null,
  more: [],
  waived: null,
});

export const junitFormat: ReportFormat = {
  id: 'junit',
  description: 'JUnit XML for CI: a test case per flow, finding or hazard',
  extension: 'xml',
  renders: OUTCOME_KINDS,
  render: (report) => {
    if (!hasOutcomes(report)) throw new Error(`junit does not render ${report.kind} documents`);
    return { output: renderJunit(report) };
  },
};
