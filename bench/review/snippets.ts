import { xorshift } from '../acl/generate.ts';

/** A configuration of one bound list, and what is typed at it. */
export interface BenchCase {
  readonly kind: SnippetKind;
  readonly config: string;
  readonly snippet: string;
}

export const SNIPPET_KINDS = ['append', 'edit', 'rebuild', 'lists', 'swap', 'groups', 'retype'] as const;
export type SnippetKind = (typeof SNIPPET_KINDS)[number];

/** The list of a configuration with one, taken apart. */
interface Parts {
  readonly head: readonly string[];
  readonly name: string;
  readonly lines: readonly string[];
}

function partsOf(config: string): Parts {
  const all = config.split('\n');
  const at = all.findIndex((line) => line.startsWith('ip access-list extended '));
  const name = all[at]?.split(' ').at(-1);
  if (name === undefined) throw new Error('the configuration has no extended list');
  const lines = all.slice(at + 1).filter((line) => /^ (permit|deny) /.test(line));
  return { head: all.slice(0, at), name, lines };
}

const header = (name: string): string => `ip access-list extended ${name}`;

/** The same number of commands for each kind but `retype`, at the same list; the same seed gives the same text. */
export function benchCase(kind: SnippetKind, config: string, commands: number, seed: number): BenchCase {
  const parts = partsOf(config);
  const random = xorshift(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const someLine = (): string => parts.lines[below(parts.lines.length)]!.trim();
  /** A line of the list with another destination port or action, so that it is not there yet. */
  const newLine = (): string => {
    const turned = someLine().replace(/^permit|^deny/, (w) => (w === 'permit' ? 'deny' : 'permit'));
    return / tcp | udp /.test(turned) ? turned.replace(/ eq \d+$/, ` eq ${1 + below(65_000)}`) : turned;
  };
  const build = KINDS[kind];
  return { kind, ...build({ parts, commands, below, newLine, config }) };
}

interface Making {
  readonly parts: Parts;
  readonly config: string;
  readonly commands: number;
  readonly below: (n: number) => number;
  readonly newLine: () => string;
}
type Build = (making: Making) => { readonly config: string; readonly snippet: string };

const times = (count: number, make: (i: number) => readonly string[]): string => {
  const out: string[] = [];
  for (let i = 0; out.length < count; i++) out.push(...make(i));
  return `${out.slice(0, count).join('\n')}\n`;
};

const KINDS: Readonly<Record<SnippetKind, Build>> = {
  /** Behind the catch-all, which is taken out first and put back last. */
  append: ({ parts, config, commands, newLine }) => ({
    config,
    snippet: `${header(parts.name)}\nno deny ip any any\n${times(commands - 3, () => [newLine()])}deny ip any any\n`,
  }),
  edit: ({ parts, config, commands, below, newLine }) => ({
    config,
    snippet: `${header(parts.name)}\n${times(commands - 1, (i) => {
      const place = 10 * (1 + below(parts.lines.length - 1));
      return i % 3 === 2 ? [`no ${place}`] : [`${place + 1 + (i % 9)} ${newLine()}`];
    })}`,
  }),
  rebuild: ({ parts, config, commands }) => ({
    config,
    snippet: `no ip access-list extended ${parts.name}\n${header(parts.name)}\n${parts.lines.slice(0, commands - 2).join('\n')}\n`,
  }),
  /** A new list for each of many interfaces, built and bound. */
  lists: ({ parts, commands, newLine }) => ({
    config: [
      ...parts.head,
      ...Array.from({ length: 40 }, (_, i) => [
        `interface FastEthernet1/${i}`,
        ` ip address 10.9.${i}.1 255.255.255.0`,
        ` ip access-group ${parts.name} out`,
      ]).flat(),
      header(parts.name),
      ...parts.lines,
      'end',
      '',
    ].join('\n'),
    snippet: times(commands, (i) => [
      header(`NEW-${i % 40}`),
      ...Array.from({ length: 8 }, newLine),
      `interface FastEthernet1/${i % 40}`,
      `ip access-group NEW-${i % 40} in`,
    ]),
  }),
  /** Between the list and a copy that differs in a few lines. */
  swap: ({ parts, commands, below, newLine }) => {
    const copy = parts.lines.slice();
    for (let i = 0; i < 10; i++) copy[below(copy.length - 1)] = ` ${newLine()}`;
    return {
      config: [...parts.head, header(parts.name), ...parts.lines, header('COPY'), ...copy, 'end', ''].join(
        '\n',
      ),
      snippet: `interface FastEthernet0/0\n${times(commands - 1, (i) => [
        `ip access-group ${i % 2 === 0 ? 'COPY' : parts.name} in`,
      ])}`,
    };
  },
  /** The whole of a list that is bound, with ten other lines: as many commands as it has lines. */
  retype: ({ parts, config, below, newLine }) => {
    const lines = parts.lines.slice();
    for (let i = 0; i < 10; i++) lines[below(lines.length - 1)] = ` ${newLine()}`;
    return {
      config,
      snippet: `no ip access-list extended ${parts.name}\n${header(parts.name)}\n${lines.join('\n')}\n`,
    };
  },
  groups: ({ parts, commands, below }) => ({
    config: [
      ...parts.head,
      'object-group network SERVERS',
      ...Array.from({ length: 50 }, (_, i) => ` host 10.8.${i}.1`),
      header(parts.name),
      ...parts.lines.map((line, i) =>
        i % 100 === 0
          ? ` permit tcp ${i % 200 ? 'any' : '10.0.0.0 0.255.255.255'} object-group SERVERS eq ${1 + i}`
          : line,
      ),
      'end',
      '',
    ]
      .join('\n')
      .replace(/^version .*/, 'version 15.1'),
    snippet: `object-group network SERVERS\n${times(commands - 1, (i) => [
      i % 2 === 0 ? `host 10.7.${below(250)}.${1 + below(250)}` : `no host 10.8.${(i >> 1) % 50}.1`,
    ])}`,
  }),
};
