import { expect } from 'chai';
import fc from 'fast-check';
import { NO_ACCOUNT, toRouterConfig } from '../../src/model/device/device.ts';
import type { Packet } from '../../src/model/packet.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import { findHazards } from '../../src/review/hazards.ts';
import { aceText, configText, listText, packet } from './arbitrary-lists.ts';
import { letsIn } from './first-match.ts';
import { configOf, hazardsOf, inShort, type } from './typed.ts';

const OUTSIDE = 'FastEthernet0/0';

/** One line that somebody may paste, in whatever mode the lines before it lead to. */
const command: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 60 }), aceText).map(([n, ace]) => `${n} ${ace}`),
  },
  { weight: 3, arbitrary: aceText },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }).map((n) => `no ${n * 10}`) },
  { weight: 2, arbitrary: fc.constant('ip access-list extended OUT') },
  { weight: 1, arbitrary: fc.constant('ip access-list extended EDGE') },
  { weight: 1, arbitrary: fc.constant('no ip access-list extended OUT') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'interface FastEthernet0/0\nip access-group EDGE in',
      'interface FastEthernet0/0\nip access-group OUT in',
      'interface FastEthernet0/0\nno ip access-group OUT in',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'interface FastEthernet0/0\nshutdown',
      'interface FastEthernet0/0\nno shutdown',
    ),
  },
);

describe('packets that pass or fail only between two commands', () => {
  it('are told at the command that begins it, and told of nothing else', () => {
    fc.assert(
      fc.property(
        listText(5),
        fc.array(command, { minLength: 1, maxLength: 8 }),
        fc.array(packet, { minLength: 25, maxLength: 25 }),
        (list, lines, packets) => {
          const config = configOf(configText(list));
          const simulation = type(config, ['ip access-list extended OUT', ...lines].join('\n'));
          const { hazards } = findHazards(config, simulation, { clock: null, operator: null });
          const stateAfter = (at: number): RouterConfig =>
            toRouterConfig(at < 0 ? simulation.start : simulation.steps[at]!.after, {
              file: '',
              excerpt: false,
              account: NO_ACCOUNT,
            });
          const last = simulation.steps.length - 1;
          const ends = [stateAfter(-1), stateAfter(last)];
          const neither = (p: Packet, verdict: boolean): boolean =>
            ends.every((e) => letsIn(e, OUTSIDE, p) !== verdict);
          for (let at = 0; at <= last; at++) {
            const [before, after] = [stateAfter(at - 1), stateAfter(at)];
            const told = (kind: string) =>
              hazards.filter(
                (h) => h.step === at + 1 && h.kind === kind && h.message.includes(`${OUTSIDE} in`),
              );
            for (const p of packets) {
              const is = letsIn(after, OUTSIDE, p);
              if (letsIn(before, OUTSIDE, p) === is || !neither(p, is)) continue;
              expect(
                told(is ? 'ephemeral-permit' : 'ephemeral-deny'),
                simulation.steps[at]!.text,
              ).to.have.length(1);
            }
            for (const [kind, verdict] of [
              ['ephemeral-permit', true],
              ['ephemeral-deny', false],
            ] as const)
              for (const { witness } of told(kind)) {
                expect(letsIn(after, OUTSIDE, witness!)).to.equal(verdict);
                expect(letsIn(before, OUTSIDE, witness!)).to.equal(!verdict);
                expect(neither(witness!, verdict)).to.equal(true);
              }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a line behind a hundred others', () => {
  /** Each cuts a corner out of what is left, so that nobody can list the rest box by box. */
  const corners = Array.from(
    { length: 150 },
    (_, i) =>
      `deny udp ${i + 1}.0.0.0 0.255.255.255 eq ${100 + i} 10.${i}.0.0 0.0.255.255 range ${1000 + i} ${2000 + 3 * i}`,
  );
  const config = configOf(configText([...corners, 'deny tcp any any eq 25']));
  const kinds = (...lines: readonly string[]): readonly string[] =>
    findHazards(config, type(config, ['ip access-list extended OUT', ...lines].join('\n')), {
      clock: null,
      operator: null,
    }).hazards.map((h) => `${h.step} ${h.kind}`);

  it('permits what no end permits where the next line takes it back', () => {
    expect(kinds('5000 permit udp any any', '4999 deny udp any any eq 53')).to.deep.equal([
      '2 ephemeral-permit',
    ]);
  });

  it('is not held to decide what those before it decide at any time', () => {
    expect(kinds('5000 permit udp any any', '4999 deny tcp any any eq 53')).to.deep.equal([]);
    expect(kinds('5000 permit udp any any', '5001 deny udp any any eq 53')).to.deep.equal([
      '3 never-matches',
    ]);
  });
});

describe('a binding that goes over lists whose lines only may match', () => {
  /** Each line on a bit of its own: two in the power of 24 ways to meet some of them and not the others. */
  const crossing = (name: string, hours: string, ...more: readonly string[]): readonly string[] => [
    `ip access-list extended ${name}`,
    ...Array.from({ length: 24 }, (_, bit) => {
      const octets = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
      return ` permit ip ${octets(1 << bit)} ${octets(~(1 << bit))} 192.0.2.0 0.0.0.255 time-range ${hours}-${bit}`;
    }),
    ...more,
  ];
  const found = (...more: readonly string[]): readonly string[] =>
    inShort(
      hazardsOf(
        [
          'interface FastEthernet0/0',
          ' ip address 203.0.113.1 255.255.255.0',
          ' ip access-group OUT in',
          ...crossing('OUT', 'NIGHT'),
          ...crossing('MIDWAY', 'NOON', ...more),
          ...crossing('NEW', 'MORNING'),
          'end',
        ].join('\n'),
        'interface FastEthernet0/0\nip access-group MIDWAY in\nip access-group NEW in',
      ),
    );

  it('is told where a packet meets none of the others, of which none may ever be denied for sure', () => {
    expect(found(' permit ip 0.0.0.1 0.0.0.6 192.0.2.0 0.0.0.255')).to.deep.equal([]);
    expect(found(' permit tcp 255.0.0.0 0.255.255.255 host 198.51.100.9 eq 22')).to.deep.equal([
      '2 ephemeral-permit high',
    ]);
  });
});
