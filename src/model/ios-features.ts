import type { IosVersion } from './router-config.ts';

/** A statement or keyword that some trains of IOS know and others reject. */
export type IosFeature =
  | 'named-list'
  | 'log-input'
  | 'reflexive-list'
  | 'dynamic-entry'
  | 'expanded-numbers'
  | 'time-range'
  | 'remark'
  | 'fragments'
  | 'ipv6-list'
  | 'sequence-numbers'
  | 'non500-isakmp'
  | 'igrp'
  | 'match-flags'
  | 'ip-option'
  | 'several-ports'
  | 'ttl'
  | 'zone-firewall'
  | 'drip-port'
  | 'log-cookie'
  | 'object-group'
  | 'policy-groups'
  | 'ospf-shutdown'
  | 'xe-names';

interface Gate {
  readonly says: string;
  /** First train that has it; where several, the first mainline and each other train. */
  readonly since: readonly {
    readonly major: number;
    readonly minor: number;
    readonly release: number;
    readonly train: string;
  }[];
  /** Knows it only before `since`. */
  readonly gone?: true;
}

const T = (major: number, minor: number, release: number) => ({ major, minor, release, train: 'T' });
const main = (major: number, minor: number, release: number) => ({ major, minor, release, train: '' });

const GATES: Readonly<Record<IosFeature, Gate>> = {
  'named-list': { says: 'named access lists, from 11.2', since: [main(11, 2, 0)] },
  'log-input': { says: 'log-input, from 11.3', since: [main(11, 3, 0)] },
  'reflexive-list': { says: 'reflexive lists, from 11.3', since: [main(11, 3, 0)] },
  'dynamic-entry': { says: 'dynamic entries, from 11.1', since: [main(11, 1, 0)] },
  'expanded-numbers': { says: 'list numbers 1300-2699, from 12.0(1)', since: [main(12, 0, 1)] },
  'time-range': { says: 'time-range, from 12.0(1)T', since: [T(12, 0, 1)] },
  remark: { says: 'remark, from 12.0(2)T', since: [T(12, 0, 2)] },
  fragments: { says: 'fragments, from 12.0(11) and 12.1(2)', since: [main(12, 0, 11), main(12, 1, 2)] },
  'ipv6-list': { says: 'IPv6 access lists, from 12.2(2)T', since: [T(12, 2, 2)] },
  'sequence-numbers': {
    says: 'sequence numbers, from 12.2(14)S, 12.2(15)T and 12.3(2)T',
    since: [{ major: 12, minor: 2, release: 14, train: 'S' }, T(12, 2, 15), main(12, 3, 0)],
  },
  'non500-isakmp': { says: 'the port name non500-isakmp, from 12.2(13)T', since: [T(12, 2, 13)] },
  igrp: { says: 'the protocol name igrp, until 12.2(13)T', since: [T(12, 2, 13)], gone: true },
  'match-flags': { says: 'match-any and match-all, from 12.3(4)T', since: [T(12, 3, 4)] },
  'ip-option': { says: 'option, from 12.3(4)T', since: [T(12, 3, 4)] },
  'several-ports': { says: 'several ports after eq or neq, from 12.3(7)T', since: [T(12, 3, 7)] },
  ttl: { says: 'ttl, from 12.4(2)T', since: [T(12, 4, 2)] },
  'zone-firewall': { says: 'zone-based firewall, from 12.4(6)T', since: [T(12, 4, 6)] },
  'drip-port': { says: 'the port name drip, from 12.4', since: [main(12, 4, 0)] },
  'log-cookie': { says: 'a log cookie, from 12.4(22)T', since: [T(12, 4, 22)] },
  'object-group': { says: 'object groups, from 12.4(20)T', since: [T(12, 4, 20)] },
  'policy-groups': {
    says: 'the groups of policy-based lists, from 12.2(33)SXH',
    since: [{ major: 12, minor: 2, release: 33, train: 'SX' }, main(15, 0, 0)],
  },
  'ospf-shutdown': {
    says: 'shutdown of OSPF, from 12.2(33)SRC and 15.0(1)M',
    since: [{ major: 12, minor: 2, release: 33, train: 'SR' }, main(15, 0, 0)],
  },
  'xe-names': { says: 'a name that IOS has only from 15.0 on', since: [main(15, 0, 0)] },
};

/** In words, for messages: `sequence numbers, from 12.2(14)S, …`. */
export const describeFeature = (feature: IosFeature): string => GATES[feature].says;

/**
 * Whether a train knows a feature. A bare `12.2`, as a configuration prints it, leaves its T releases open, and no
 * version at all leaves everything open: `unknown`.
 */
export function iosSupports(version: IosVersion | null, feature: IosFeature): 'yes' | 'no' | 'unknown' {
  if (version === null) return 'unknown';
  const gate = GATES[feature];
  const has = reaches(version, gate.since);
  if (!gate.gone || has === 'unknown') return has;
  return has === 'yes' ? 'no' : 'yes';
}

/** False only where the train is known to lack it. */
export const mayUse = (version: IosVersion | null, feature: IosFeature): boolean =>
  iosSupports(version, feature) !== 'no';

function reaches(version: IosVersion, since: Gate['since']): 'yes' | 'no' | 'unknown' {
  let answer: 'no' | 'unknown' = 'no';
  for (const gate of since) {
    const distance = version.major - gate.major || version.minor - gate.minor;
    if (distance < 0) continue;
    // What a T train brought is in the next mainline; what a mainline has, every train built on it has.
    if (distance > 0) {
      if (!gate.train.startsWith('S') && !hasSibling(version, since)) return 'yes';
      continue;
    }
    if (gate.train === '' && gate.release === 0) return 'yes';
    if (version.release === null) {
      answer = 'unknown';
      continue;
    }
    if (version.release >= gate.release && (gate.train === '' || trainsWith(version.train, gate.train)))
      return 'yes';
  }
  return answer;
}

/** A gate of the same major.minor decides by its own release number (12.1(1) lacks what 12.0(11) has). */
const hasSibling = (version: IosVersion, since: Gate['since']): boolean =>
  since.some((g) => g.train === '' && g.major === version.major && g.minor === version.minor);

/** Early-deployment X and Y trains branch off T; SE, SG, SR, SX and SY branch off S. */
const trainsWith = (train: string | null, family: string): boolean =>
  train !== null && (family === 'T' ? /^[TXYZ]/.test(train) : train.startsWith(family));
