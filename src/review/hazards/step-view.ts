import { toConfigLine } from '../../diagnostics/source-span.ts';
import type { Severity } from '../../model/finding.ts';
import type { Packet } from '../../model/packet.ts';
import type { Hazard, HazardKind } from '../../model/review.ts';
import type { SimulatedStep } from '../../router/simulate.ts';
import type { AdjacencyWatch } from './adjacencies.ts';
import type { DeviceState } from './device-state.ts';
import type { PlaceChange } from './momentary.ts';
import type { OperatorWatch } from './operator-ways.ts';

/** Two states, and who must not be cut off between them. */
export interface CutView {
  /** Without a span where no command leads from one to the other. */
  readonly step: Pick<SimulatedStep, 'number' | 'text'> & Partial<Pick<SimulatedStep, 'span'>>;
  readonly before: DeviceState;
  readonly after: DeviceState;
  /** null: nobody said who the operator is. */
  readonly operator: OperatorWatch | null;
  readonly adjacencies: AdjacencyWatch;
}

/** One command between two states, and the two ends of the whole change. */
export interface StepView extends CutView {
  readonly step: SimulatedStep;
  readonly old: DeviceState;
  readonly final: DeviceState;
  /** Lists that a command before deleted although it was meant for one line: nobody set out to build them anew. */
  readonly slipped: ReadonlySet<string>;
  /** Places where other packets pass after the command than before it. */
  readonly changes: readonly PlaceChange[];
}

/** One kind of hazard. */
export interface HazardRule<View extends CutView = StepView> {
  readonly kind: HazardKind;
  /** Of an ordinary case; single ones may be graver or milder. */
  readonly severity: Severity;
  readonly title: string;
  readonly rationale: string;
  readonly check: (view: View) => readonly Hazard[];
}

export const hazard = (
  view: CutView,
  kind: HazardKind,
  severity: Severity,
  message: string,
  witness: Packet | null = null,
): Hazard => ({
  step: view.step.number,
  command: view.step.text,
  line: view.step.span ? toConfigLine(view.step.span) : null,
  kind,
  severity,
  message,
  witness,
});

export const placeName = (place: PlaceChange['place']): string => `${place.name} ${place.direction}`;
