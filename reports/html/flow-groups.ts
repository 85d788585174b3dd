import type { AuditFlow } from '../../src/model/audit.ts';
import type { FlowKey } from '../report.ts';

export interface FlowGroup extends FlowKey {
  readonly flows: readonly AuditFlow[];
}

/** Flows by vantage × target × protocol, in the order in which they come. */
export function groupFlows(flows: readonly AuditFlow[]): readonly FlowGroup[] {
  const groups = new Map<string, AuditFlow[]>();
  for (const f of flows) {
    const key = JSON.stringify([f.vantage, f.target, f.protocol]);
    const group = groups.get(key);
    if (group) group.push(f);
    else groups.set(key, [f]);
  }
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    return first === undefined
      ? []
      : [{ vantage: first.vantage, target: first.target, protocol: first.protocol, flows: list }];
  });
}
