import type { ObservedState } from '../../src/model/evidence.ts';
import type { PortSet } from '../../src/model/ports.ts';

/** What the map knows of one port, in the order in which it must not be missed: later ones win a shared place. */
const MAP_STATES = [
  'untouched',
  'waiting',
  'filtered',
  'closed',
  'unobserved',
  'unreachable',
  'unstable',
  'wrapped',
  'open',
  'differs',
] as const;
export type MapState = (typeof MAP_STATES)[number];

const CHUNK = 256;
const CHUNKS = 65536 / CHUNK;

/**
 * The state of 65,536 ports as a value. Ports are kept in chunks, and a change copies only the chunks it touches:
 * a scan tells of each port by itself, and copying 64 KiB each time would cost gigabytes.
 */
export interface PortMap {
  readonly chunks: readonly Uint8Array[];
  /** Ports per state, by the state's place in `MAP_STATES`. */
  readonly counts: readonly number[];
}

/** Set on a port that a finding names: it shows as soon as the port is observed, and until the answer is withdrawn. */
const DIFFERS = 0x80;
const OBSERVED_FROM = 2;

/** What a stored byte shows as. */
const shown = (byte: number): number => {
  const code = byte & ~DIFFERS;
  return (byte & DIFFERS) !== 0 && code >= OBSERVED_FROM ? MAP_STATES.length - 1 : code;
};

const EMPTY_CHUNK = new Uint8Array(CHUNK);

export const EMPTY_MAP: PortMap = {
  chunks: new Array<Uint8Array>(CHUNKS).fill(EMPTY_CHUNK),
  counts: MAP_STATES.map((_, i) => (i === 0 ? 65536 : 0)),
};

const codeOf = (state: MapState): number => MAP_STATES.indexOf(state);

function setPorts(map: PortMap, ports: PortSet, next: (byte: number) => number): PortMap {
  const chunks = [...map.chunks];
  const counts = [...map.counts];
  const own = new Set<number>();
  for (const [lo, hi] of ports) {
    for (let port = lo; port <= hi; port++) {
      const at = port >> 8;
      if (!own.has(at)) {
        chunks[at] = Uint8Array.from(chunks[at] ?? EMPTY_CHUNK);
        own.add(at);
      }
      const chunk = chunks[at] as Uint8Array;
      const before = chunk[port & 255] ?? 0;
      const after = next(before);
      chunk[port & 255] = after;
      const [was, is] = [shown(before), shown(after)];
      if (was === is) continue;
      counts[was] = (counts[was] ?? 0) - 1;
      counts[is] = (counts[is] ?? 0) + 1;
    }
  }
  return { chunks, counts };
}

export const markWaiting = (map: PortMap, ports: PortSet): PortMap =>
  setPorts(map, ports, () => codeOf('waiting'));

export const markObserved = (map: PortMap, ports: PortSet, state: ObservedState): PortMap =>
  setPorts(map, ports, (byte) => (byte & DIFFERS) | codeOf(state));

/** Marks ports that a finding names. */
export const markDiffering = (map: PortMap, ports: PortSet): PortMap =>
  setPorts(map, ports, (byte) => byte | DIFFERS);

/** Takes all those marks back. */
export const unmarkDiffering = (map: PortMap): PortMap =>
  setPorts(map, [[0, 65535]], (byte) => byte & ~DIFFERS);

export const countState = (map: PortMap, state: MapState): number => map.counts[codeOf(state)] ?? 0;

export const stateOf = (map: PortMap, port: number): MapState =>
  MAP_STATES[shown(map.chunks[port >> 8]?.[port & 255] ?? 0)] ?? 'untouched';

/** Ports in a state, at most `most` of them, ascending. */
export function portsIn(map: PortMap, state: MapState, most: number): readonly number[] {
  const code = codeOf(state);
  const found: number[] = [];
  map.chunks.forEach((chunk, i) => {
    if (found.length >= most || chunk === EMPTY_CHUNK) return;
    chunk.forEach((c, k) => {
      if (shown(c) === code && found.length < most) found.push(i * CHUNK + k);
    });
  });
  return found;
}

/** Half of the places for the well-known ports, a third for the registered ones, the rest for the dynamic ones. */
export function boundary(place: number, places: number): number {
  const half = Math.floor(places / 2);
  const rest = Math.floor((places * 85) / 100);
  if (place <= half) return Math.floor((place * 1024) / Math.max(1, half));
  if (place <= rest) return 1024 + Math.floor(((place - half) * 48128) / Math.max(1, rest - half));
  return 49152 + Math.floor(((place - rest) * 16384) / Math.max(1, places - rest));
}

/** The map as `places` characters' worth of states: each shows the state that must not be missed of its ports. */
export function sampleMap(map: PortMap, places: number): readonly MapState[] {
  return Array.from({ length: places }, (_, i) => {
    const first = boundary(i, places);
    const end = Math.max(first + 1, boundary(i + 1, places));
    let most = 0;
    let waiting = false;
    for (let port = first; port < end && port < 65536; port++) {
      const code = shown(map.chunks[port >> 8]?.[port & 255] ?? 0);
      if (code === 1) waiting = true;
      if (code > most) most = code;
    }
    // A place whose ports are not all answered yet fills in only when they are, unless one of them stands out.
    return MAP_STATES[waiting && most < codeOf('unreachable') ? 1 : most] ?? 'untouched';
  });
}
