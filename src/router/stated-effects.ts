import { type Box, boxProtocols } from '../headerspace/box.ts';
import { isAddressed } from '../model/addressed.ts';
import { TCP } from '../model/packet.ts';
import type { Interface, RouterConfig, UnmodelledEffect } from '../model/router-config.ts';
import type { Router } from './network.ts';
import { doubting, doubtOf, type Walker } from './walk.ts';

/** What the text says of an interface that is stated, not computed. */
export const statedEffects = (iface: Interface): readonly string[] => [
  ...(iface.tunnel
    ? [
        `${iface.name}: the packets that carry this tunnel are not followed, and lists may drop them (line ${iface.span.line})`,
      ]
    : []),
  ...iface.effects.flatMap((e) => {
    const words = wordsOf(e);
    return words === null ? [] : [`${iface.name}: ${words} (line ${e.span.line})`];
  }),
];

/** The same, for these packets, of statements that are the whole router's; definitions wait for the interface that uses them. */
export function statedSettings(router: Router, packets: Box): readonly string[] {
  const { effects, tcpIntercept } = router.config.settings;
  const stated = effects.flatMap((e) => {
    const words = settingWords(router.config, e);
    return words === null ? [] : [`${router.name}: ${words}; not counted (line ${e.span.line})`];
  });
  // Watching, it answers nobody; it only ends what stays half open.
  if (tcpIntercept?.mode !== 'intercept' || !boxProtocols(packets).includes(TCP)) return stated;
  const { list, span } = tcpIntercept;
  return [...stated, `${router.name}: ${interceptWords(list)} (line ${span.line})`];
}

const interceptWords = (list: string): string =>
  `TCP intercept answers for the servers of list ${list}; an open port seen through it may not be the server's`;

/** What the ports of an interface's VLAN do to packets before or behind it: lists and checks of their own. */
export function statedPorts({ config }: Router, iface: Interface): readonly string[] {
  if (!bridges(iface)) return [];
  return [...config.interfaces.values()].filter(mayBePort).flatMap((port) => {
    const { in: list } = port.bindings;
    return [
      ...(list
        ? [
            `${port.name} has no address: if it is a port of ${iface.name}, list ${list.acl} may drop packets there; not counted (line ${list.span.line})`,
          ]
        : []),
      ...statedEffects(port),
    ];
  });
}

const bridges = ({ name }: Interface): boolean => /^(?:Vlan|BVI)\d/.test(name);

const mayBePort = (iface: Interface): boolean =>
  !iface.shutdown && !isAddressed(iface) && !/^(?:Vlan|BVI|Loopback|Tunnel|Null)\d/.test(iface.name);

/** Whether an interface without an address may carry packets as a port of a VLAN or of a bridge that has one. */
export const isPortOfVlan = (config: RouterConfig, iface: Interface): boolean =>
  mayBePort(iface) && [...config.interfaces.values()].some((i) => bridges(i) && isAddressed(i));

type Words = readonly (readonly [statement: RegExp, words: string])[];

const find = (words: Words, statement: string): string | null =>
  words.find(([pattern]) => pattern.test(statement))?.[1] ?? null;

const SETTING_WORDS: Words = [
  [/^vlan filter /i, 'a VLAN access map may drop packets within its VLANs'],
  [/^cts role-based enforcement/i, 'packets are filtered by security group tags that no list names'],
  [/^ip slb /i, 'load balancing may lead packets to other servers'],
  [/^nat64 /i, 'translation between IPv4 and IPv6 may change packets'],
  [/^sdwan$/i, 'the tunnels of SD-WAN filter what reaches the router'],
  [/^flowspec$/i, 'flow specifications that neighbours send may drop packets'],
  [/^mac[ -]address-table static /i, 'frames of a MAC address are dropped'],
  [/^ip arp inspection /i, 'the inspection of ARP may silence hosts of its VLANs'],
  [/^mls rate-limit /i, 'a rate limit of the switching engine may drop what the processor should handle'],
  [
    /^ip nat translation max-entries /i,
    'packets that need a translation more than the router may keep are dropped',
  ],
  [/^dialer-list /i, 'only what the dialer list names brings the line up; other packets pass while it is up'],
  [/^ip dhcp snooping /i, 'DHCP snooping may drop DHCP messages within its VLANs'],
];

const settingWords = (config: RouterConfig, { name = '' }: UnmodelledEffect): string | null =>
  /^dialer-list /i.test(name) && !dials(config, name.slice('dialer-list '.length))
    ? null
    : find(SETTING_WORDS, name);

/** Whether an interface takes its calls by the dialer list. */
const dials = (config: RouterConfig, list: string): boolean =>
  [...config.interfaces.values()].some((i) => i.effects.some((e) => dialerGroupOf(e) === list));

const dialerGroupOf = ({ span }: UnmodelledEffect): string | null =>
  /^\s*dialer-group\s+(\d+)/i.exec(span.text)?.[1] ?? null;

/** null: computed where it matters, with an answer of its own. */
const EFFECT_WORDS: Readonly<Record<Exclude<UnmodelledEffect['family'], 'other'>, string | null>> = {
  inspect:
    'stateful inspection opens the way back for what it inspects, permits nothing unasked, and may drop what breaks its protocol',
  zone: null,
  'policy-route': 'policy routing may choose another egress',
  urpf: null,
  'crypto-map': 'encryption may take packets away before the outbound list; not counted',
  'ipv6-filter': 'IPv6 is not modelled',
  'service-policy': 'a service policy may drop packets; not counted',
  'web-redirect': 'web redirection may change what is seen; not counted',
  'open-service': null,
  unparsed: null,
};

const OTHER_WORDS: Words = [
  [/^ip ips /i, 'intrusion prevention may drop packets; not counted'],
  [/^ip audit /i, 'intrusion detection may drop packets; not counted'],
  [/^rate-limit /i, 'a rate limit may drop packets; not counted'],
  [/^mac access-group /i, 'a list of MAC addresses may drop frames; not counted'],
  [/^(?:mpls|tag-switching) ip$/i, 'packets that carry labels meet no list; not counted'],
  [
    /^(?:switchport (?:mode )?)?private-vlan /i,
    'a private VLAN keeps hosts apart that one network joins; not counted',
  ],
  [/^switchport /i, 'a port of a VLAN may drop frames by where they come from or go to; not counted'],
  [/^ip virtual-reassembly /i, 'virtual reassembly drops fragments; not counted'],
  [
    /^storm-control broadcast /i,
    'storm control of broadcasts may drop ARP requests and so silence hosts; not counted',
  ],
  [/^storm-control /i, 'storm control may drop packets; not counted'],
];

function wordsOf(e: UnmodelledEffect): string | null {
  const { family, span } = e;
  if (family !== 'other') return EFFECT_WORDS[family];
  // What it does stands in its dialer list.
  if (dialerGroupOf(e) !== null) return null;
  const statement = span.text.trim();
  return find(OTHER_WORDS, statement) ?? `the effect of "${statement}" is not modelled`;
}

/** What paths compute, in the words of somebody who looks at lists alone. */
const COMPUTED_WORDS: Readonly<Partial<Record<UnmodelledEffect['family'], string>>> = {
  zone: 'zones decide what passes between interfaces',
  urpf: 'a check of sources may drop packets',
};

const OWN_WORDS: Words = [
  [/^control-plane /i, 'the control plane may drop packets to the router itself'],
  [/^ip receive /i, 'a list for packets to the router itself may drop them'],
  [/^login block-for$/i, 'after failed logins the router refuses others for a while'],
];

/** What drops or passes packets besides the lists of one configuration: one sentence a kind, with its lines. */
export function statedBesideLists(config: RouterConfig): readonly string[] {
  const kinds = new Map<string, string[]>();
  const say = (words: string | null, place: string): void => {
    if (words === null) return;
    const kind = words.replace(/; not counted$/, '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), place]);
  };
  for (const iface of config.interfaces.values()) {
    for (const e of iface.effects)
      say(wordsOf(e) ?? COMPUTED_WORDS[e.family] ?? null, `${iface.name} line ${e.span.line}`);
    const { in: list } = iface.bindings;
    if (list && isPortOfVlan(config, iface))
      say('lists of ports see packets within a VLAN', `${iface.name} line ${list.span.line}`);
  }
  for (const e of config.settings.effects)
    say(settingWords(config, e) ?? find(OWN_WORDS, e.name ?? ''), `line ${e.span.line}`);
  const { tcpIntercept } = config.settings;
  if (tcpIntercept?.mode === 'intercept')
    say(interceptWords(tcpIntercept.list), `line ${tcpIntercept.span.line}`);
  return [...kinds].map(
    ([words, places]) =>
      `only lists are looked at here: ${words} (${places.slice(0, 5).join(', ')}${places.length > 5 ? ` and ${places.length - 5} more` : ''})`,
  );
}

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
