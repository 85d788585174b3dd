import { AMBIGUOUS, findKeyword, keywords } from './keywords.ts';
import { Failure, type Statement, tell, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

const TYPES = [
  'Ethernet',
  'FastEthernet',
  'GigabitEthernet',
  'TenGigabitEthernet',
  'TwoGigabitEthernet',
  'FiveGigabitEthernet',
  'TwentyFiveGigE',
  'FortyGigabitEthernet',
  'FiftyGigE',
  'HundredGigE',
  'TwoHundredGigE',
  'FourHundredGigE',
  'AppGigabitEthernet',
  'Wlan-GigabitEthernet',
  'Serial',
  'Loopback',
  'Tunnel',
  'Vlan',
  'Port-channel',
  'Multilink',
  'Dialer',
  'BRI',
  'BVI',
  'BDI',
  'ATM',
  'Hssi',
  'POS',
  'TokenRing',
  'Fddi',
  'Null',
  'Virtual-Template',
  'Virtual-Access',
  'Virtual-TokenRing',
  'Virtual-PPP',
  'VirtualPortGroup',
  'NVI',
  'Cellular',
  'Async',
  'Group-Async',
  'MFR',
  'CTunnel',
  'Lex',
  'vasileft',
  'vasiright',
  'LISP',
  'vmi',
  'Dot11Radio',
  'Embedded-Service-Engine',
  'Service-Engine',
  'Integrated-Service-Engine',
  'Analysis-Module',
  'Content-Engine',
  'IDS-Sensor',
  'SM',
  'ucse',
  'Ethernet-Internal',
  'EOBC',
  'Bluetooth',
  'CEM-ACR',
  'CEM',
  'pseudowire',
  'overlay',
  'nve',
  'UnifiedRouting',
  'wlan-ap',
  'wlan-controller',
  'Video',
  'Cable',
  'Wideband-Cable',
  'Modular-Cable',
  'Integrated-Cable',
  'Auto-Template',
] as const;

/** Short forms that IOS itself prints, or that everybody types and that a unique prefix would not settle. */
const SHORT: readonly (readonly [string, string])[] = [
  ['e', 'Ethernet'],
  ['eth', 'Ethernet'],
  ['ethernet', 'Ethernet'],
  ['f', 'FastEthernet'],
  ['fa', 'FastEthernet'],
  ['g', 'GigabitEthernet'],
  ['te', 'TenGigabitEthernet'],
  ['ten', 'TenGigabitEthernet'],
  ['tw', 'TwoGigabitEthernet'],
  ['two', 'TwoGigabitEthernet'],
  ['twe', 'TwentyFiveGigE'],
  ['fi', 'FiveGigabitEthernet'],
  ['five', 'FiveGigabitEthernet'],
  ['fo', 'FortyGigabitEthernet'],
  ['hu', 'HundredGigE'],
  ['s', 'Serial'],
  ['se', 'Serial'],
  ['ser', 'Serial'],
  ['l', 'Loopback'],
  ['t', 'Tunnel'],
  ['v', 'Vlan'],
  ['vl', 'Vlan'],
  ['po', 'Port-channel'],
  ['port-channel', 'Port-channel'],
  ['d', 'Dialer'],
  ['vi', 'Virtual-Access'],
  ['vt', 'Virtual-Template'],
  ['ce', 'Cellular'],
  ['cem', 'CEM'],
  ['lo', 'Loopback'],
  ['at', 'ATM'],
  ['mu', 'Multilink'],
  ['n', 'Null'],
  ['a', 'ATM'],
];

const TABLE = keywords<string>([...TYPES.map((t) => [t.toLowerCase(), t] as const), ...SHORT]);

const LETTERS = /^[A-Za-z][A-Za-z-]*(?:11[A-Za-z]+)?/;
// An inverse-multiplexed group of circuits is `ATM0/IMA0`.
const NUMBER = /^\d+(?:[/.:](?:\d+|ima\d+))*$/i;

/** `Fa 0/0` and `fa0/0` as `FastEthernet0/0`; undefined where the text is no interface name at all. */
export function canonicalInterface(text: string): { name: string; known: boolean } | undefined {
  const letters = LETTERS.exec(text)?.[0];
  if (letters === undefined) return undefined;
  const number = text.slice(letters.length).trimStart();
  if (!NUMBER.test(number)) return undefined;
  const type = findKeyword(TABLE, letters.toLowerCase());
  return type === undefined || type === AMBIGUOUS
    ? { name: letters + number, known: false }
    : { name: type + number, known: true };
}

/** How many words make the interface name at the place: 2 for `FastEthernet 0/0`, 0 where there is none. */
function wordsOfName(s: Statement): { name: string; known: boolean; count: number } | undefined {
  const word = s.words.peek();
  const one = canonicalInterface(word);
  if (one) return { ...one, count: 1 };
  const next = s.words.peek(1);
  if (!startsWithDigit(next)) return undefined;
  const two = canonicalInterface(`${word} ${next}`);
  return two && { ...two, count: 2 };
}

/** The interface at the place, canonical. */
export function readInterfaceName(s: Statement): string | Failure {
  const at = s.words.at;
  const found = wordsOfName(s);
  if (found === undefined) return wrongWord(s.words, 'an interface');
  if (!found.known) {
    const message = `\`${s.words.peek()}\` is not a known interface type`;
    if (s.reading === 'terminal') return new Failure('invalid', message, at);
    tell(s, 'unmodelled-clause', `${message}; its name is kept as written`, at, { severity: 'notice' });
  }
  s.words.at += found.count;
  return found.name;
}

/** More names than this in one range are refused: no device has them, and a typing mistake can name millions. */
const MOST_IN_RANGE = 512;

/** After `interface range`: `Fa0/1 - 4 , Vlan10 - 12 , Gi1/0/1`. */
export function readInterfaceRange(s: Statement): string[] | Failure {
  const { words } = s;
  const at = words.at;
  const text = words.rest();
  words.at = words.count;
  const names: string[] = [];
  for (const part of text.split(',')) {
    const [from = '', to, ...more] = part.split(/\s+-\s*|(?<=\d)-(?=\s*\d)/).map((p) => p.trim());
    const first = canonicalInterface(from);
    if (!first?.known || more.length > 0)
      return new Failure('invalid', `\`${part.trim()}\` is not an interface range`, at);
    if (to === undefined) {
      names.push(first.name);
      continue;
    }
    const stem = /^(.*?)(\d+)$/.exec(first.name);
    const last = /(\d+)$/.exec(to);
    if (!stem || !last) return new Failure('invalid', `\`${part.trim()}\` is not an interface range`, at);
    const low = Number(stem[2]);
    const high = Number(last[1]);
    if (high < low || names.length + high - low >= MOST_IN_RANGE)
      return new Failure(
        'invalid',
        `\`${part.trim()}\` is not a range of up to ${MOST_IN_RANGE} interfaces`,
        at,
      );
    for (let n = low; n <= high; n++) names.push(`${stem[1]}${n}`);
  }
  return names;
}
