import { type Box, boxProtocols } from '../headerspace/box.ts';
import { TCP } from '../model/packet.ts';
import type { Interface, UnmodelledEffect } from '../model/router-config.ts';
import type { Router } from './network.ts';
import { doubting, doubtOf, type Walker } from './walk.ts';

/** What the text says of an interface that is stated, not computed. */
export const statedEffects = (iface: Interface): readonly string[] =>
  iface.effects.flatMap((e) => {
    const words = EFFECT_WORDS[e.family];
    return words === null ? [] : [`${iface.name}: ${words} (line ${e.span.line})`];
  });

/** The same, for these packets, of statements that are the whole router's; definitions wait for the interface that uses them. */
export function statedSettings(router: Router, packets: Box): readonly string[] {
  const { effects, tcpIntercept } = router.config.settings;
  const stated = effects.flatMap(({ name = '', span }) => {
    const words = SETTING_WORDS.find(([statement]) => statement.test(name))?.[1];
    return words === undefined ? [] : [`${router.name}: ${words}; not counted (line ${span.line})`];
  });
  // Watching, it answers nobody; it only ends what stays half open.
  if (tcpIntercept?.mode !== 'intercept' || !boxProtocols(packets).includes(TCP)) return stated;
  const { list, span } = tcpIntercept;
  return [
    ...stated,
    `${router.name}: TCP intercept answers for the servers of list ${list}; an open port seen through it may not be the server's (line ${span.line})`,
  ];
}

const SETTING_WORDS: readonly (readonly [statement: RegExp, words: string])[] = [
  [/^vlan filter /i, 'a VLAN access map may drop packets within its VLANs'],
  [/^cts role-based enforcement/i, 'packets are filtered by security group tags that no list names'],
  [/^ip slb /i, 'load balancing may lead packets to other servers'],
  [/^nat64 /i, 'translation between IPv4 and IPv6 may change packets'],
  [/^sdwan$/i, 'the tunnels of SD-WAN filter what reaches the router'],
];

/** null: computed where it matters, with an answer of its own. */
const EFFECT_WORDS: Readonly<Record<UnmodelledEffect['family'], string | null>> = {
  inspect: 'stateful inspection opens the way back for what it inspects, and permits nothing unasked',
  zone: null,
  'policy-route': 'policy routing may choose another egress',
  urpf: null,
  'crypto-map': 'encryption may take packets away before the outbound list; not counted',
  'ipv6-filter': 'IPv6 is not modelled',
  'service-policy': 'a service policy may drop packets; not counted',
  'web-redirect': 'web redirection may change what is seen; not counted',
  'open-service': null,
  unparsed: null,
  other: 'a statement whose effect is not modelled',
};

/** A line that was not understood may filter. */
export function doubtUnread(iface: Interface, walker: Walker): Walker {
  const unread = iface.effects.filter((e) => e.family === 'unparsed');
  return unread.length === 0
    ? walker
    : doubting(
        walker,
        ...unread.map((e) => doubtOf(e.span, `a line of ${iface.name} was not understood, and may filter`)),
      );
}
