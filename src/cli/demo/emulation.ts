import type { EmulatedPort } from '../../../scans/emulated-host.ts';
import type { Evidence, Observation, TargetEvidence } from '../../model/evidence.ts';
import type { Plan, PlanTarget } from '../../model/plan.ts';
import { type PortSet, rangesHave, valuesOf } from '../../model/ports.ts';

/** Ports move up by this much, so that nobody needs root and no service of this machine is touched. */
export const PORT_OFFSET = 20_000;
/** The highest port that still has a place after the move. */
export const HIGHEST_PORT = 65_535 - PORT_OFFSET;

/** Which alias of the server each vantage sees: through the router, or on the server's own segment. */
export const ALIASES: Readonly<Record<string, string>> = {
  internet: '127.0.1.35',
  mailfilter: '127.0.1.36',
  admin: '127.0.1.37',
  friend: '127.0.2.35',
};

type Answer = 'open' | 'wrapped' | 'closed' | 'silent';

/**
 * What the emulated network really does, written by hand: it knows nothing of the list or the model. The router lets
 * customers' POP3 through and, by a fault that this demo plants, rsh (514) as well.
 */
const TRUTH: Readonly<
  Record<string, { readonly ports: Readonly<Record<number, Answer>>; readonly rest: Answer }>
> = {
  internet: { ports: { 110: 'open', 514: 'open' }, rest: 'silent' },
  mailfilter: { ports: {}, rest: 'silent' },
  admin: { ports: {}, rest: 'silent' },
  friend: { ports: { 22: 'open', 25: 'wrapped', 110: 'open', 143: 'open', 514: 'open' }, rest: 'closed' },
};

export const PLANTED_PORT = 514;

const GREETINGS: Readonly<Record<number, string>> = {
  22: 'SSH-2.0-OpenSSH_3.6.1p2\r\n',
  110: '+OK POP3 giant.example.net ready\r\n',
  143: '* OK giant.example.net IMAP4rev1 ready\r\n',
};

/** The listeners that make the truth real for what the plans will probe. */
export function emulate(plans: readonly Plan[]): readonly EmulatedPort[] {
  return plans.flatMap((plan) => {
    const truth = TRUTH[plan.vantage];
    const address = ALIASES[plan.vantage];
    if (!truth || address === undefined)
      throw new Error(`the demo has no emulated network for ${plan.vantage}`);
    const ports = new Set(
      plan.targets.flatMap((t) => [
        ...valuesOf(t.ports),
        ...t.negativeCanaries,
        ...(t.canary === null ? [] : [t.canary]),
      ]),
    );
    return [...ports].flatMap((port) => emulatedPort(address, port, truth.ports[port] ?? truth.rest));
  });
}

/** A closed port needs no listener: the kernel itself answers with a RST. */
function emulatedPort(address: string, port: number, answer: Answer): readonly EmulatedPort[] {
  const at = { address, port: port + PORT_OFFSET };
  switch (answer) {
    case 'open':
      return [{ ...at, behaviour: { kind: 'open', greeting: GREETINGS[port] ?? '' } }];
    case 'wrapped':
    case 'silent':
      return [{ ...at, behaviour: { kind: answer } }];
    case 'closed':
      return [];
  }
}

const shift = (set: PortSet, by: number): PortSet => set.map(([lo, hi]) => [lo + by, hi + by]);

/** The plan as it is carried out on loopback. */
export function toLoopback(plan: Plan): Plan {
  const address = ALIASES[plan.vantage] ?? '127.0.0.1';
  const move = (port: number): number => port + PORT_OFFSET;
  const target = (t: PlanTarget): PlanTarget => ({
    ...t,
    address,
    ports: shift(t.ports, PORT_OFFSET),
    first: t.first.map(move),
    expectedOpen: shift(t.expectedOpen, PORT_OFFSET),
    canary: t.canary === null ? null : move(t.canary),
    negativeCanaries: t.negativeCanaries.map(move),
    onLink: true,
  });
  return { ...plan, vantageAddress: '127.0.0.1', targets: plan.targets.map(target) };
}

/** The evidence in the emulated site's own addresses and ports. */
export function fromLoopback(evidence: Evidence, plan: Plan): Evidence {
  const observation = (o: Observation): Observation => ({ ...o, ports: shift(o.ports, -PORT_OFFSET) });
  const target = (t: TargetEvidence): TargetEvidence => ({
    ...t,
    address: plan.targets.find((p) => p.name === t.target)?.address ?? t.address,
    observations: t.observations.map(observation),
    canaries: t.canaries.map((c) => ({ ...c, port: c.port - PORT_OFFSET })),
  });
  const { seal: _, ...rest } = evidence;
  return {
    ...rest,
    box: evidence.box && {
      ...evidence.box,
      address: plan.vantageAddress,
      onLink: plan.targets.every((t) => t.onLink),
    },
    targets: evidence.targets.map(target),
  };
}

/** Ports of a plan that are planted faults, so that the demo can say whether it found what it planted. */
export const plantedIn = (ports: PortSet): boolean => rangesHave(ports, PLANTED_PORT);
