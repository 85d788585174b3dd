import { keywords } from '../keywords.ts';

export const IGRP = 9;

/** `null`: the keyword `ip`, every protocol. */
export const PROTOCOLS = keywords<{ readonly number: number | null }>(
  (
    [
      ['ip', null],
      ['icmp', 1],
      ['igmp', 2],
      ['ipinip', 4],
      ['tcp', 6],
      ['igrp', IGRP],
      ['udp', 17],
      ['ipv6', 41],
      ['gre', 47],
      ['esp', 50],
      ['ahp', 51],
      ['eigrp', 88],
      ['ospf', 89],
      ['nos', 94],
      ['pim', 103],
      ['pcp', 108],
      ['sctp', 132],
    ] as const
  ).map(([name, number]) => [name, { number }] as const),
  // Not on the trains where short forms are habitual, so they must not make those ambiguous.
  ['ipv6', 'sctp'],
);

/** What IOS prints; 9 has lost its name and 41 and 132 never had one on old trains. */
export const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map(
  [...PROTOCOLS.exact].flatMap(([name, { number }]) =>
    number === null || number === IGRP || number === 41 || number === 132 ? [] : [[number, name] as const],
  ),
);
