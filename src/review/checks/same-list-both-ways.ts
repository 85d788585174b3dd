import type { Ace, Acl } from '../../model/access-list.ts';
import { entryIdentity } from '../../model/ace-identity.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

export const SAME_LIST_BOTH_WAYS: Check = {
  id: 'same-list-both-ways',
  code: 'R11',
  severity: 'medium',
  title: 'One list bound in and out',
  rationale:
    'Packets of the two directions have their addresses and ports exchanged. A list that fits one of them fits the other only if it is written both ways.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
 ip access-group 101 out
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
 ip access-group 101 out
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 permit tcp host 192.0.2.35 eq 110 any
`,
  },
  check(context) {
    return [...context.config.interfaces.values()].flatMap((iface) => {
      const { in: inward, out: outward } = iface.bindings;
      if (!inward || !outward || inward.acl !== outward.acl) return [];
      const acl = context.config.acls.get(inward.acl);
      if (!acl || isSymmetrical(acl)) return [];
      return [
        finding('same-list-both-ways', 'medium', {
          acl: acl.name,
          span: outward.span,
          message: `list ${acl.name} filters both directions of ${iface.name}, but its lines are written for one of them`,
          related: [inward.span],
        }),
      ];
    });
  },
};

/** Every line has its mirror: the same list seen from the other end. */
function isSymmetrical(acl: Acl): boolean {
  const aces = acl.entries.filter((e): e is Ace => e.kind === 'ace').map((e) => ({ ...e, log: null }));
  const all = new Set(aces.map(entryIdentity));
  return aces.every((ace) => all.has(entryIdentity(mirrored(ace))));
}

function mirrored(ace: Ace): Ace {
  const { source, destination, sourcePorts, destinationPorts, ...rest } = ace.match;
  return {
    ...ace,
    match: {
      ...rest,
      source: destination,
      destination: source,
      ...(destinationPorts ? { sourcePorts: destinationPorts } : {}),
      ...(sourcePorts ? { destinationPorts: sourcePorts } : {}),
    },
  };
}
