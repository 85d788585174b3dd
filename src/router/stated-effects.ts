import type { Interface, UnmodelledEffect } from '../model/router-config.ts';
import { doubting, doubtOf, type Walker } from './walk.ts';

/** What the text says of an interface that is stated, not computed. */
export const statedEffects = (iface: Interface): readonly string[] =>
  iface.effects.flatMap((e) => {
    const words = EFFECT_WORDS[e.family];
    return words === null ? [] : [`${iface.name}: ${words} (line ${e.span.line})`];
  });

/** null: computed where it matters, with an answer of its own. */
const EFFECT_WORDS: Readonly<Record<UnmodelledEffect['family'], string | null>> = {
  inspect: 'stateful inspection opens the way back for what it inspects, and permits nothing unasked',
  zone: null,
  'policy-route': 'policy routing may choose another egress',
  urpf: null,
  'crypto-map': 'encryption may take packets away before the outbound list; not counted',
  'tcp-intercept': 'TCP intercept answers for the server; an open port seen through it is not the server',
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
