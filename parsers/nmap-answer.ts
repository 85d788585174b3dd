import type { IcmpAnswer, ObservedState } from '../src/model/evidence.ts';

/** nmap's words for the ICMP that it got, with type and code. */
const ICMP_REASONS: ReadonlyMap<string, readonly [type: number, code: number]> = new Map([
  ['net-unreach', [3, 0]],
  ['host-unreach', [3, 1]],
  ['proto-unreach', [3, 2]],
  ['port-unreach', [3, 3]],
  ['net-prohibited', [3, 9]],
  ['host-prohibited', [3, 10]],
  ['admin-prohibited', [3, 13]],
  ['time-exceeded', [11, 0]],
]);

/** `connect()` cannot tell an ICMP from a local failure, so under `-sT` these words are errnos. */
const ERRNO_REASONS: ReadonlyMap<string, string> = new Map([
  ['net-unreach', 'ENETUNREACH'],
  ['host-unreach', 'EHOSTUNREACH'],
  ['proto-unreach', 'ENOPROTOOPT'],
  ['port-unreach', 'ECONNREFUSED'],
  ['net-prohibited', 'ENETUNREACH'],
  ['host-prohibited', 'EHOSTUNREACH'],
  ['admin-prohibited', 'EHOSTUNREACH'],
  ['time-exceeded', 'EHOSTUNREACH'],
  ['conn-refused', 'ECONNREFUSED'],
]);

const OUR_WORDS: ReadonlyMap<string, string> = new Map([
  ['reset', 'rst'],
  ['no-response', 'timeout'],
  ['no-ipid-change', 'timeout'],
  ['conn-refused', 'ECONNREFUSED'],
]);

/** One port as nmap words it; what the text lacks is null. */
export interface NmapWords {
  readonly state: string;
  readonly reason: string | null;
  readonly from: string | null;
  /** A `-sT` run. */
  readonly connectScan: boolean;
  readonly protocol: 'tcp' | 'udp';
}

export interface NmapAnswer {
  readonly state: ObservedState;
  readonly reason: string;
  readonly icmp: IcmpAnswer | null;
}

/** `no-responses`, `host-unreaches`, `admin-prohibiteds`: the summary lines write reasons in the plural. */
export function singularReason(word: string): string {
  if (word === 'conn-refused') return word;
  for (const stem of [word.replace(/es$/, ''), word.replace(/s$/, '')]) {
    if (ICMP_REASONS.has(stem) || OUR_WORDS.has(stem) || stem === 'syn-ack' || stem === 'udp-response')
      return stem;
  }
  return word;
}

/** Undefined for a state that nmap does not have. */
export function readNmapAnswer(words: NmapWords): NmapAnswer | undefined {
  const reason = words.reason === null ? null : singularReason(words.reason);
  const ourReason = reason === null ? 'listed' : (OUR_WORDS.get(reason) ?? reason);
  switch (words.state.toLowerCase()) {
    case 'open':
      return { state: 'open', reason: ourReason, icmp: null };
    case 'closed':
      return closedAnswer(words, reason, ourReason);
    case 'filtered':
    case 'firewalled':
      return filteredAnswer(words, reason, ourReason);
    // An ACK scan's RST shows that ACKs pass; of SYNs it says nothing. The others nmap itself could not tell apart.
    case 'unfiltered':
    case 'open|filtered':
    case 'closed|filtered':
      return { state: 'unobserved', reason: words.state.toLowerCase(), icmp: null };
    default:
      return undefined;
  }
}

function closedAnswer(words: NmapWords, reason: string | null, ourReason: string): NmapAnswer {
  if (words.protocol === 'udp' && reason === 'port-unreach') {
    return { state: 'closed', reason: 'icmp', icmp: { type: 3, code: 3, from: words.from } };
  }
  return { state: 'closed', reason: ourReason, icmp: null };
}

function filteredAnswer(words: NmapWords, reason: string | null, ourReason: string): NmapAnswer {
  const icmp = reason === null ? undefined : ICMP_REASONS.get(reason);
  if (!icmp) return { state: 'filtered', reason: ourReason, icmp: null };
  if (words.connectScan) {
    return { state: 'unreachable', reason: ERRNO_REASONS.get(reason!) ?? reason!, icmp: null };
  }
  const [type, code] = icmp;
  const saysWho = type === 3 && (code === 9 || code === 10 || code === 13);
  return {
    state: saysWho ? 'filtered' : 'unreachable',
    reason: 'icmp',
    icmp: { type, code, from: words.from },
  };
}
