import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { type CompiledAcl, compileAcl } from '../../src/acl/compile.ts';
import { type Decision, decidePacket } from '../../src/acl/decide.ts';
import { formatIpv4, parseIpv4 } from '../../src/model/address.ts';
import type { Packet } from '../../src/model/packet.ts';
import { ipv4Octets, type WirePacket } from './differential/ipv4-octets.ts';
import { askKernel, type KernelAnswer, RECEIVER, requireKernelFilter } from './differential/kernel-filter.ts';
import type { Line } from './differential/lines.ts';
import { NEAR_MISSES } from './differential/near-misses.ts';
import { seededRandom } from './differential/random.ts';
import { packetNear, randomList } from './differential/random-lists.ts';
import { type ListWrittenTwice, type WrittenConfig, writeConfig } from './differential/written-twice.ts';

const SEED = Number(process.env.ACLSCOPE_DIFFERENTIAL_SEED ?? 1);
const LISTS = 24;
const PACKETS_PER_LIST = 250;
const SHOWN = 10;

interface Judged {
  readonly verdict: string;
  readonly line: number | null;
}

/** One list as the product reads it, asked in the terms in which the kernel answers. */
interface Reading {
  readonly list: ListWrittenTwice;
  readonly judge: (packet: Packet) => Judged;
}

describe("per-packet decisions against the kernel's own filter", function () {
  this.timeout(120_000);

  const random = seededRandom(SEED);
  const lists = Array.from({ length: LISTS }, (_, i) => randomList(random, i));
  const randomWires = lists.flatMap((list) =>
    Array.from({ length: PACKETS_PER_LIST }, () => packetNear(random, list)),
  );
  const nearWires = NEAR_MISSES.flatMap(({ packets }) => packets.map(([, wire]) => wire));
  const wires: readonly WirePacket[] = [...nearWires, ...randomWires, ...toReceiver()];
  const everyList: readonly ListWrittenTwice[] = [...NEAR_MISSES, ...lists];
  let readings: readonly Reading[];
  let kernel: KernelAnswer;

  before(async function () {
    requireKernelFilter(this);
    readings = (['12.1', '15.2'] as const).flatMap((version) =>
      readLists(
        writeConfig(version, everyList),
        everyList.filter((list) => list.version === version),
      ),
    );
    kernel = await askKernel(
      everyList,
      wires.map((wire, i) => ipv4Octets(wire, i + 1)),
    );
  });

  it('is asked with packets that an IP stack takes for sound', () => {
    const { counters } = kernel;
    expect(counters.IpInHdrErrors, 'bad IP headers').to.equal(0);
    for (const [protocol, taken] of [
      ['Tcp', 'InSegs'],
      ['Udp', 'NoPorts'],
      ['Icmp', 'InMsgs'],
    ] as const) {
      expect(counters[`${protocol}${taken}`], `${protocol} ${taken}`).to.be.at.least(10);
      expect(counters[`${protocol}InCsumErrors`], `${protocol} checksums`).to.equal(0);
    }
  });

  describe('near misses', () => {
    let first = 0;
    for (const { title, name, packets } of NEAR_MISSES) {
      const start = first;
      first += packets.length;
      it(title, () => {
        const reading = readings.find(({ list }) => list.name === name)!;
        packets.forEach(([what, wire, verdict, line], i) => {
          expect(kernel.decisions.get(name)![start + i], `the kernel on ${what}`).to.deep.equal({
            verdict,
            line,
          });
          expect(reading.judge(wire.packet), `decidePacket on ${what}`).to.deep.equal({ verdict, line });
        });
      });
    }
  });

  it(`decides as the kernel does, by the same line: ${LISTS} random lists (seed ${SEED})`, () => {
    const disagreements: string[] = [];
    const tally = { comparisons: 0, permit: 0, deny: 0, implicit: 0, later: 0 };
    for (const { list, judge } of readings) {
      const decisions = kernel.decisions.get(list.name)!;
      wires.forEach((wire, i) => {
        const theirs = decisions[i]!;
        const ours = judge(wire.packet);
        tally.comparisons++;
        tally[theirs.verdict]++;
        if (theirs.line === null) tally.implicit++;
        if (wire.packet.nonInitialFragment) tally.later++;
        if (ours.verdict !== theirs.verdict || ours.line !== theirs.line)
          disagreements.push(describeDisagreement(list, wire, ours, theirs));
      });
    }
    const { comparisons, permit, deny, implicit, later } = tally;
    console.log(
      `      ${comparisons} comparisons: ${readings.length} lists × ${wires.length} packets; ` +
        `the kernel permitted ${permit} and denied ${deny} (${implicit} by the end of a list), ${later} of later fragments`,
    );
    expect(disagreements.slice(0, SHOWN).join('\n'), `${disagreements.length} disagreements`).to.equal('');
    expect(comparisons).to.equal(everyList.length * wires.length);
  });

  it('met enough of every kind to mean something', () => {
    const met = { lines: 0, deciding: 0, byLines: 0, permit: 0, deny: 0, lookedAside: 0 };
    lists.forEach(({ name, said }, n) => {
      const decisions = kernel.decisions.get(name)!;
      const deciders = new Set(decisions.map((d) => d.line));
      met.lines += said.length;
      met.deciding += said.filter((_, i) => deciders.has(i)).length;
      decisions.forEach(({ line, verdict }, i) => {
        const own = i - nearWires.length - n * PACKETS_PER_LIST;
        if (line !== null && own >= 0 && own < PACKETS_PER_LIST) {
          met.byLines++;
          met[verdict]++;
        }
        if (line !== null && asksLayer4(said[line]!) && wires[i]!.packet.nonInitialFragment) {
          expect(verdict, 'of a later fragment by a line that looks at layer 4').to.equal('permit');
          met.lookedAside++;
        }
      });
    });
    const { lines, deciding, byLines, permit, deny, lookedAside } = met;
    console.log(
      `      ${deciding} of ${lines} random lines decided a packet; of ${LISTS * PACKETS_PER_LIST} packets made for their list, ` +
        `lines permitted ${permit} and denied ${deny}; ${lookedAside} later fragments passed by a layer-4 permit`,
    );
    expect(deciding / lines, 'share of lines that decide a packet').to.be.above(0.6);
    expect(byLines / (LISTS * PACKETS_PER_LIST), 'share of packets that meet a line').to.be.above(0.5);
    expect(Math.min(permit, deny) / byLines, 'share of the rarer verdict').to.be.above(0.2);
    expect(lookedAside).to.be.above(100);
  });
});

const asksLayer4 = ({ sourcePorts, destinationPorts, icmp, flags }: Line): boolean =>
  (sourcePorts ?? destinationPorts ?? icmp ?? flags) !== undefined;

/** Reads the text whole and gives its lists; whatever the parser has to say against a line fails the test. */
function readLists(config: WrittenConfig, lists: readonly ListWrittenTwice[]): readonly Reading[] {
  const { value, diagnostics } = parseConfig(config.text, `${config.version}.cfg`);
  const errors = diagnostics
    .filter((d) => d.severity === 'error')
    .map((d) => `${d.span?.text}: ${d.message}`);
  expect(errors, 'lines that were not read').to.deep.equal([]);
  const { objectGroups, timeRanges } = value;
  return lists.map((list) => {
    const acl = value.acls.get(list.name);
    expect(
      acl?.entries.map((entry) => entry.kind),
      list.name,
    ).to.deep.equal(list.lines.map(() => 'ace'));
    const compiled = compileAcl(acl, { objectGroups, timeRanges, clock: null });
    const firstLine = config.firstLine.get(list.name)!;
    return { list, judge: (packet) => judge(compiled, packet, firstLine) };
  });
}

function judge(compiled: CompiledAcl, packet: Packet, firstLine: number): Judged {
  const { verdict, decidedBy }: Decision = decidePacket(compiled, packet);
  const line = decidedBy === null || decidedBy === 'implicit-deny' ? null : decidedBy.span.line - firstLine;
  return { verdict, line };
}

/** Packets that reach the receiving end's own stack, which checks what the filter does not. */
function toReceiver(): readonly WirePacket[] {
  const random = seededRandom(SEED + 1);
  const [source, destination] = [parseIpv4('203.0.113.77')!, parseIpv4(RECEIVER)!];
  const blank = { moreFragments: false, fragmentOffset: 0, optionWords: 0 };
  const fields = { source, destination, igmpType: 0, nonInitialFragment: false, tosByte: 0, ttl: 64 };
  return [6, 17, 1].flatMap((protocol) =>
    Array.from({ length: 20 }, () => ({
      ...blank,
      packet: {
        ...fields,
        protocol,
        sourcePort: random.between(1024, 65535),
        destinationPort: random.between(1, 1023),
        icmpType: random.pick([0, 8, 13]),
        icmpCode: 0,
        tcpFlags: random.between(0, 63),
      },
    })),
  );
}

function describeDisagreement(
  list: ListWrittenTwice,
  wire: WirePacket,
  ours: Judged,
  theirs: Judged,
): string {
  const { source, destination, ...rest } = wire.packet;
  const say = ({ verdict, line }: Judged): string =>
    `${verdict} by ${line === null ? 'the end of the list' : `"${list.lines[line]?.ios}"`}`;
  const packet = JSON.stringify({ from: formatIpv4(source), to: formatIpv4(destination), ...rest });
  return `list ${list.name}, ${packet}: decidePacket says ${say(ours)}, the kernel ${say(theirs)}`;
}
