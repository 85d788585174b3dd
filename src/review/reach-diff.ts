import { type Box, boxDestinationPorts, boxSource, makeBox } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import { disjoint, subtract } from '../headerspace/packet-set.ts';
import { type AddressPattern, formatPattern } from '../model/address.ts';
import type { IntendedFlow, SourceExposure } from '../model/exposure.ts';
import { TCP } from '../model/packet.ts';
import { intersectRanges, type PortSet, subtractRanges, unionRanges } from '../model/ports.ts';
import type { ChangedReach } from '../model/review.ts';

/** What makes flows of two configurations the same. */
export const flowKey = (flow: IntendedFlow): string => `${flow.vantage}\n${flow.target}\n${flow.protocol}`;

/** Ports gained and lost per vantage, target and protocol; flows that fare as before are left out. */
export function diffReach(
  before: readonly IntendedFlow[],
  after: readonly IntendedFlow[],
): readonly ChangedReach[] {
  const old = new Map(before.map((flow) => [flowKey(flow), flow]));
  return after.flatMap((flow): readonly ChangedReach[] => {
    const was = old.get(flowKey(flow));
    if (!was) return [];
    const stays = intersectRanges(flow.reachable, was.reachable);
    const undetermined = unionRanges(
      apart(flow.undetermined, was.undetermined),
      intersectRanges(stays, apart(flow.strays, was.strays)),
    );
    const gained = intersectRanges(flow.reachable, was.blocked);
    const lost = intersectRanges(flow.blocked, was.reachable);
    const partial = diffPartial(was, flow, unionRanges(gained, lost));
    if (gained.length + lost.length + undetermined.length + partial.length === 0) return [];
    const { vantage, target, protocol } = flow;
    return [{ vantage, target, protocol, gained, lost, undetermined, partial }];
  });
}

const apart = (a: PortSet, b: PortSet): PortSet => unionRanges(subtractRanges(a, b), subtractRanges(b, a));

/** What parts of the vantage's sources gain or lose beside the address that probes. */
function diffPartial(before: IntendedFlow, after: IntendedFlow, told: PortSet): ChangedReach['partial'] {
  const [was, is] = [before.bySource ?? [], after.bySource ?? []];
  const rows = new Map<string, { gained: PortSet; lost: PortSet }>();
  const add = (
    boxes: readonly Box[],
    to: (row: { gained: PortSet; lost: PortSet }, ports: PortSet) => void,
  ) => {
    for (const box of boxes) {
      const source = formatPattern(boxSource(box));
      const row = rows.get(source) ?? { gained: [], lost: [] };
      to(row, subtractRanges(boxDestinationPorts(box), told));
      rows.set(source, row);
    }
  };
  add(surelyBeside(is, was), (row, ports) => {
    row.gained = unionRanges(row.gained, ports);
  });
  add(surelyBeside(was, is), (row, ports) => {
    row.lost = unionRanges(row.lost, ports);
  });
  const alike = new Map<string, { sources: string[]; gained: PortSet; lost: PortSet }>();
  for (const [source, row] of rows) {
    if (row.gained.length + row.lost.length === 0) continue;
    const key = JSON.stringify(row);
    const known = alike.get(key);
    if (known) known.sources.push(source);
    else alike.set(key, { sources: [source], ...row });
  }
  return [...alike.values()];
}

/** What the first surely reach and the second surely do not: boxes of sources and ports, neighbours joined. */
function surelyBeside(some: readonly SourceExposure[], others: readonly SourceExposure[]): readonly Box[] {
  const known = new Set(others.flatMap((row) => row.sources.map((source) => sourceKey(source, row.ports))));
  const odd = some
    .filter((row) => row.verdict === 'permit')
    .flatMap((row) =>
      row.sources.filter((s) => !known.has(sourceKey(s, row.ports))).map((s) => boxOf(s, row.ports)),
    );
  if (odd.length === 0) return [];
  const cuts = others.flatMap((row) => row.sources.map((source) => boxOf(source, row.ports)));
  return mergeBoxes(disjoint(subtract(odd, cuts)));
}

const sourceKey = (source: AddressPattern, ports: PortSet): string =>
  `${formatPattern(source)} ${JSON.stringify(ports)}`;

const boxOf = (source: AddressPattern, ports: PortSet): Box =>
  makeBox({ protocol: TCP, source, destinationPorts: ports });
