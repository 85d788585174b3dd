import { isAddressed } from '../../model/addressed.ts';
import type { LintFinding } from '../../model/finding.ts';
import type { Interface } from '../../model/router-config.ts';
import type { LintContext } from '../lint-context.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

export const BYPASS_PATH: Check = {
  id: 'bypass-path',
  code: 'R27',
  severity: 'high',
  title: 'A way in beside the one that is filtered',
  rationale:
    'A list on an interface covers neither its sub-interfaces nor IPv6 nor a second line to the outside. Whoever comes that way meets no list.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/0.20
 ip address 198.51.100.1 255.255.255.0
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/0.20
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
  },
  check: (context) => {
    const up = [...context.config.interfaces.values()].filter((i) => !i.shutdown);
    return [...subInterfaces(up), ...secondLines(context, up), ...ipv6Paths(context, up)];
  },
};

const subInterfaces = (up: readonly Interface[]): readonly LintFinding[] =>
  up.flatMap((main) => {
    const { in: inbound } = main.bindings;
    if (inbound === null || main.name.includes('.')) return [];
    return up
      .filter((i) => i.name.startsWith(`${main.name}.`) && i.bindings.in === null && isAddressed(i))
      .map((i) =>
        finding('bypass-path', 'high', {
          acl: inbound.acl,
          span: i.span,
          message: `${i.name} has no inbound list; list ${inbound.acl} on ${main.name} does not cover its sub-interfaces`,
          related: [inbound.span],
        }),
      );
  });

/** Two lines to the outside, one of them without a list. */
function secondLines(context: LintContext, up: readonly Interface[]): readonly LintFinding[] {
  // Public addresses alone make no second line to the outside: servers have them too.
  if (!context.facing.stated) return [];
  const outside = up.filter((i) => context.facing.outside.has(i.name) && i.vrf === null);
  const guarded = outside.find((i) => i.bindings.in !== null);
  if (!guarded) return [];
  return outside
    .filter((i) => i.bindings.in === null && isAddressed(i) && !isSubInterfaceOf(i, up))
    .map((i) =>
      finding('bypass-path', 'high', {
        acl: guarded.bindings.in!.acl,
        span: i.span,
        message: `${i.name} leads outside as ${guarded.name} does, but has no inbound list`,
        related: [guarded.bindings.in!.span],
      }),
    );
}

/** Told already by its parent's list. */
const isSubInterfaceOf = (i: Interface, up: readonly Interface[]): boolean =>
  up.some((main) => main.bindings.in !== null && i.name.startsWith(`${main.name}.`));

function ipv6Paths(context: LintContext, up: readonly Interface[]): readonly LintFinding[] {
  return context.config.ipv6.flatMap((notice) => {
    if (notice.kind !== 'address' || notice.interface === null) return [];
    const iface = up.find((i) => i.name === notice.interface);
    const inbound = iface?.bindings.in;
    if (!iface || !inbound) return [];
    const filtered =
      context.config.ipv6.some(
        (n) => n.kind === 'binding' && n.interface === iface.name && !/\sout\s*$/i.test(n.span.text),
      ) || iface.effects.some((e) => e.family === 'ipv6-filter');
    if (filtered) return [];
    return [
      finding('bypass-path', 'high', {
        acl: inbound.acl,
        span: notice.span,
        message: `${iface.name} speaks IPv6 without an IPv6 list; list ${inbound.acl} filters IPv4 alone`,
        related: [inbound.span],
      }),
    ];
  });
}
