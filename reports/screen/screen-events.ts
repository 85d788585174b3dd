import type { AceCoverage, AuditFinding } from '../../src/model/audit.ts';
import type { IcmpAnswer, ObservedState } from '../../src/model/evidence.ts';
import type { PortSet } from '../../src/model/ports.ts';
import type { FlowKey, QuotedList } from '../report.ts';

/** What one vantage is about to probe. */
export interface WatchedTarget {
  readonly name: string;
  readonly protocol: FlowKey['protocol'];
  readonly ports: PortSet;
  /** Ports that the model expects to be reached from there; null: not known. */
  readonly permitted: PortSet | null;
}

export interface WatchedVantage {
  readonly name: string;
  readonly targets: readonly WatchedTarget[];
}

export type VantageState = 'waiting' | 'running' | 'paused' | 'finished' | 'incomplete';

/** What a key press asks of the view itself. Pausing and the like are asked of the scan, which answers by events. */
export type ViewAction =
  | 'next-pane'
  | 'up'
  | 'down'
  | 'open'
  | 'close'
  | 'next-map'
  | 'help'
  | 'pausing'
  | 'resuming'
  | 'stopping';

/** Everything that a live view learns. Times are milliseconds since the epoch. */
export type ScreenEvent =
  | {
      readonly kind: 'start';
      readonly site: string;
      readonly vantages: readonly WatchedVantage[];
      readonly lists: readonly QuotedList[];
      /** Whether the scan can be paused and slowed down; absent: it can. */
      readonly steerable?: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'state';
      readonly vantage: string;
      readonly state: VantageState;
      readonly reason: string | null;
    }
  | {
      readonly kind: 'progress';
      readonly vantage: string;
      /** Ports that have their answer, of all. */
      readonly done: number;
      readonly total: number;
      readonly perSecond: number;
      /** Probes still likely to be needed. */
      readonly left: number;
    }
  /** The latest word on these ports; it replaces any earlier one. */
  | (FlowKey & {
      readonly kind: 'observation';
      readonly ports: PortSet;
      readonly state: ObservedState;
      readonly reason: string;
      readonly icmp: IcmpAnswer | null;
      readonly at: number;
    })
  | (FlowKey & { readonly kind: 'withdrawn'; readonly ports: PortSet; readonly why: string })
  | {
      readonly kind: 'canary';
      readonly vantage: string;
      readonly target: string;
      readonly port: number;
      readonly canary: 'positive' | 'negative';
      readonly sent: number;
      readonly answered: number;
      readonly at: number;
    }
  | { readonly kind: 'finding'; readonly finding: AuditFinding }
  /** All findings as they stand: any that is not among them no longer holds. */
  | { readonly kind: 'findings'; readonly findings: readonly AuditFinding[] }
  | { readonly kind: 'coverage'; readonly coverage: AceCoverage; readonly at: number }
  | { readonly kind: 'note'; readonly vantage: string | null; readonly text: string }
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'view'; readonly action: ViewAction };
