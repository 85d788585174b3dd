import type { CompiledEntry } from '../../acl/compile.ts';
import { decidesSome, packetDecidedBy } from '../../acl/deciding-entries.ts';
import type { SourceSpan } from '../../diagnostics/source-span.ts';
import { makeBox } from '../../headerspace/box.ts';
import {
  type AddressPattern,
  formatIpv4,
  parseIpv4,
  patternCovers,
  patternsOverlap,
  prefixPattern,
} from '../../model/address.ts';
import type { LintFinding } from '../../model/finding.ts';
import type { Interface } from '../../model/router-config.ts';
import type { LintContext, LintList } from '../lint-context.ts';
import type { BindingUse } from '../list-uses.ts';
import { sourcePatterns } from './ace-parts.ts';
import { inboundFromOutside } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, listWords } from './finding-parts.ts';

const net = (text: string, length: number): { pattern: AddressPattern; name: string } => ({
  pattern: prefixPattern(parseIpv4(text)!, length),
  name: `${text}/${length}`,
});

/** Sources that no packet from the Internet can rightly have. */
const NEVER_FROM_OUTSIDE = [
  net('10.0.0.0', 8),
  net('127.0.0.0', 8),
  net('169.254.0.0', 16),
  net('172.16.0.0', 12),
  net('192.168.0.0', 16),
  net('224.0.0.0', 4),
];

export const MISSING_ANTISPOOF: Check = {
  id: 'missing-antispoof',
  code: 'R13',
  severity: 'medium',
  title: 'Forged sources pass the outside list',
  rationale:
    'Private, loopback, multicast and own addresses cannot come from the Internet. A list that lets them in lets a stranger pass as somebody inside.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 10.0.0.0 0.255.255.255 any
access-list 101 deny ip 127.0.0.0 0.255.255.255 any
access-list 101 deny ip 169.254.0.0 0.0.255.255 any
access-list 101 deny ip 172.16.0.0 0.15.255.255 any
access-list 101 deny ip 192.168.0.0 0.0.255.255 any
access-list 101 deny ip 224.0.0.0 15.255.255.255 any
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = inboundFromOutside(context, list).filter(
        (u) => !u.interface.effects.some((e) => e.family === 'urpf'),
      );
      const use = uses[0];
      return use ? inspect(context, list, use) : [];
    });
  },
};

function inspect(context: LintContext, list: LintList, use: BindingUse): readonly LintFinding[] {
  const passed: string[] = [];
  let first: { span: SourceSpan; witness: LintFinding['witness'] } | null = null;
  const blocks = [...NEVER_FROM_OUTSIDE, ...ownNetworks(context, use.interface)].filter(
    ({ pattern }) => !comesThisWay(context, use.interface, pattern),
  );
  const broad = broadPermits(
    context,
    list,
    blocks.map(({ pattern }) => pattern),
  );
  for (const block of blocks) {
    const within = makeBox({ source: block.pattern });
    const hole = broad.find(
      ({ entry, sources }) =>
        sources.some((p) => patternCovers(p, block.pattern)) && decidesSome(list.compiled, entry, within),
    );
    if (hole === undefined) continue;
    passed.push(block.name);
    first ??= { span: hole.entry.entry.span, witness: packetDecidedBy(list.compiled, hole.entry, within) };
  }
  if (first === null) return [];
  return [
    finding('missing-antispoof', 'medium', {
      acl: list.acl.name,
      span: first.span,
      message: `list ${list.acl.name} lets in at ${use.interface.name} packets that claim to come from ${listWords(passed)}; denies of these belong above this line`,
      related: [use.span],
      witness: first.witness,
    }),
  ];
}

/** A permit of single hosts out of a block is somebody's intention; one that takes the block along is not. */
function broadPermits(
  { config }: LintContext,
  { compiled }: LintList,
  blocks: readonly AddressPattern[],
): readonly { entry: CompiledEntry; sources: readonly AddressPattern[] }[] {
  const broad: { entry: CompiledEntry; sources: readonly AddressPattern[] }[] = [];
  const isBroad = (source: AddressPattern): boolean => blocks.some((block) => patternCovers(source, block));
  for (const entry of compiled.entries) {
    if (entry.action !== 'permit' || entry.asked.length === 0 || entry.entry.kind !== 'ace') continue;
    const sources = sourcePatterns(config, entry.entry).filter(isBroad);
    if (sources.length > 0) broad.push({ entry, sources });
  }
  return broad;
}

/** Networks of the other interfaces: nobody outside has an address there. */
const ownNetworks = (
  context: LintContext,
  outside: Interface,
): readonly { pattern: AddressPattern; name: string }[] =>
  [...context.config.interfaces.values()]
    .filter((i) => i !== outside && !i.shutdown && !context.facing.outside.has(i.name))
    .flatMap((i) =>
      i.addresses.flatMap((a) => {
        if (a.prefixLength === null) return [];
        const pattern = prefixPattern(a.address, a.prefixLength);
        if (NEVER_FROM_OUTSIDE.some((b) => patternCovers(b.pattern, pattern))) return [];
        return [{ pattern, name: `${formatIpv4(pattern.address)}/${a.prefixLength} (${i.name})` }];
      }),
    );

/** Hosts with such addresses are known to sit on this side: the interface's own network, a route, a vantage. */
function comesThisWay(context: LintContext, iface: Interface, block: AddressPattern): boolean {
  const inBlock = (p: AddressPattern): boolean => patternsOverlap(p, block);
  if (iface.addresses.some((a) => inBlock(prefixPattern(a.address, a.prefixLength ?? 32)))) return true;
  const routed = context.router.routes.some(
    (r) =>
      r.prefixLength > 0 &&
      r.egress.kind === 'interface' &&
      r.egress.interface === iface.name &&
      inBlock(r.destination),
  );
  if (routed) return true;
  return [...(context.site?.vantages.values() ?? [])].some(
    (v) =>
      v.enters !== null &&
      v.enters.interface.replace(/\s+/g, '').toLowerCase() === iface.name.toLowerCase() &&
      v.sources.some((s) => s.wildcard !== 0xffffffff && inBlock(s)),
  );
}
