import { coverWithin } from '../../acl/decide.ts';
import { swapEnds } from '../../headerspace/box.ts';
import { witness } from '../../headerspace/packet-set.ts';
import { describePattern, formatIpv4, patternCovers, prefixPattern } from '../../model/address.ts';
import type { LintFinding } from '../../model/finding.ts';
import type { IosVersion, NatRule } from '../../model/router-config.ts';
import { globalPattern } from '../../router/nat-static.ts';
import type { LintContext, LintList } from '../lint-context.ts';
import type { BindingUse } from '../list-uses.ts';
import { type AceService, destinationPatterns, isAnyPattern, servicesOf } from './ace-parts.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const POST_NAT_ADDRESS: Check = {
  id: 'post-nat-address',
  code: 'R25',
  severity: 'high',
  title: 'The outside list names addresses that packets do not carry there',
  rationale:
    'The inbound list comes before translation and, on old trains, once more after decryption. A permit of the inside address opens nothing; a tunnel whose clear text is not permitted carries nothing.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip nat outside
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.168.2.1 255.255.255.0
 ip nat inside
ip nat inside source static 192.168.2.35 203.0.113.35
access-list 101 permit tcp any host 192.168.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip nat outside
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.168.2.1 255.255.255.0
 ip nat inside
ip nat inside source static 192.168.2.35 203.0.113.35
access-list 101 permit tcp any host 203.0.113.35 eq 110
`,
  },
  check: (context) =>
    context.lists.flatMap((list) =>
      list.uses.flatMap((use) =>
        use.kind === 'binding' && use.direction === 'in' && !use.interface.shutdown
          ? [...untranslated(context, list, use), ...decrypted(context, list, use)]
          : [],
      ),
    ),
};

type StaticRule = Extract<NatRule, { kind: 'static' }>;

function untranslated(context: LintContext, list: LintList, use: BindingUse): readonly LintFinding[] {
  if (use.interface.natSide !== 'outside') return [];
  const statics = context.config.nat.filter(
    (r): r is StaticRule => r.kind === 'static' && r.side === 'inside',
  );
  if (statics.length === 0) return [];
  return list.live.flatMap((ace) => {
    if (ace.action !== 'permit') return [];
    for (const destination of destinationPatterns(context.config, ace)) {
      if (isAnyPattern(destination)) continue;
      const rule = statics.find(
        (r) =>
          patternCovers(destination, prefixPattern(r.local, r.prefixLength)) &&
          servicesOf(context.config, ace).some((s) => isTranslated(s, r)),
      );
      if (!rule) continue;
      const outer = globalPattern(context.router, rule);
      // A line that names both sides opens the service by the right one.
      if (outer !== null && patternCovers(destination, outer)) continue;
      return [
        finding('post-nat-address', 'high', {
          acl: list.acl.name,
          span: ace.span,
          message: `${quote(ace.span)} names the inside address ${formatIpv4(rule.local)}; at ${use.interface.name} the packets still carry ${outer ? describePattern(outer) : 'the global one'}, so this permit opens nothing for them`,
          related: [rule.span],
        }),
      ];
    }
    return [];
  });
}

/** A rule for one port translates nothing else: the other packets do carry the inside address, if any. */
const isTranslated = ({ protocols, destinationPorts }: AceService, rule: StaticRule): boolean =>
  (rule.protocol === null || protocols === null || protocols.includes(rule.protocol)) &&
  (rule.localPort === null ||
    destinationPorts === null ||
    destinationPorts.some(([lo, hi]) => lo <= rule.localPort! && rule.localPort! <= hi));

/** Before 12.3(8)T the decrypted packet meets the inbound list of the interface again (FN29690). */
function decrypted(context: LintContext, list: LintList, use: BindingUse): readonly LintFinding[] {
  if (!checksTwice(context.version) || !use.interface.effects.some((e) => e.family === 'crypto-map'))
    return [];
  const selectors = context.config.references.filter((r) => r.use === 'crypto-map');
  return selectors.flatMap((reference) => {
    const selector = context.lists.find((l) => l.acl.name === reference.acl);
    if (!selector) return [];
    return selector.compiled.entries.flatMap((entry) => {
      if (entry.action !== 'permit') return [];
      const pieces = coverWithin(list.compiled, entry.asked.map(swapEnds));
      if (pieces.length === 0 || pieces.some((p) => p.verdict !== 'deny')) return [];
      return [
        finding('post-nat-address', 'high', {
          acl: list.acl.name,
          span: entry.entry.span,
          message: `what the tunnel of ${quote(entry.entry.span)} brings in meets list ${list.acl.name} at ${use.interface.name} again after decryption, and is denied there`,
          related: [use.span],
          witness: witness([pieces[0]!.box]),
        }),
      ];
    });
  });
}

function checksTwice(version: IosVersion | null): boolean {
  if (version === null || version.major > 12) return false;
  if (version.major < 12 || version.minor < 3) return true;
  if (version.minor > 3 || version.release === null) return false;
  return version.train?.startsWith('T') !== true || version.release < 8;
}
