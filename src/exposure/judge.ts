import type { Confidence, FlowVerdict } from '../model/audit.ts';
import type { IcmpAnswer, ObservedState } from '../model/evidence.ts';
import type { Severity, Verdict } from '../model/finding.ts';
import type { PortProtocol } from '../model/site.ts';
import { DENIED_BY_LIST } from './deciding-lines.ts';

/** Everything that one port's verdict depends on. */
export interface Case {
  readonly intended: Verdict;
  /** What denies it, as a clause, where it is not a list alone; else null. */
  readonly cause: string | null;
  readonly policy: 'allow' | 'deny' | null;
  /** On the target's own segment policy alone is intended, and there is no list to credit or blame. */
  readonly ownSegment: boolean;
  /** The policy lets this port accept and close. */
  readonly wrappedAllowed: boolean;
  readonly protocol: PortProtocol;
  readonly observed: ObservedState;
  readonly icmp: IcmpAnswer | null;
  /** The ICMP sender is an address of a modelled router. */
  readonly icmpFromRouter: boolean;
  /** A full handshake told open from wrapped; other tools' word alone does not. */
  readonly confirmed: boolean;
  readonly tries: number;
  readonly spanSeconds: number;
  /** A service is known to listen: declared, listed by the host, or seen open from elsewhere. */
  readonly listenerKnown: boolean;
  /** Silence can be believed: canaries answered around it. Null says why; otherwise the reason not to. */
  readonly silenceDoubt: string | null;
  /** Where the router's own log says that it denied this probe, or null. */
  readonly loggedDeny: string | null;
  /** Why the observation itself cannot be relied on, or null. */
  readonly tainted: string | null;
  /** Why the evidence cannot speak for this flow at all (another address, another box), or null. */
  readonly disqualified: string | null;
}

export interface Judgement {
  readonly verdict: FlowVerdict;
  readonly confidence: Confidence;
  readonly severity: Severity | null;
  readonly message: string;
  /** Finding that the judgement founds, or null. */
  readonly finding: 'exposed' | 'bypassed' | 'drift' | 'unreachable-service' | null;
}

/** A permitted port stays silent this long, over this many tries, before a known listener's silence is a failure. */
export const SILENT_TRIES = 5;
export const SILENT_SECONDS = 15;

const pass = (confidence: Confidence, message: string): Judgement => ({
  verdict: 'pass',
  confidence,
  severity: null,
  message,
  finding: null,
});
const fail = (
  severity: Severity,
  finding: NonNullable<Judgement['finding']>,
  message: string,
): Judgement => ({
  verdict: 'fail',
  confidence: 'proven',
  severity,
  message,
  finding,
});
const undetermined = (confidence: Confidence, message: string): Judgement => ({
  verdict: 'undetermined',
  confidence,
  severity: null,
  message,
  finding: null,
});

/** One cell of the verdict table. */
export function judge(c: Case): Judgement {
  if (c.disqualified !== null) return undetermined('none', c.disqualified);
  switch (c.observed) {
    case 'unobserved':
      return undetermined('none', 'nothing was observed');
    case 'unstable':
      return undetermined('none', 'answers contradicted one another between tries');
    default:
  }
  if (c.tainted !== null && (c.observed === 'open' || c.observed === 'wrapped'))
    return undetermined('tainted', `the answer cannot be relied on: ${c.tainted}`);
  switch (c.intended) {
    case 'permit':
      return judgePermitted(c);
    case 'deny':
      return judgeDenied(c);
    case 'undetermined':
      return judgeUndetermined(c);
  }
}

/** Imported text may name the answer but not who sent it. */
const senderOf = (icmp: IcmpAnswer): string => icmp.from ?? 'an unnamed sender';

function judgePermitted(c: Case): Judgement {
  switch (c.observed) {
    case 'open':
      return pass('proven', 'permitted, and open');
    case 'wrapped':
      return pass('proven', 'permitted; the service refuses this source after the handshake');
    case 'closed':
      return pass('proven', 'permitted, no listener: is this permit stale?');
    case 'filtered':
      if (c.icmp)
        return fail(
          c.icmpFromRouter || c.ownSegment ? 'high' : 'medium',
          'drift',
          `intended to pass, but ${senderOf(c.icmp)} answers ICMP ${c.icmp.type}/${c.icmp.code}: a filter that is not in the model`,
        );
      return judgeSilentPermitted(c);
    case 'unreachable':
      return undetermined('none', 'unreachable, for a reason that the answer does not give');
    case 'unobserved':
    case 'unstable':
      return undetermined('none', 'nothing was observed');
  }
}

function judgeSilentPermitted(c: Case): Judgement {
  if (c.tainted !== null) return undetermined('tainted', `silent, and ${c.tainted}`);
  if (c.listenerKnown && c.tries >= SILENT_TRIES && c.spanSeconds >= SILENT_SECONDS)
    return fail(
      'high',
      'unreachable-service',
      `intended to pass and a service listens, yet ${c.tries} tries over ${Math.round(c.spanSeconds)} s stayed silent`,
    );
  return undetermined(
    'none',
    c.listenerKnown
      ? `silent after ${c.tries} ${c.tries === 1 ? 'try' : 'tries'}: not enough to say that the service cannot be reached`
      : 'silent: filtered, lost, or no host; no service is known to listen here',
  );
}

function judgeDenied(c: Case): Judgement {
  const grave: Severity = c.ownSegment ? 'high' : 'critical';
  const why = c.ownSegment ? 'policy denies it' : (c.cause ?? DENIED_BY_LIST);
  switch (c.observed) {
    case 'open':
      if (c.ownSegment && c.wrappedAllowed && !c.confirmed)
        return undetermined(
          'none',
          'it accepts connections; whether the service then refuses this source, as policy asks, was not looked at',
        );
      return fail(grave, 'exposed', `open, though ${why}`);
    case 'wrapped':
      if (c.ownSegment && c.wrappedAllowed)
        return pass('proven', 'accepts and closes at once, as policy asks');
      return fail(
        grave,
        'exposed',
        c.ownSegment
          ? `accepts connections, though ${why}; the service then closes them`
          : `the handshake passed, though ${why}; the service then closes it`,
      );
    case 'closed':
      if (c.ownSegment) return pass('proven', 'closed, as intended');
      return fail(
        'high',
        'bypassed',
        `${c.protocol === 'tcp' ? 'a RST' : 'an ICMP port unreachable'} came back, though ${
          c.cause === null
            ? 'a denied packet gets silence or ICMP 3/13: the list was bypassed'
            : `${c.cause}: the packets took another way`
        }, or another device answered`,
      );
    case 'filtered':
      if (c.icmp) {
        return c.icmpFromRouter || c.ownSegment
          ? pass('proven', `denied: ${senderOf(c.icmp)} says ICMP ${c.icmp.type}/${c.icmp.code}`)
          : pass(
              'consistent',
              c.icmp.from === null
                ? `filtered: ICMP ${c.icmp.type}/${c.icmp.code} came back, and the evidence does not say from whom`
                : `filtered by ${c.icmp.from} (ICMP ${c.icmp.type}/${c.icmp.code}), which is not a modelled router`,
            );
      }
      return believeSilence(c, 'silent, as a denied port is');
    case 'unreachable':
      return believeSilence(c, 'unreachable between good canaries, as a denied port may be');
    case 'unobserved':
    case 'unstable':
      return undetermined('none', 'nothing was observed');
  }
}

function believeSilence(c: Case, message: string): Judgement {
  if (c.loggedDeny !== null) return pass('proven', `denied: the router logged it (${c.loggedDeny})`);
  if (c.tainted !== null) return undetermined('tainted', `silent, and ${c.tainted}`);
  if (c.silenceDoubt !== null) return undetermined('tainted', `silent, but ${c.silenceDoubt}`);
  return pass('consistent', message);
}

function judgeUndetermined(c: Case): Judgement {
  if (c.policy === 'deny' && c.observed === 'open')
    return fail(
      'critical',
      'exposed',
      'open, though policy denies it; what the config intends is undetermined',
    );
  if (c.policy === 'deny' && c.observed === 'wrapped' && !c.wrappedAllowed)
    return fail(
      'critical',
      'exposed',
      'accepts connections, though policy denies it; what the config intends is undetermined',
    );
  return undetermined('none', 'the config leaves open what is intended');
}
