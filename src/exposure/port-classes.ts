import type { PortSet } from '../model/ports.ts';

/** One label per port, 0–65535. */
export type PortLabels = Uint32Array;

/** Ports of set n bear the label n + 1, the last set winning where several hold a port; other ports bear 0. */
export function labelPorts(sets: Iterable<PortSet>): PortLabels {
  const labels = new Uint32Array(65536);
  let label = 0;
  for (const set of sets) {
    label++;
    for (const [lo, hi] of set) labels.fill(label, lo, hi + 1);
  }
  return labels;
}

/**
 * The ports 1–65535 in classes: two ports share one exactly when every labelling gives them the same label, so that
 * what depends on the labels alone is worked out once a class instead of once a port. Ordered by their lowest port.
 */
export function classifyPorts(labellings: Iterable<PortLabels>): readonly PortSet[] {
  const classOf = new Uint32Array(65536);
  for (const labels of labellings) refine(classOf, labels);
  const classes = new Map<number, [number, number][]>();
  for (let port = 1; port <= 65535; port++) {
    const ranges = classes.get(classOf[port]!);
    const last = ranges?.at(-1);
    if (!ranges) classes.set(classOf[port]!, [[port, port]]);
    else if (last && last[1] === port - 1) last[1] = port;
    else ranges.push([port, port]);
  }
  return [...classes.values()];
}

function refine(classOf: Uint32Array, labels: PortLabels): void {
  const known = new Map<number, number>();
  for (let port = 1; port <= 65535; port++) {
    const key = classOf[port]! * 2 ** 32 + labels[port]!;
    let id = known.get(key);
    if (id === undefined) {
      id = known.size;
      known.set(key, id);
    }
    classOf[port] = id;
  }
}
