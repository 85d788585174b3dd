/** IGMP types as IOS numbers them, 0–15: the low half of the type octet. */
export const IGMP_NAMES: readonly (readonly [name: string, type: number])[] = [
  ['host-query', 1],
  ['host-report', 2],
  ['dvmrp', 3],
  ['pim', 4],
  ['trace', 5],
];

/** Names that IOS-XE gives to further types, and to one of the same. */
export const LATE_IGMP_NAMES: readonly (readonly [name: string, type: number])[] = [
  ['v1host-report', 2],
  ['v2host-report', 6],
  ['v2leave-group', 7],
  ['mtrace-resp', 14],
  ['mtrace-route', 15],
];

export const IGMP_NAME_OF: ReadonlyMap<number, string> = new Map(IGMP_NAMES.map(([n, t]) => [t, n]));
