/** IGMP types as IOS numbers them, 0–15: the low half of the type octet. */
export const IGMP_NAMES: readonly (readonly [name: string, type: number])[] = [
  ['host-query', 1],
  ['host-report', 2],
  ['dvmrp', 3],
  ['pim', 4],
  ['trace', 5],
];

export const IGMP_NAME_OF: ReadonlyMap<number, string> = new Map(IGMP_NAMES.map(([n, t]) => [t, n]));
