import { parseIpv4 } from '../model/address.ts';
import { NO_CANARY, type Observation, type ObservedState } from '../model/evidence.ts';
import type { Verdict } from '../model/finding.ts';
import type { Network } from '../router/network.ts';
import type { Case } from './judge.ts';
import type { PortFacts } from './port-facts.ts';
import type { AuditInput, FlowContext, Sighting } from './sightings.ts';

/** What is intended of a port: the config's word, and the policy's on the target's own segment. */
export function intentOf(context: FlowContext, facts: PortFacts): Verdict {
  if (!context.intended.ownSegment) return facts.deciding.verdict;
  switch (facts.policy) {
    case 'allow':
      return 'permit';
    case 'deny':
      return 'deny';
    case null:
      return 'undetermined';
  }
}

/** ICMP 3/9, 3/10 and 3/13: a filter says what it did. */
const PROHIBITED: ReadonlySet<number> = new Set([9, 10, 13]);

/** Evidence from elsewhere may call any ICMP a filter's; one that names no prohibition does not say why. */
export function observedState(observation: Observation | null): ObservedState {
  if (observation === null) return 'unobserved';
  const { state, icmp } = observation;
  return state === 'filtered' && icmp !== null && !(icmp.type === 3 && PROHIBITED.has(icmp.code))
    ? 'unreachable'
    : state;
}

/** One port, seen by one sighting (or by none), as the verdict table asks for it. */
export function toCase(
  input: AuditInput,
  context: FlowContext,
  facts: PortFacts,
  sighting: Sighting | null,
  observation: Observation | null,
): Case {
  const { logged } = facts;
  return {
    intended: intentOf(context, facts),
    cause: facts.deciding.cause,
    policy: facts.policy,
    ownSegment: context.intended.ownSegment,
    wrappedAllowed: facts.wrapped,
    protocol: context.protocol,
    observed: observedState(observation),
    icmp: observation?.icmp ?? null,
    icmpFromRouter: observation?.icmp ? isRouterAddress(input.network, observation.icmp.from) : false,
    confirmed: observation?.confirmed ?? false,
    tries: observation?.tries ?? 0,
    spanSeconds: observation?.spanSeconds ?? 0,
    listenerKnown: facts.listening,
    silenceDoubt: facts.canary
      ? "a canary's own silence is judged without canaries"
      : sighting && observation
        ? sighting.trustIn(observation).doubt
        : null,
    loggedDeny: logged ? `${logged.file}:${logged.line}, list ${logged.list}` : null,
    // Whether the lack of a canary matters is silenceDoubt's to say: one elsewhere may stand in.
    tainted: observation?.tainted === NO_CANARY ? null : (observation?.tainted ?? null),
    disqualified: sighting?.disqualified ?? null,
  };
}

const isRouterAddress = (network: Network, from: string | null): boolean => {
  const address = from === null ? undefined : parseIpv4(from);
  return (
    address !== undefined &&
    network.routers.some((r) =>
      [...r.config.interfaces.values()].some((i) => i.addresses.some((a) => a.address === address)),
    )
  );
};
