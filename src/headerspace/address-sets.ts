import { type AddressPattern, freeBits, patternKey, toAddressPattern } from '../model/address.ts';
import type { Box } from './box.ts';
import { groupAlike } from './merge-boxes.ts';

/** Boxes alike in all but their addresses: each of the sources with each of the destinations. */
export interface AddressSets {
  /** One of them; the rest is read from it. */
  readonly box: Box;
  /** Disjoint, in order of addresses; never empty. */
  readonly sources: readonly AddressPattern[];
  readonly destinations: readonly AddressPattern[];
}

/** The boxes, one for each source and destination. */
export const boxesOf = ({ box, sources, destinations }: AddressSets): readonly Box[] =>
  sources.flatMap((source) => destinations.map((destination) => ({ ...box, source, destination })));

/**
 * Disjoint boxes joined where they share all but their addresses: first the destinations of each source, then the
 * sources that have the same destinations. The products are disjoint and together the same packets.
 */
export function joinByAddresses(boxes: readonly Box[]): readonly AddressSets[] {
  // Most of thousands of pairs of lines have one box.
  if (boxes.length === 1)
    return boxes.map((box) => ({ box, sources: [box.source], destinations: [box.destination] }));
  const bySource = groupAlike(boxes, 'destination').map((alike) => {
    const destinations = inOrder(alike.map((box) => box.destination));
    return { box: alike[0]!, destinations, key: destinations.map(patternKey).join(' ') };
  });
  const known = new Map(bySource.map((group) => [group.box, group.destinations]));
  return groupAlike(
    bySource.map((group) => group.box),
    'source',
    { but: 'destination', labels: bySource.map((group) => group.key) },
  ).map((alike) => ({
    box: alike[0]!,
    sources: inOrder(alike.map((box) => box.source)),
    destinations: known.get(alike[0]!)!,
  }));
}

export const inOrder = (patterns: readonly AddressPattern[]): readonly AddressPattern[] =>
  [...patterns].sort((a, b) => a.address - b.address || a.wildcard - b.wildcard);

/** The least pattern that holds all of these. */
export function hullOf(patterns: readonly AddressPattern[]): AddressPattern {
  const first = patterns[0]!;
  let free: number = first.wildcard;
  for (const { address, wildcard } of patterns) free |= wildcard | (address ^ first.address);
  return toAddressPattern(first.address, free);
}

/** How many addresses disjoint patterns hold. */
export const countOf = (patterns: readonly AddressPattern[]): bigint =>
  patterns.reduce((sum, pattern) => sum + (1n << BigInt(freeBits(pattern))), 0n);
