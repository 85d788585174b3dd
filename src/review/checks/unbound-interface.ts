import { isAddressed } from '../../model/addressed.ts';
import { isPortOfVlan } from '../../router/stated-effects.ts';
import type { BindingUse } from '../list-uses.ts';
import type { Check } from './check.ts';
import { finding, listWords } from './finding-parts.ts';

export const UNBOUND_INTERFACE: Check = {
  id: 'unbound-interface',
  code: 'R10',
  severity: 'low',
  title: 'A list that is bound only where no packet passes',
  rationale: 'The list has no effect now. Either the interface is forgotten, or the list belongs elsewhere.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 101 in
 shutdown
access-list 101 permit tcp any any
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 101 in
 shutdown
access-list 101 permit tcp any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const bindings = list.uses.filter((u): u is BindingUse => u.kind === 'binding');
      if (bindings.length === 0 || bindings.length < list.uses.length) return [];
      const interfaces = [...context.config.interfaces.values()];
      const showsAddresses = !context.config.excerpt || interfaces.some((i) => i.addresses.length > 0);
      const why = bindings.map((u) =>
        isPortOfVlan(context.config, u.interface) ? null : whyIdle(u, showsAddresses),
      );
      if (why.some((w) => w === null)) return [];
      return [
        finding('unbound-interface', 'low', {
          acl: list.acl.name,
          span: bindings[0]!.span,
          message: `list ${list.acl.name} has no effect now: ${listWords([...new Set(why as string[])])}`,
          related: bindings.slice(1).map((u) => u.span),
        }),
      ];
    });
  },
};

function whyIdle(use: BindingUse, showsAddresses: boolean): string | null {
  const { interface: iface } = use;
  if (iface.shutdown) return `${iface.name} is shut down`;
  const bare = !isAddressed(iface);
  // An excerpt may leave every address out; one that shows some shows this one's too.
  return bare && showsAddresses ? `${iface.name} has no address` : null;
}
