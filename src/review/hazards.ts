import { formatIpv4 } from '../model/address.ts';
import { type Device, deviceOf } from '../model/device/device.ts';
import { pushAll } from '../model/push-all.ts';
import type { Hazard } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import type { Simulation } from '../router/simulate.ts';
import { AdjacencyWatch } from './hazards/adjacencies.ts';
import { ADJACENCY_CUT } from './hazards/adjacency-cut.ts';
import { bareInterfaces, DeviceState, placesTouched, samePlaceState } from './hazards/device-state.ts';
import { deletesBySlip } from './hazards/list-deleted.ts';
import { LOCKOUT } from './hazards/lockout.ts';
import type { PlaceChange } from './hazards/momentary.ts';
import { type Operator, OperatorWatch } from './hazards/operator-ways.ts';
import { HAZARD_RULES } from './hazards/registry.ts';
import { TunnelWatch } from './hazards/tunnels.ts';
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
  const { start, end } = simulation;
  const tracker = new ListTracker(options.clock, [start, end]);
  const bare = bareInterfaces(start);
  const old = new DeviceState(start, tracker, bare);
  const final = new DeviceState(end, tracker, bare);
  const tunnels = new TunnelWatch(old);
  const operator = options.operator ? new OperatorWatch(config, old, options.operator, tunnels) : null;
  const adjacencies = new AdjacencyWatch(tunnels);
  // Of the states in between only two are held at a time: each is as large as the device's longest list.
  let last = old;
  const stateOf = (device: Device): DeviceState =>
    [last, old, final].find((state) => state.device === device) ?? new DeviceState(device, tracker, bare);
  const slipped = new Set<string>();
  const hazards = simulation.steps.flatMap((step) => {
    const before = stateOf(step.before);
    last = before;
    const after = stateOf(step.after);
    last = after;
    const view = {
      step,
      before,
      after,
      old,
      final,
      operator,
      adjacencies,
      slipped,
      changes: changesOf(before, after, old, final),
    };
    const found = HAZARD_RULES.flatMap((rule) => rule.check(view));
    if (deletesBySlip(step)) slipped.add(step.command.list);
    return found;
  });
  return { hazards, assumptions: operator ? operatorNotes(operator, old, final) : [] };
}

/**
 * What is cut off between two whole configurations, whose way from one to the other is not known: step 0, no command.
 * Lists that are missing or never match are findings of the second configuration.
 */
export function findCuts(before: RouterConfig, after: RouterConfig, options: HazardOptions): HazardReport {
  const devices = [deviceOf(before), deviceOf(after)] as const;
  const tracker = new ListTracker(options.clock, devices);
  const bare = bareInterfaces(devices[0]);
  const [old, final] = devices.map((d) => new DeviceState(d, tracker, bare)) as [DeviceState, DeviceState];
  const tunnels = new TunnelWatch(old);
  const operator = options.operator ? new OperatorWatch(before, old, options.operator, tunnels) : null;
  const view = {
    step: { number: 0, text: '' },
    before: old,
    after: final,
    operator,
    adjacencies: new AdjacencyWatch(tunnels),
  };
  return {
    hazards: [LOCKOUT, ADJACENCY_CUT].flatMap((rule) => rule.check(view)),
    assumptions: operator ? operatorNotes(operator, old, final) : [],
  };
}

function changesOf(
  before: DeviceState,
  after: DeviceState,
  old: DeviceState,
  final: DeviceState,
): readonly PlaceChange[] {
  return placesTouched(before, after).flatMap((place) => {
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

function operatorNotes(watch: OperatorWatch, old: DeviceState, final: DeviceState): readonly string[] {
  const notes = watch.assumption === null ? [] : [watch.assumption];
  const unfollowed = watch.unfollowed(final).map(({ line, reason }) => {
    const why = reason.replace(/^undetermined, because (?:line \d+: )?/, '');
    return `lockouts by this are not told: ${why}${line ? ` (${line.file}:${line.line})` : ''}`;
  });
  pushAll(notes, new Set(unfollowed));
  if (!watch.reaches(old))
    notes.push(
      `the operator ${formatIpv4(watch.operator.address)} cannot log in to the router even before the change, as far as this text tells`,
    );
  return notes;
}
