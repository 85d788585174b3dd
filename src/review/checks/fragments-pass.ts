import type { CompiledEntry } from '../../acl/compile.ts';
import { packetDecidedBy } from '../../acl/deciding-entries.ts';
import { boxCovers, makeBox } from '../../headerspace/box.ts';
import type { Packet } from '../../model/packet.ts';
import type { LintList } from '../lint-context.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const FRAGMENTS_PASS: Check = {
  id: 'fragments-pass',
  code: 'R16',
  severity: 'low',
  title: 'Later fragments pass a permit whatever its port',
  rationale:
    'Only the first fragment carries ports. IOS lets the others of the same addresses and protocol through a permit with ports, so a stranger can send them to any host that has one service open.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip any any fragments
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = guardingUses(context, list);
      if (uses.length === 0) return [];
      const hole = firstHole(list);
      if (!hole) return [];
      return [
        finding('fragments-pass', 'low', {
          acl: list.acl.name,
          span: hole.entry.entry.span,
          message: `${quote(hole.entry.entry.span)} also passes non-initial fragments, which carry no port (bound ${placesOf(uses)}): no "deny ip any any fragments" stands above it`,
          witness: hole.witness,
        }),
      ];
    });
  },
};

const LATER_FRAGMENTS = makeBox({ fragments: 'non-initial' });

/** The first line that lets through fragments it never looked at. */
function firstHole(list: LintList): { entry: CompiledEntry; witness: Packet } | null {
  for (const entry of list.compiled.entries) {
    if (entry.must.some((box) => boxCovers(box, LATER_FRAGMENTS))) return null;
    if (
      entry.action !== 'permit' ||
      entry.asked.length === 0 ||
      entry.may === entry.asked ||
      (entry.entry.kind === 'ace' && !list.isLive(entry.entry))
    )
      continue;
    const aside = entry.may.filter((box) => !entry.asked.includes(box));
    for (const box of aside) {
      const through = packetDecidedBy(list.compiled, entry, box);
      if (through) return { entry, witness: through };
    }
  }
  return null;
}
