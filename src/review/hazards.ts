import { formatIpv4 } from '../model/address.ts';
import type { Device } from '../model/device.ts';
import type { Hazard } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import type { Simulation } from '../router/simulate.ts';
import { AdjacencyWatch } from './hazards/adjacencies.ts';
import { bareInterfaces, DeviceState, type HazardPlace, samePlaceState } from './hazards/device-state.ts';
import type { PlaceChange } from './hazards/momentary.ts';
import { type Operator, OperatorWatch } from './hazards/operator-ways.ts';
import { HAZARD_RULES } from './hazards/registry.ts';
import { ListTracker } from './list-tracker.ts';

export type { Operator } from './hazards/operator-ways.ts';

export interface HazardOptions {
  readonly clock: number | null;
  readonly operator: Operator | null;
}

export interface HazardReport {
  readonly hazards: readonly Hazard[];
  readonly assumptions: readonly string[];
}

/** What each command of a simulated snippet does that neither end of the change intends. */
export function findHazards(
  config: RouterConfig,
  simulation: Simulation,
  options: HazardOptions,
): HazardReport {
  const tracker = new ListTracker(options.clock);
  const bare = bareInterfaces(simulation.start);
  const states = new Map<Device, DeviceState>();
  const stateOf = (device: Device): DeviceState => {
    let state = states.get(device);
    if (!state) {
      state = new DeviceState(device, tracker, bare);
      states.set(device, state);
    }
    return state;
  };
  const old = stateOf(simulation.start);
  const final = stateOf(simulation.end);
  const operator = options.operator ? new OperatorWatch(config, old, options.operator) : null;
  const adjacencies = new AdjacencyWatch(old);
  const hazards = simulation.steps.flatMap((step) => {
    const before = stateOf(step.before);
    const after = stateOf(step.after);
    const view = {
      step,
      before,
      after,
      old,
      final,
      operator,
      adjacencies,
      changes: changesOf(before, after, old, final),
    };
    return HAZARD_RULES.flatMap((rule) => rule.check(view));
  });
  return { hazards, assumptions: operator ? operatorNotes(operator, old) : [] };
}

function changesOf(
  before: DeviceState,
  after: DeviceState,
  old: DeviceState,
  final: DeviceState,
): readonly PlaceChange[] {
  if (before.device === after.device) return [];
  const places = new Map<string, HazardPlace>();
  for (const state of [before, after])
    for (const place of state.places()) places.set(`${place.name} ${place.direction}`, place);
  return [...places.values()].flatMap((place) => {
    const change = {
      place,
      before: before.at(place),
      after: after.at(place),
      old: old.at(place),
      final: final.at(place),
    };
    return samePlaceState(change.before, change.after) ? [] : [change];
  });
}

function operatorNotes(watch: OperatorWatch, old: DeviceState): readonly string[] {
  const notes = watch.assumption === null ? [] : [watch.assumption];
  if (!watch.reaches(old))
    notes.push(
      `the operator ${formatIpv4(watch.operator.address)} cannot log in to the router even before the change, as far as this text tells`,
    );
  return notes;
}
