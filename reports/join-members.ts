import { parseIpv4 } from '../src/model/address.ts';
import type { AuditFinding, AuditFlow, Because } from '../src/model/audit.ts';
import { labelMembers } from '../src/model/target-names.ts';
import type { AuditReport, NetworkPicture } from './report.ts';

type DrawnTarget = NetworkPicture['targets'][number];

/** Members of one group of which the audit says the same, told as one. */
interface Alike {
  readonly label: string;
  readonly members: readonly DrawnTarget[];
}

/**
 * The audit as people read it: members of a group that fared alike in every flow and finding go under one name. Counts in
 * the summary stay those of single hosts, as does all that programs read.
 */
export function joinMembers(report: AuditReport): AuditReport {
  const { network, result } = report;
  const members = (network?.targets ?? []).filter((t) => t.group !== undefined);
  if (network === null || members.length === 0) return report;
  const alike = membersAlike(members, result.flows, result.findings);
  const labels = new Map<string, string>();
  const told = new Map<string, Alike>();
  for (const one of alike) {
    told.set(one.members[0]!.name, one);
    for (const { name } of one.members) labels.set(name, one.label);
  }
  const keep = <T extends { readonly target: string | null }>(items: readonly T[], relabel: Relabel<T>) =>
    items.flatMap((item) => {
      if (item.target === null || !labels.has(item.target)) return [item];
      const one = told.get(item.target);
      return one === undefined
        ? []
        : [one.members.length === 1 ? item : relabel(item, item.target, one.label)];
    });
  return {
    ...report,
    result: {
      ...result,
      flows: keep(result.flows, relabelFlow),
      findings: keep(result.findings, relabelFinding),
    },
    network: {
      ...network,
      targets: [...network.targets.filter((t) => t.group === undefined), ...alike.map(drawnAs)],
    },
  };
}

function membersAlike(
  members: readonly DrawnTarget[],
  flows: readonly AuditFlow[],
  findings: readonly AuditFinding[],
): readonly Alike[] {
  const said = new Map(members.map((m) => [m.name, [m.group ?? '']]));
  for (const item of [...flows, ...findings])
    if (item.target !== null) said.get(item.target)?.push(withoutName(item, item.target));
  const alike = new Map<string, DrawnTarget[]>();
  const sizes = new Map<string, number>();
  for (const member of members) {
    const key = (said.get(member.name) ?? []).join('\n');
    const known = alike.get(key);
    if (known) known.push(member);
    else alike.set(key, [member]);
    sizes.set(member.group ?? '', (sizes.get(member.group ?? '') ?? 0) + 1);
  }
  return [...alike.values()].map((some) => {
    const group = some[0]!.group ?? '';
    const addresses = some.flatMap((m) => parseIpv4(m.address) ?? []);
    return { label: labelMembers(group, addresses, sizes.get(group) ?? 0), members: some };
  });
}

/** What is said of a member, but for its name, the time of an answer and how often its canary was asked. */
const withoutName = (item: AuditFlow | AuditFinding, name: string): string =>
  JSON.stringify(item, (key, value: unknown) =>
    key === 'at' ? undefined : typeof value === 'string' ? withoutCounts(value).replaceAll(name, '') : value,
  );

const withoutCounts = (text: string): string => text.replace(/ \d+ of \d+ times$/, '');

type Relabel<T> = (item: T, name: string, label: string) => T;

const relabelFlow: Relabel<AuditFlow> = (flow, name, label) => ({
  ...flow,
  target: label,
  message: flow.message.replaceAll(name, label),
  because: flow.because.map((b) => relabelBecause(b, label)),
});

function relabelBecause(b: Because, label: string): Because {
  if (b === null || !('kind' in b)) return b;
  return b.kind === 'observation' ? { ...b, target: label, at: null } : { ...b, text: withoutCounts(b.text) };
}

const relabelFinding: Relabel<AuditFinding> = (finding, name, label) => ({
  ...finding,
  target: label,
  message: finding.message.replaceAll(name, label),
  observations: finding.observations.map((o) => ({ ...o, target: label, at: null })),
});

/** One of them stands for the others in commands that repeat a probe. */
function drawnAs({ label, members }: Alike): DrawnTarget {
  const [first] = members;
  const more = members.length === 1 ? '' : ` and ${members.length - 1} more`;
  return { ...first!, name: label, address: `${first!.address}${more}` };
}
