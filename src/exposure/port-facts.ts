import { type PortSet, rangesHave, toRanges } from '../model/ports.ts';
import type { PolicyRule } from '../model/site.ts';
import { type Deciding, labelDeciding } from './deciding-lines.ts';
import type { InsideView, InsideWord } from './inside-view.ts';
import { knownListeners } from './known-listeners.ts';
import { ruleFor } from './policy.ts';
import { labelPorts, type PortLabels } from './port-classes.ts';
import { type LoggedDeny, loggedDenies } from './router-evidence.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

/** All that one port's verdict rests on, besides what was observed of it. */
export interface PortFacts {
  readonly deciding: Deciding;
  readonly policy: 'allow' | 'deny' | null;
  readonly rule: PolicyRule | null;
  readonly wrapped: boolean;
  /** The port is a canary of some evidence: its own silence cannot vouch for itself. */
  readonly canary: boolean;
  readonly listening: boolean;
  readonly logged: LoggedDeny | null;
  readonly inside: InsideWord;
}

/** Every distinction between ports that may change a verdict, as labels and as the facts of one port. */
export function readPorts(
  input: AuditInput,
  context: FlowContext,
  contexts: readonly FlowContext[],
  view: InsideView | null,
): { readonly labellings: readonly PortLabels[]; readonly factsOf: (port: number) => PortFacts } {
  const { policy, protocol, sightings } = context;
  const decided = labelDeciding(context.intended);
  const listeners = knownListeners(input, context, contexts);
  const denies = loggedDenies(input.evidence, context.vantage, context.target, protocol);
  const canaries = toRanges(
    sightings
      .flatMap((s) => s.part.canaries.filter((c) => c.kind === 'positive'))
      .map((c): [number, number] => [c.port, c.port]),
  );
  const one = (port: number): PortSet => [[port, port]];
  return {
    labellings: [
      decided.labels,
      labelPorts([policy.allow ?? []]),
      labelPorts([policy.wrapped]),
      ...policy.rules.flatMap((r) => [
        labelPorts([protocol === 'tcp' ? r.tcp : r.udp]),
        labelPorts([r.wrapped]),
      ]),
      labelPorts([canaries]),
      labelPorts([listeners]),
      labelPorts([...denies.keys()].map(one)),
      labelPorts([view?.answers ?? [], view?.silent ?? []]),
    ],
    factsOf: (port) => ({
      deciding: decided.deciding[decided.labels[port]!]!,
      policy: policy.allow === null ? null : rangesHave(policy.allow, port) ? 'allow' : 'deny',
      rule: ruleFor(policy, protocol, port) ?? null,
      wrapped: rangesHave(policy.wrapped, port),
      canary: rangesHave(canaries, port),
      listening: rangesHave(listeners, port),
      logged: denies.get(port) ?? null,
      inside:
        view === null
          ? 'unknown'
          : rangesHave(view.answers, port)
            ? 'answers'
            : rangesHave(view.silent, port)
              ? 'silent'
              : 'unknown',
    }),
  };
}
