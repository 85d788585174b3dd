const at = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;

/** Lines that add rows of one kind, then as many that take rows out or renumber them. */
export interface RemovalKind {
  readonly title: string;
  readonly header: string;
  add(i: number): string;
  /** Of `count` rows in all. */
  remove(i: number, count: number): string;
}

const undone = (title: string, header: string, add: (i: number) => string): RemovalKind => ({
  title,
  header,
  add,
  remove: (i) => add(i).replace(/([^\n]*)$/, 'no $1'),
});

const LIST = 'ip access-list extended T';
const entry = (i: number): string => `permit tcp host ${at(i)} any eq www`;

export const REMOVAL_KINDS: readonly RemovalKind[] = [
  undone('members of a group', 'object-group network G', (i) => `host ${at(i)}`),
  undone('services of a group', 'object-group service G', (i) => `tcp source eq ${i % 60_000} gt ${i >> 4}`),
  undone('groups', '!', (i) => `object-group network G${i}`),
  undone('groups emptied', '!', (i) => `object-group network G${i}\nhost ${at(i)}`),
  undone('routes of one prefix', '!', (i) => `ip route 192.0.2.0 255.255.255.0 ${at(i)}`),
  undone('routes of many prefixes', '!', (i) => `ip route ${at(i)} 255.255.255.255 192.0.2.1`),
  undone('secondary addresses', 'interface Vlan1', (i) => `ip address ${at(i)} 255.255.255.0 secondary`),
  undone('effects of an interface', 'interface Vlan1', (i) => `ip inspect N${i} in`),
  undone('interfaces of a process', '!', (i) => `interface Vlan${i}\nip ospf 1 area 0`),
  undone('networks of a process', 'router ospf 1', (i) => `network ${at(i)} 0.0.0.0 area 0`),
  undone('neighbours of a process', 'router bgp 1', (i) => `neighbor ${at(i)} remote-as 64500`),
  undone(
    'entries of a time range',
    'time-range T',
    (i) => `periodic daily ${Math.floor(i / 60) % 24}:${i % 60} to ${Math.floor(i / 1440) % 24}:59`,
  ),
  undone('ranges of a pool', 'ip nat pool P prefix-length 8', (i) => `address ${at(i)} ${at(i)}`),
  undone('translations', '!', (i) => `ip nat inside source static ${at(i)} 192.0.2.${i % 250}`),
  undone('entries by what they say', LIST, entry),
  { title: 'entries by number', header: LIST, add: entry, remove: (i) => `no ${10 * (i + 1)}` },
  {
    title: 'entries from the last',
    header: LIST,
    add: (i) => `${i + 1} ${entry(i)}`,
    remove: (i, count) => `no ${count - i}`,
  },
  {
    title: 'a list renumbered',
    header: LIST,
    add: entry,
    remove: (i) => `ip access-list resequence T 10 ${1 + (i % 9)}`,
  },
  {
    title: 'renumbered, then inserted',
    header: LIST,
    add: entry,
    remove: (i) => `ip access-list resequence T 10 10\n${LIST}\n15 permit udp host ${at(i)} any`,
  },
  {
    title: 'renumbered, then removed',
    header: LIST,
    add: entry,
    remove: () => `ip access-list resequence T 10 10\n${LIST}\nno 10`,
  },
];

/** The whole text, and one of the same length whose second half adds rows, too. */
export function removalTexts(
  kind: RemovalKind,
  count: number,
): { readonly undo: string; readonly add: string } {
  const first = Array.from({ length: count }, (_, i) => kind.add(i));
  const undo = first.map((_, i) => kind.remove(i, count));
  const width = undo[0]!.split('\n').length / first[0]!.split('\n').length;
  const more = Array.from({ length: Math.round(count * width) }, (_, i) => kind.add(count + i));
  const text = (second: readonly string[]): string =>
    ['version 15.2', kind.header, ...first, '!', kind.header, ...second].join('\n');
  return { undo: text(undo), add: text(more) };
}
