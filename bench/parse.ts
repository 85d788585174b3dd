// How fast a configuration is read, and whether the time grows with its size alone: npx tsx bench/parse.ts
import { parseConfig } from '../parsers/cisco-ios/parse-config.ts';
import { REMOVAL_KINDS, removalTexts } from './parse/removals.ts';

const SIZES = [1_000, 10_000, 100_000];
const ROUNDS = 5;

/** A configuration in a real one's proportions: mostly entries, in numbered and named lists, with their frame. */
function generateConfig(lines: number): string {
  let state = 20_040_501;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const address = (): string => `10.${next(256)}.${next(256)}.${next(256)}`;
  const out = ['version 12.4', 'hostname bench', '!'];
  for (let i = 0; out.length < lines / 10; i++)
    out.push(
      `interface FastEthernet${i >> 4}/${i & 15}`,
      ` description link ${i}`,
      ` ip address 10.${i >> 8}.${i & 255}.1 255.255.255.0`,
      ` ip access-group ${100 + (i % 100)} in`,
      ' duplex auto',
      '!',
    );
  for (let i = 0; out.length < lines / 5; i++)
    out.push(`ip route 172.${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255} 255.255.255.255 ${address()}`);
  while (out.length < lines * 0.6)
    out.push(
      `access-list ${100 + next(100)} ${next(4) === 0 ? 'deny  ' : 'permit'} tcp ${address()} 0.0.0.255 host ${address()} eq ${next(1024)}`,
    );
  out.push('ip access-list extended LONG');
  const tails = ['eq www', 'range 1024 65535', 'established', 'eq domain log', 'gt 1023', ''];
  while (out.length < lines - 1)
    out.push(
      ` ${next(4) === 0 ? 'deny  ' : 'permit'} tcp any host ${address()} ${tails[next(tails.length)]}`.trimEnd(),
    );
  out.push('end');
  return `${out.join('\n')}\n`;
}

const seconds: number[] = [];
for (const size of SIZES) {
  const text = generateConfig(size);
  let best = Number.POSITIVE_INFINITY;
  let held = 0;
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const start = performance.now();
    const { value, diagnostics } = parseConfig(text, 'bench.cfg');
    best = Math.min(best, (performance.now() - start) / 1000);
    globalThis.gc?.();
    held = Math.max(held, process.memoryUsage().heapUsed - before);
    if (value.account.total !== size || diagnostics.length > 0)
      throw new Error(`read ${value.account.total} of ${size} lines, ${diagnostics.length} diagnostics`);
  }
  seconds.push(best);
  const rate = Math.round(size / best).toLocaleString('en');
  console.log(
    `${size.toLocaleString('en').padStart(8)} lines: ${(best * 1000).toFixed(1).padStart(7)} ms, ${rate.padStart(9)} lines/s, ${(held / 2 ** 20).toFixed(1).padStart(6)} MB`,
  );
}
const exponent =
  Math.log((seconds.at(-1) ?? 1) / (seconds[0] ?? 1)) / Math.log((SIZES.at(-1) ?? 1) / (SIZES[0] ?? 1));
console.log(`time grows with size to the power ${exponent.toFixed(2)} (1 is linear)`);

const REMOVALS = [5_000, 10_000, 20_000, 40_000];

/** User CPU in milliseconds, the least of some rounds. */
function readingTime(text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    const start = process.cpuUsage();
    parseConfig(text, 'bench.cfg');
    best = Math.min(best, process.cpuUsage(start).user / 1000);
  }
  return best;
}

console.log(
  `\n${'rows added, then taken out'.padEnd(28)}${REMOVALS.map((n) => `${n.toLocaleString('en')} ms`.padStart(11)).join('')}   × as many added   power`,
);
for (const kind of REMOVAL_KINDS) {
  const times = REMOVALS.map((count) => readingTime(removalTexts(kind, count).undo));
  const most = REMOVALS.at(-1)!;
  const ratio = times.at(-1)! / readingTime(removalTexts(kind, most).add);
  const power = Math.log(times.at(-1)! / times[0]!) / Math.log(most / REMOVALS[0]!);
  console.log(
    `${kind.title.padEnd(28)}${times.map((t) => t.toFixed(0).padStart(11)).join('')}${ratio.toFixed(2).padStart(18)}${power.toFixed(2).padStart(8)}`,
  );
}
