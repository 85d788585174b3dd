/** Source ports above the system's own, by purpose: canaries, the rapid canary, all other probes. */
const CANARIES = [61_000, 61_127] as const;
const RAPID = [61_128, 61_999] as const;
const PROBES = [62_000, 65_535] as const;

/** All of them: what a raw socket listens to. */
export const OWN_PORTS = [CANARIES[0], PROBES[1]] as const;

const take = ([lo, hi]: readonly [number, number], n: number): number => lo + (n % (hi - lo + 1));

/** Another one for every canary. */
export const canaryPort = (attempt: number): number => take(CANARIES, attempt);

/** Rapid canaries under way at most: one port each. */
export const RAPID_PLACES = RAPID[1] - RAPID[0] + 1;
export const rapidPort = (place: number): number => take(RAPID, place);
export const placeOfRapid = (port: number): number => port - RAPID[0];

/** Another one for every try: what a try left behind at the other side must not meet the next one. */
export const probePort = (port: number, attempt: number): number => take(PROBES, port * 7 + attempt * 997);

export const isProbePort = (port: number): boolean => port >= PROBES[0];
export const isCanaryPort = (port: number): boolean => port <= CANARIES[1];
