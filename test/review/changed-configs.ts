import fc from 'fast-check';

/** Two configurations of one router, the second after some edits; every shape that rules speak about. */
export interface ChangedConfig {
  readonly before: string;
  readonly after: string;
}

// Few values that nest, cross and repeat, so that edits touch other lines.
const ADDRESSES = [
  'any',
  'any',
  'host 192.0.2.35',
  '192.0.2.0 0.0.0.255',
  '192.0.2.0 0.0.0.254',
  '192.0.0.0 0.0.255.255',
  '10.0.0.0 0.255.255.255',
  '10.0.1.0 0.255.0.255',
  '0.0.0.0 127.255.255.255',
  '128.0.0.0 127.255.255.255',
  '198.51.100.0 255.255.255.0',
  '0.0.0.255 255.255.255.0',
  'object-group HOSTS',
];
const PORTS = ['', '', ' eq 22', ' range 20 25', ' gt 1023', ' neq 53', ' eq 80'];

const address = fc.constantFrom(...ADDRESSES);
const ports = fc.constantFrom(...PORTS);
const action = fc.constantFrom('permit', 'permit', 'deny');

const body: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(address, address, fc.constantFrom('', '', '', ' fragments', ' dscp ef'))
    .map(([s, d, end]) => `ip ${s} ${d}${end}`),
  fc
    .tuple(
      fc.constantFrom('tcp', 'tcp', 'udp'),
      address,
      fc.constantFrom('', '', ' eq 53'),
      address,
      ports,
      fc.boolean(),
    )
    .map(
      ([p, s, from, d, to, answers]) =>
        `${p} ${s}${from} ${d}${to}${p === 'tcp' && answers ? ' established' : ''}`,
    ),
  fc.tuple(address, address).map(([s, d]) => `object-group SERVICES ${s} ${d}`),
  fc
    .tuple(address, address, fc.constantFrom('', '', ' echo', ' packet-too-big', ' redirect'))
    .map(([s, d, type]) => `icmp ${s} ${d}${type}`),
);

const line: fc.Arbitrary<string> = fc
  .tuple(action, body, fc.constantFrom('', '', '', '', ' log', ' time-range NIGHT'))
  .map(([a, b, end]) => `${a} ${b}${end}`);

const lineOrOther: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: line },
  {
    weight: 1,
    arbitrary: fc.constantFrom('remark servers', 'evaluate SESSIONS', 'permit tcp any any eq nonsense'),
  },
);

type Edit = readonly [
  kind: 'delete' | 'flip' | 'move' | 'insert' | 'copy' | 'say otherwise',
  at: number,
  to: number,
  line: string,
];

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.constantFrom('delete', 'flip', 'move', 'insert', 'insert', 'copy', 'say otherwise'),
  fc.nat(1000),
  fc.nat(1000),
  lineOrOther,
);

function applyEdits(list: readonly string[], edits: readonly Edit[]): readonly string[] {
  const lines = [...list];
  for (const [kind, at, to, text] of edits) {
    const i = at % (lines.length || 1);
    const old = lines[i] ?? text;
    const j = to % (lines.length || 1);
    if (kind === 'delete') lines.splice(i, 1);
    else if (kind === 'flip')
      lines[i] = old.replace(/^(permit|deny)/, (a) => (a === 'permit' ? 'deny' : 'permit'));
    else if (kind === 'move') lines.splice(j, 0, ...lines.splice(i, 1));
    else if (kind === 'insert') lines.splice(i, 0, text);
    else if (kind === 'copy') lines.splice(j, 0, old);
    else
      lines[i] = old
        .replace(/^(permit|deny) /, '$1  ')
        .replace(/ log$| time-range NIGHT$|(?<=\d|y)$/, ' log');
  }
  return lines;
}

interface Device {
  readonly bindings: readonly string[];
  readonly nat: boolean;
  readonly terminal: string;
  readonly version: string;
  readonly numbered: boolean;
}

const device: fc.Arbitrary<Device> = fc.record({
  // Rules about answers follow every line from one list to another: dear, so that few routers have two on a path.
  bindings: fc.oneof(
    { weight: 6, arbitrary: fc.constant(['OUT in', '', '']) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ['OUT in', '', 'LAN in'],
        ['OUT in', 'LAN out', ''],
        ['OUT in', 'OUT out', ''],
      ),
    },
  ),
  nat: fc.nat(5).map((n) => n === 0),
  terminal: fc.constantFrom('', ' access-class LAN in', ' access-class OUT in'),
  version: fc.constantFrom('12.1', '12.4', '15.1'),
  numbered: fc.boolean(),
});

/** By their headers, the members of object groups. */
type Groups = Readonly<Record<string, readonly string[]>>;

const GROUPS: Groups = {
  'network HOSTS': ['host 192.0.2.36', '198.51.100.0 255.255.255.192'],
  'service SERVICES': ['tcp eq 22', 'icmp echo', 'icmp timestamp-request'],
};

function write(
  parts: Device,
  lists: Readonly<Record<string, readonly string[]>>,
  step: number,
  groups: Groups = GROUPS,
): string {
  const [inward, outward, lan] = parts.bindings.map((b) => (b ? [` ip access-group ${b}`] : []));
  return [
    `version ${parts.version}`,
    'hostname gw',
    ...Object.entries(groups).flatMap(([name, members]) => [
      `object-group ${name}`,
      ...members.map((member) => ` ${member}`),
    ]),
    'time-range NIGHT',
    ' periodic daily 20:00 to 23:00',
    'interface FastEthernet0/0',
    ' ip address 203.0.113.1 255.255.255.0',
    ...(parts.nat ? [' ip nat outside'] : []),
    ...inward!,
    ...outward!,
    'interface FastEthernet0/1',
    ' ip address 192.0.2.1 255.255.255.0',
    ...(parts.nat ? [' ip nat inside'] : []),
    ...lan!,
    ...(parts.nat ? ['ip nat inside source static tcp 192.0.2.35 80 203.0.113.10 80'] : []),
    'ip route 0.0.0.0 0.0.0.0 203.0.113.254',
    ...Object.entries(lists).flatMap(([name, lines]) => [
      `ip access-list extended ${name}`,
      ...lines.map((text, i) => (parts.numbered ? ` ${step * (i + 1)} ${text}` : ` ${text}`)),
    ]),
    'line vty 0 4',
    ...(parts.terminal ? [parts.terminal] : []),
    ' login',
    'end',
    '',
  ].join('\n');
}

export const changedConfig: fc.Arbitrary<ChangedConfig> = fc
  .record({
    parts: device,
    out: fc.array(lineOrOther, { minLength: 8, maxLength: 30, size: 'max' }),
    lan: fc.array(line, { minLength: 1, maxLength: 6 }),
    edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
    others: fc.array(edit, { maxLength: 1 }),
    /** The changed list comes under another name. */
    renames: fc.nat(9).map((n) => n === 0),
    step: fc.constantFrom(10, 10, 5),
  })
  .map(({ parts, out, lan, edits, others, renames, step }) => {
    const after = write(parts, { OUT: applyEdits(out, edits), LAN: applyEdits(lan, others) }, step);
    return {
      before: write(parts, { OUT: out, LAN: lan }, 10),
      after: renames ? after.replaceAll('OUT', 'OUT-NEW') : after,
    };
  });

/** What members each group may have; some hold others, and no configuration has all of the groups. */
const MEMBERS: Groups = {
  'network HOSTS': [
    'host 192.0.2.35',
    'host 192.0.2.36',
    '192.0.2.0 255.255.255.128',
    '198.51.100.0 255.255.255.192',
    'range 10.0.0.5 10.0.0.12',
    'group-object INNER',
    'host nonsense',
  ],
  'network INNER': ['host 192.0.2.35', '10.0.0.0 255.0.0.0', 'group-object SPARE'],
  'network SPARE': ['host 192.0.2.99', '0.0.0.0 0.0.0.0', 'group-object INNER'],
  'service SERVICES': ['tcp eq 22', 'tcp range 20 25', 'udp eq 53', 'icmp echo', 'tcp', 'group-object MORE'],
  'service MORE': ['tcp eq 80', 'icmp', 'udp source gt 1023 range 53 69'],
};

const someGroups: fc.Arbitrary<Groups> = fc
  .tuple(
    ...Object.entries(MEMBERS).map(([name, members]) =>
      fc.option(
        fc.subarray([...members]).map((some) => [name, some] as const),
        { freq: 6 },
      ),
    ),
  )
  .map((groups) => Object.fromEntries(groups.filter((group) => group !== null)));

/** Takes a member in or out, or a whole group. */
type GroupEdit = readonly [at: number, member: number, whole: boolean];

const groupEdit: fc.Arbitrary<GroupEdit> = fc.tuple(
  fc.nat(1000),
  fc.nat(1000),
  fc.nat(5).map((n) => n === 0),
);

function applyGroupEdits(groups: Groups, edits: readonly GroupEdit[]): Groups {
  const all: Record<string, readonly string[]> = { ...groups };
  for (const [at, which, whole] of edits) {
    const [name, possible] = Object.entries(MEMBERS)[at % Object.keys(MEMBERS).length]!;
    const members = all[name];
    const member = possible[which % possible.length]!;
    if (members === undefined) all[name] = [member];
    else if (whole) delete all[name];
    else
      all[name] = members.includes(member)
        ? members.filter((other) => other !== member)
        : [...members, member];
  }
  return all;
}

/** Lines that name this or that group, of which some may not be defined, among others. */
const lineOfGroups: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: line },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        action,
        fc.constantFrom('ip', 'tcp', 'object-group SERVICES', 'object-group MORE'),
        fc.constantFrom('HOSTS', 'INNER', 'SPARE'),
        address,
        ports,
        fc.boolean(),
      )
      .map(([a, protocol, group, other, to, turned]) => {
        const ends = [`object-group ${group}`, other];
        return `${a} ${protocol} ${(turned ? ends.reverse() : ends).join(' ')}${protocol === 'tcp' ? to : ''}`;
      }),
  },
);

/** The same with edits of object groups, which lines of both lists name, and hardly any of the lists themselves. */
export const changedGroups: fc.Arbitrary<ChangedConfig> = fc
  .record({
    parts: device,
    out: fc.array(lineOfGroups, { minLength: 12, maxLength: 40, size: 'max' }),
    lan: fc.array(lineOfGroups, { minLength: 1, maxLength: 6 }),
    groups: someGroups,
    edits: fc.array(groupEdit, { minLength: 1, maxLength: 3 }),
    others: fc.array(edit, { maxLength: 1 }),
  })
  .map(({ parts, out, lan, groups, edits, others }) => ({
    before: write(parts, { OUT: out, LAN: lan }, 10, groups),
    after: write(parts, { OUT: applyEdits(out, others), LAN: lan }, 10, applyGroupEdits(groups, edits)),
  }));
