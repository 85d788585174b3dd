import * as z from 'zod';
import { type ConfigLine, toConfigLine } from '../../diagnostics/source-span.ts';
import { patternContains } from '../../model/address.ts';
import type { AuditFlow } from '../../model/audit.ts';
import type { Statement } from '../../model/checklist.ts';
import {
  formatRanges,
  intersectRanges,
  type PortSet,
  subtractRanges,
  unionRanges,
} from '../../model/ports.ts';
import { pushAll } from '../../model/push-all.ts';
import type { PolicyRule, Site, Vantage } from '../../model/site.ts';
import { targetsNamed } from '../../model/target-names.ts';
import { evidenceOf, isSeen } from '../audit-flows.ts';
import { type CheckContext, defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, note } from '../statement.ts';

export const writtenPolicy = defineCheck({
  id: 'written-policy',
  description:
    'A policy is written (the site file), confirmed, kept, and every rule of it is checked by some evidence.',
  parameters: z.strictObject({}),
  judge: (context) => {
    const { site, audit } = context;
    if (site === null) return [breaks('no policy is written: there is no site file')];
    const evidence = [`site:${site.file}`];
    if (site.policy.length === 0) return [breaks('the site file holds no policy rule', { evidence })];
    const statements: Statement[] = [
      holds(`${site.file} holds ${site.policy.length} policy rules`, { evidence }),
    ];
    const drafts = site.policy.filter((r) => r.unconfirmed);
    if (drafts.length > 0) {
      const lines = drafts.map((r) => toConfigLine(r.span));
      statements.push(doubt(`${drafts.length} rules are drafts that nobody confirmed`, { evidence, lines }));
    }
    if (audit === null) return [...statements, missing('no audit shows whether the rules are kept')];
    return [
      ...statements,
      ...keptStatements(context),
      ...site.policy.map((r) => verifiedStatement(context, site, r)),
    ];
  },
});

/** Where packets or the router's configuration contradict the policy. */
function keptStatements({ audit, site }: CheckContext): readonly Statement[] {
  const against = audit!.flows.filter((f) => f.policy !== null && f.verdict === 'fail');
  const statements = against.map((f) =>
    breaks(
      `not kept: ${f.vantage} -> ${f.target} ${f.protocol}/${formatRanges(f.ports).slice(0, 80)}: ${f.message}`,
      {
        evidence: evidenceOf([f]),
      },
    ),
  );
  const contradictions = audit!.findings.filter(
    (f) => f.kind === 'policy-contradicts-config' && f.waived === null,
  );
  for (const f of contradictions) {
    statements.push(
      breaks(`the router contradicts it: ${f.message}`, { lines: f.line === null ? [] : [f.line] }),
    );
  }
  const waived = audit!.flows.filter((f) => f.policy !== null && f.verdict === 'waived');
  if (waived.length > 0) statements.push(note(`${waived.length} flows against it are accepted by waivers`));
  if (statements.length === 0) {
    statements.push(holds('no observation contradicts it', { evidence: [`site:${site!.file}`] }));
  }
  return statements;
}

function speaksFor(site: Site, rule: PolicyRule, vantage: Vantage): boolean {
  switch (rule.from.kind) {
    case 'any':
      return true;
    case 'vantage':
      return rule.from.name === vantage.name;
    case 'segment':
      return vantage.segment === rule.from.name;
    case 'target':
      return targetsNamed(site, rule.from.name).some((t) => t.address === vantage.address);
    case 'network': {
      const { pattern } = rule.from;
      return patternContains(pattern, vantage.address);
    }
  }
}

/** Whether some evidence looked at every port of a rule from a place for which it speaks. */
function verifiedStatement({ audit }: CheckContext, site: Site, rule: PolicyRule): Statement {
  const line: ConfigLine = toConfigLine(rule.span);
  const vantages = [...site.vantages.values()].filter((v) => speaksFor(site, rule, v)).map((v) => v.name);
  const unverified: string[] = [];
  const used: AuditFlow[] = [];
  for (const protocol of ['tcp', 'udp'] as const) {
    const ports: PortSet = protocol === 'tcp' ? unionRanges(rule.tcp, rule.wrapped) : rule.udp;
    const flows = audit!.flows.filter(
      (f) =>
        f.protocol === protocol &&
        vantages.includes(f.vantage) &&
        (rule.to.kind === 'any' || (rule.to.kind === 'target' ? rule.to.name === f.target : true)) &&
        intersectRanges(f.ports, ports).length > 0,
    );
    const seen = flows.filter(isSeen);
    pushAll(used, seen);
    const left = subtractRanges(
      ports,
      seen.reduce<PortSet>((all, f) => unionRanges(all, f.ports), []),
    );
    if (left.length > 0) unverified.push(`${protocol}/${formatRanges(left).slice(0, 80)}`);
  }
  const name = `line ${line.line} (${rule.why || line.text.trim()})`;
  return unverified.length > 0
    ? doubt(
        `nothing verifies ${name}: ${enumerate(unverified)} not looked at from ${enumerate(vantages) || 'any vantage'}`,
        { lines: [line] },
      )
    : holds(`${name} is verified by evidence`, { lines: [line], evidence: evidenceOf(used) });
}
