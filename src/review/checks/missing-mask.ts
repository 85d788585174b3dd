import { formatIpv4 } from '../../model/address.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

export const MISSING_MASK: Check = {
  id: 'missing-mask',
  code: null,
  severity: 'medium',
  title: 'An interface address without a mask',
  rationale:
    'Which hosts sit behind the interface is then unknown, and with them where packets enter, leave and return. A classful guess would be wrong as often as right.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 192.0.2.126
`,
    nearMiss: `interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.128
`,
  },
  check(context) {
    return [...context.config.interfaces.values()].flatMap((iface) =>
      iface.addresses
        .filter((a) => a.prefixLength === null)
        .map((a) =>
          finding('missing-mask', 'medium', {
            acl: null,
            span: a.span,
            message: `${iface.name} has the address ${formatIpv4(a.address)} without a mask: the network behind it is unknown`,
          }),
        ),
    );
  },
};
