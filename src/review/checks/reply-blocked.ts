import { deniesAll, lastDecider } from '../../acl/deciding-entries.ts';
import { type Box, makeBox } from '../../headerspace/box.ts';
import { intersect, witness } from '../../headerspace/packet-set.ts';
import type { Ace } from '../../model/access-list.ts';
import type { LintFinding } from '../../model/finding.ts';
import { ACK, ICMP, SYN, TCP, UDP } from '../../model/packet.ts';
import { intersectRanges, type PortSet, rangesHave, unionRanges } from '../../model/ports.ts';
import type { Interface, RouterConfig } from '../../model/router-config.ts';
import { honestSources } from '../../router/honest-sources.ts';
import { type BlockedAnswer, findBlockedAnswer } from '../blocked-answers.ts';
import { acesOf, type LintContext, type LintList } from '../lint-context.ts';
import type { BindingUse } from '../list-uses.ts';
import type { Entry } from '../request-search.ts';
import { asksFlags } from './ace-parts.ts';
import { inboundFromOutside } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const REPLY_BLOCKED: Check = {
  id: 'reply-blocked',
  code: 'R6',
  severity: 'medium',
  title: 'A request is permitted, its answer is not',
  rationale:
    'Lists keep no state: the answer meets its own lists, with addresses and ports exchanged. The service looks filtered, connections hang half open, and a UDP request is still acted upon.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 102 in
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 permit tcp any any established
access-list 102 permit tcp host 192.0.2.35 eq 143 any established
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 102 in
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 permit tcp any any established
access-list 102 permit tcp host 192.0.2.35 eq 110 any established
`,
  },
  check(context) {
    // Inspection opens the way back by itself; what it opens is not in the lists.
    if (inspects(context.config)) return [];
    const requests = context.lists.flatMap((list) => requestsWithoutAnswer(context, list));
    const told = new Set(requests.flatMap((f) => f.related.map((r) => r.line)));
    return [...requests, ...context.lists.flatMap((list) => noAnswersAtAll(context, list, told))];
  },
};

const inspects = (config: RouterConfig): boolean =>
  [...config.interfaces.values()].some((i) =>
    i.effects.some((e) => e.family === 'inspect' || e.family === 'zone'),
  );

/** Permits of one interface whose answers another list, or the same interface's outbound one, denies altogether. */
function requestsWithoutAnswer(context: LintContext, list: LintList): readonly LintFinding[] {
  const uses = list.uses.filter(
    (u): u is BindingUse =>
      u.kind === 'binding' &&
      u.direction === 'in' &&
      !u.interface.shutdown &&
      mayBeAnsweredThroughList(context, u.interface),
  );
  if (uses.length === 0) return [];
  // Answers may meet changed lines of other lists, so that lines out of focus count as well.
  return acesOf(list.acl).flatMap((ace) => {
    if (ace.action !== 'permit' || asksFlags(ace) || !list.isLive(ace)) return [];
    const requests = { list, ace, boxes: firstPackets(list, ace) };
    for (const use of uses) {
      const blocked = findBlockedAnswer(entryAt(context, use.interface), requests);
      if (blocked) return [describe(list, ace, use, blocked)];
    }
    return [];
  });
}

const entryAt = ({ router, facing }: LintContext, entered: Interface): Entry => ({
  router,
  interface: entered,
  sources: honestSources(router, entered, facing.outside.has(entered.name)),
});

const mayBeAnsweredThroughList = (context: LintContext, entered: Interface): boolean =>
  entered.bindings.out !== null ||
  [...context.config.interfaces.values()].some((i) => i !== entered && !i.shutdown && i.bindings.in !== null);

/** What first packets of conversations this line may let in, whatever stands before it. */
function firstPackets(list: LintList, ace: Ace): readonly Box[] {
  const compiled = list.entryOf(ace);
  if (!compiled) return [];
  const first = [
    makeBox({ protocol: TCP, tcpFlags: { exactly: SYN }, fragments: 'whole' }),
    ...(ace.match.protocol.kind === 'ip' ? [] : [makeBox({ protocol: UDP, fragments: 'whole' })]),
    makeBox({ protocol: ICMP, icmp: { type: 8, code: 0 }, fragments: 'whole' }),
  ];
  const wanted = first.filter((box) => ace.match.protocol.kind !== 'ip' || box === first[0]);
  return intersect(compiled.asked.slice(0, 1), wanted).map(fromClients);
}

/**
 * What clients send, where that is some of it: an answer that passes only toward port 25 or 443 of a client is no answer,
 * since clients send from high ports. Of TCP, those that want a reserved port take one above 511 (rsh, NFS), or port 20
 * for FTP's data; of UDP, servers ask each other from the port that they serve (NTP, IKE, DNS of old).
 */
function fromClients(box: Box): Box {
  const ports = clientPorts(box);
  const sent = ports === null ? box.l4a : intersectRanges(box.l4a, ports);
  return sent.length === 0 ? box : { ...box, l4a: sent };
}

const RESERVED_FOR_CLIENTS: PortSet = [[512, 65535]];
const TCP_CLIENTS: PortSet = unionRanges([[20, 20]], RESERVED_FOR_CLIENTS);

function clientPorts({ protocols, l4b }: Box): PortSet | null {
  if (rangesHave(protocols, TCP)) return TCP_CLIENTS;
  return rangesHave(protocols, UDP) ? unionRanges(l4b, RESERVED_FOR_CLIENTS) : null;
}

function describe(list: LintList, ace: Ace, use: BindingUse, blocked: BlockedAnswer): LintFinding {
  const { decidedBy, hops } = blocked.reply;
  const hop = hops.at(-1);
  const where = hop ? `list ${hop.acl} (${hop.interface} ${hop.direction})` : 'a list';
  const by =
    decidedBy !== null && 'line' in decidedBy
      ? `line ${decidedBy.line} of ${where}`
      : `the implicit deny of ${where}`;
  return {
    ...finding('reply-blocked', 'medium', {
      acl: list.acl.name,
      span: ace.span,
      message: `${quote(ace.span)} lets requests in at ${use.interface.name}, but ${by} denies every answer`,
      witness: blocked.request,
    }),
    related: decidedBy !== null && 'line' in decidedBy ? [decidedBy] : [],
  };
}

/** A list inbound on the outside through which no answer to a connection opened from inside comes back. */
function noAnswersAtAll(
  context: LintContext,
  list: LintList,
  told: ReadonlySet<number>,
): readonly LintFinding[] {
  const use = inboundFromOutside(context, list)[0];
  // A reflexive entry lets in the answers to what was sent.
  const mirrored = list.acl.entries.some((e) => e.kind === 'evaluate');
  if (!use || mirrored || list.compiled.entries.length === 0) return [];
  const answers = makeBox({
    protocol: TCP,
    tcpFlags: { exactly: ACK },
    destinationPorts: [[1024, 65535]],
    fragments: 'whole',
  });
  if (!deniesAll(list.compiled, answers)) return [];
  const last = lastDecider(list.compiled, answers);
  const decider = last?.entry?.entry.span ?? null;
  if (decider && told.has(decider.line)) return [];
  return [
    finding('reply-blocked', 'low', {
      acl: list.acl.name,
      span: decider ?? use.span,
      message: `list ${list.acl.name} lets no answer in at ${use.interface.name}: no line permits established TCP, so hosts behind can open no connection through it`,
      related: decider ? [use.span] : [],
      witness: last?.packet ?? witness([answers]),
    }),
  ];
}
