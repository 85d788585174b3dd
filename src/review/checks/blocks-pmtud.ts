import { doubtfulToPass, findDenied, lastDecider } from '../../acl/deciding-entries.ts';
import { type Box, boxDestination, boxesOverlap, makeBox, withDestination } from '../../headerspace/box.ts';
import { witness } from '../../headerspace/packet-set.ts';
import type { Ace } from '../../model/access-list.ts';
import { type AddressPattern, patternKey, patternsOverlap } from '../../model/address.ts';
import { ICMP, TCP } from '../../model/packet.ts';
import { acesOf, type LintContext, type LintList } from '../lint-context.ts';
import { type AceService, destinationPatterns, servicesOf } from './ace-parts.ts';
import { inboundFromOutside } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

const TOO_BIG = makeBox({ protocol: ICMP, icmp: { type: 3, code: 4 }, fragments: 'whole' });

export const BLOCKS_PMTUD: Check = {
  id: 'blocks-pmtud',
  code: 'R24',
  severity: 'low',
  title: 'ICMP packet-too-big is kept out',
  rationale:
    'A server learns from it that its packets are too large for some link. Without it large answers to such customers vanish, while small ones arrive.',
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
access-list 101 permit icmp any any packet-too-big
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const use = inboundFromOutside(context, list)[0];
      if (!use) return [];
      const tooBig = findKeptOut(context, list);
      if (tooBig === null) return [];
      const last = lastDecider(list.compiled, tooBig);
      const decider = last?.entry?.entry.span ?? null;
      return [
        finding('blocks-pmtud', 'low', {
          acl: list.acl.name,
          span: decider ?? use.span,
          message: `list ${list.acl.name} keeps ICMP packet-too-big (3/4) out at ${use.interface.name}: large packets of the hosts behind vanish where a link is narrower`,
          related: decider ? [use.span] : [],
          witness: last?.packet ?? witness([tooBig]),
        }),
      ];
    });
  },
};

/** What some line opens a way to, and the packets too big that have to come in to there. */
interface Served {
  readonly ace: Ace;
  readonly box: Box;
}

/** Packets too big that keep out what some server waits for; null where every server gets them. */
function findKeptOut(context: LintContext, list: LintList): Box | null {
  const served = servedBy(context, list);
  const open = new Set(doubtfulToPass(list.compiled, [...new Set(served.map((s) => s.box))]));
  const asked = new Map<Box, Ace>();
  function* boxes(): Generator<Box> {
    for (const { ace, box } of served) {
      if (!open.has(box) || asked.has(box)) continue;
      asked.set(box, ace);
      yield box;
    }
  }
  // Whether a line is dead takes longer to tell than whether it matters; another one may serve the same hosts.
  return findDenied(list.compiled, boxes(), (box) => list.isLive(asked.get(box)!) || !asked.delete(box));
}

/** The destinations of permits in order of lines; of a list in focus, those whose fate a change may have changed. */
function servedBy({ config }: LintContext, list: LintList): readonly Served[] {
  const told = list.focus?.closing.filter((box) => boxesOverlap(box, TOO_BIG)).map(boxDestination);
  const boxes = new Map<string, Box>();
  const boxTo = (destination: AddressPattern): Box => {
    const key = patternKey(destination);
    let box = boxes.get(key);
    if (box === undefined) {
      box = withDestination(TOO_BIG, destination);
      boxes.set(key, box);
    }
    return box;
  };
  return (told?.length === 0 ? list.live : acesOf(list.acl)).flatMap((ace) => {
    if (ace.action !== 'permit') return [];
    const isTold = (to: AddressPattern): boolean =>
      !told || list.focus!.lines.has(ace) || told.some((other) => patternsOverlap(to, other));
    const asked = destinationPatterns(config, ace).filter(isTold);
    return asked.length > 0 && servicesOf(config, ace).some(carriesTcp)
      ? asked.map((to) => ({ ace, box: boxTo(to) }))
      : [];
  });
}

const carriesTcp = (s: AceService): boolean => s.protocols === null || s.protocols.includes(TCP);
