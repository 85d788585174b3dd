// Prints a config with ten lines of its access list altered as somebody might, which ones depends on SEED:
//   npx tsx bench/acl/alter-lines.ts FILE SEED >NEW.cfg
// Two are taken out, two put in elsewhere with another port, two moved, two turned round, and two have another address.
import { readFileSync } from 'node:fs';
import { xorshift } from './generate.ts';

const [file, seed] = process.argv.slice(2);
const text = readFileSync(file!, 'utf8').split('\n');
const isLine = (line: string): boolean => /^ (permit|deny) /.test(line);
const from = text.findIndex(isLine);
const lines = text.filter(isLine);
const random = xorshift(Number(seed));
const below = (n: number): number => Math.floor(random() * n);

const withPort = (line: string): string => line.replace(/ eq \d+$/, ` eq ${1 + below(60_000)}`);
const turned = (line: string): string =>
  line.startsWith(' permit') ? line.replace('permit', 'deny') : line.replace('deny', 'permit');
const withAddress = (line: string): string =>
  line.replace(
    /(\d+\.\d+)\.(\d+)\.(\d+)/,
    (_, net, third, host) => `${net}.${third ^ (1 + below(255))}.${host}`,
  );

for (const kind of ['out', 'in', 'moved', 'turned', 'address'] as const)
  for (let i = 0; i < 2; i++) {
    const at = below(lines.length);
    const line = lines[at]!;
    if (kind === 'out') lines.splice(at, 1);
    else if (kind === 'in') lines.splice(below(lines.length), 0, withPort(line));
    else if (kind === 'moved') {
      lines.splice(at, 1);
      lines.splice(Math.max(0, at - 200 + below(400)), 0, line);
    } else lines[at] = kind === 'turned' ? turned(line) : withAddress(line);
  }
process.stdout.write(
  [...text.slice(0, from), ...lines, ...text.slice(text.findLastIndex(isLine) + 1)].join('\n'),
);
