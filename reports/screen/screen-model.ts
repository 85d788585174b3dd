import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { AceCoverage, AuditFinding } from '../../src/model/audit.ts';
import { countRanges } from '../../src/model/ports.ts';
import type { FlowKey, QuotedList } from '../report.ts';
import { plural } from '../wording.ts';
import {
  EMPTY_MAP,
  markDiffering,
  markObserved,
  markWaiting,
  type PortMap,
  unmarkDiffering,
} from './port-map.ts';
import type { ScreenEvent, VantageState, ViewAction } from './screen-events.ts';

export interface VantageView {
  readonly name: string;
  readonly state: VantageState;
  readonly reason: string | null;
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
  readonly left: number;
}

export interface CanaryView {
  readonly vantage: string;
  readonly target: string;
  readonly port: number;
  readonly canary: 'positive' | 'negative';
  readonly sent: number;
  readonly answered: number;
  /** Misses since the last good answer. */
  readonly missed: number;
  readonly lastGood: number | null;
  readonly lastAt: number;
}

export interface IcmpSender {
  readonly from: string;
  readonly type: number;
  readonly code: number;
  readonly vantage: string;
  readonly answers: number;
}

export interface MapView extends FlowKey {
  readonly map: PortMap;
}

const PANES = ['findings', 'list'] as const;
export type Pane = (typeof PANES)[number];

/** Everything the view shows, as a value: the drawing is a function of it and the size of the terminal. */
export interface ScreenModel {
  readonly site: string;
  readonly startedAt: number | null;
  readonly now: number;
  readonly vantages: readonly VantageView[];
  readonly maps: readonly MapView[];
  readonly findings: readonly AuditFinding[];
  readonly canaries: readonly CanaryView[];
  readonly icmp: readonly IcmpSender[];
  readonly lists: readonly QuotedList[];
  /** By `lineKey`. */
  readonly coverage: ReadonlyMap<string, AceCoverage & { readonly at: number }>;
  /** Newest last; the oldest are dropped. */
  readonly notes: readonly string[];
  /** Whether the scan can be paused and slowed down. */
  readonly steerable: boolean;
  readonly paused: boolean;
  readonly stopping: boolean;
  readonly pane: Pane;
  readonly selectedFinding: number;
  readonly selectedLine: number;
  readonly selectedMap: number;
  /** A finding is shown in full over everything else. */
  readonly inspecting: boolean;
  readonly help: boolean;
}

export const EMPTY_MODEL: ScreenModel = {
  site: '',
  startedAt: null,
  now: 0,
  vantages: [],
  maps: [],
  findings: [],
  canaries: [],
  icmp: [],
  lists: [],
  coverage: new Map(),
  notes: [],
  steerable: true,
  paused: false,
  stopping: false,
  pane: 'findings',
  selectedFinding: 0,
  selectedLine: 0,
  selectedMap: 0,
  inspecting: false,
  help: false,
};

const MOST_NOTES = 50;
/** A hostile host can send findings and ICMP from anywhere: what the view keeps is bounded. */
const MOST_KEPT = 2000;

export const lineKey = (l: ConfigLine): string => `${l.file}\n${l.line}`;

const sameFlow = (a: FlowKey, b: FlowKey): boolean =>
  a.vantage === b.vantage && a.target === b.target && a.protocol === b.protocol;

/** All entries of all lists, in the order in which the view walks them. */
export const shownEntries = (m: ScreenModel): readonly QuotedList['entries'][number][] =>
  m.lists.flatMap((l) => l.entries);

const clamp = (n: number, count: number): number => Math.max(0, Math.min(n, count - 1));

function changeMap(m: ScreenModel, key: FlowKey, change: (map: PortMap) => PortMap): readonly MapView[] {
  if (!m.maps.some((v) => sameFlow(v, key))) {
    const { vantage, target, protocol } = key;
    return m.maps.length >= MOST_KEPT
      ? m.maps
      : [...m.maps, { vantage, target, protocol, map: change(EMPTY_MAP) }];
  }
  return m.maps.map((v) => (sameFlow(v, key) ? { ...v, map: change(v.map) } : v));
}

function countIcmp(m: ScreenModel, e: Extract<ScreenEvent, { kind: 'observation' }>): readonly IcmpSender[] {
  if (e.icmp === null) return m.icmp;
  const { type, code } = e.icmp;
  const from = e.icmp.from ?? 'unnamed sender';
  const answers = countRanges(e.ports);
  const same = (s: IcmpSender): boolean =>
    s.from === from && s.type === type && s.code === code && s.vantage === e.vantage;
  if (m.icmp.some(same)) {
    return m.icmp.map((s) => (same(s) ? { ...s, answers: s.answers + answers } : s));
  }
  return m.icmp.length >= MOST_KEPT ? m.icmp : [...m.icmp, { from, type, code, vantage: e.vantage, answers }];
}

function countCanary(m: ScreenModel, e: Extract<ScreenEvent, { kind: 'canary' }>): readonly CanaryView[] {
  const { vantage, target, port, canary } = e;
  const same = (c: CanaryView): boolean =>
    c.vantage === vantage && c.target === target && c.port === port && c.canary === canary;
  const before = m.canaries.find(same);
  const good = e.answered > 0;
  const after: CanaryView = {
    vantage,
    target,
    port,
    canary,
    sent: (before?.sent ?? 0) + e.sent,
    answered: (before?.answered ?? 0) + e.answered,
    missed: good ? 0 : (before?.missed ?? 0) + (e.sent - e.answered),
    lastGood: good ? e.at : (before?.lastGood ?? null),
    lastAt: e.at,
  };
  return before === undefined ? [...m.canaries, after] : m.canaries.map((c) => (same(c) ? after : c));
}

const markFinding = (
  maps: readonly MapView[],
  { vantage, target, ports }: AuditFinding,
): readonly MapView[] =>
  vantage === null || target === null || ports === null
    ? maps
    : maps.map((v) =>
        v.vantage === vantage && v.target === target ? { ...v, map: markDiffering(v.map, ports) } : v,
      );

function addFinding(m: ScreenModel, finding: AuditFinding): ScreenModel {
  if (m.findings.length >= MOST_KEPT) return m;
  return { ...m, findings: [...m.findings, finding], maps: markFinding(m.maps, finding) };
}

/** Whether two findings are about the same thing, though one may know of more ports by now. */
export const sameFinding = (a: AuditFinding, b: AuditFinding): boolean =>
  a.kind === b.kind &&
  a.severity === b.severity &&
  a.vantage === b.vantage &&
  a.target === b.target &&
  a.line?.file === b.line?.file &&
  a.line?.line === b.line?.line &&
  (a.ports?.[0]?.[0] === b.ports?.[0]?.[0] || a.message === b.message);

/** The selection stays with its finding, not with its place. */
function replaceFindings(m: ScreenModel, all: readonly AuditFinding[]): ScreenModel {
  const findings = all.slice(0, MOST_KEPT);
  const chosen = m.findings[m.selectedFinding];
  const at = chosen === undefined ? 0 : findings.findIndex((f) => sameFinding(f, chosen));
  const blank: readonly MapView[] = m.maps.map((v) => ({ ...v, map: unmarkDiffering(v.map) }));
  return {
    ...m,
    findings,
    maps: findings.reduce(markFinding, blank),
    selectedFinding: at >= 0 ? at : clamp(m.selectedFinding, findings.length),
    inspecting: m.inspecting && at >= 0 && findings.length > 0,
  };
}

function start(m: ScreenModel, e: Extract<ScreenEvent, { kind: 'start' }>): ScreenModel {
  return {
    ...m,
    site: e.site,
    startedAt: e.at,
    now: e.at,
    lists: e.lists,
    steerable: e.steerable ?? true,
    vantages: e.vantages.map((v) => ({
      name: v.name,
      state: 'waiting',
      reason: null,
      done: 0,
      total: v.targets.reduce((n, t) => n + countRanges(t.ports), 0),
      perSecond: 0,
      left: 0,
    })),
    maps: e.vantages.flatMap((v) =>
      v.targets.map((t) => ({
        vantage: v.name,
        target: t.name,
        protocol: t.protocol,
        map: markWaiting(EMPTY_MAP, t.ports),
      })),
    ),
  };
}

function act(m: ScreenModel, action: ViewAction): ScreenModel {
  switch (action) {
    case 'next-pane':
      return { ...m, pane: PANES[(PANES.indexOf(m.pane) + 1) % PANES.length] ?? 'findings' };
    case 'up':
    case 'down': {
      const step = action === 'up' ? -1 : 1;
      return m.pane === 'findings'
        ? { ...m, selectedFinding: clamp(m.selectedFinding + step, m.findings.length) }
        : { ...m, selectedLine: clamp(m.selectedLine + step, shownEntries(m).length) };
    }
    case 'open':
      return m.pane === 'findings' && m.findings.length > 0 ? { ...m, inspecting: true, help: false } : m;
    case 'close':
      return { ...m, inspecting: false, help: false };
    case 'next-map':
      return m.maps.length === 0 ? m : { ...m, selectedMap: (m.selectedMap + 1) % m.maps.length };
    case 'help':
      return { ...m, help: !m.help, inspecting: false };
    case 'pausing':
      return { ...m, paused: true };
    case 'resuming':
      return { ...m, paused: false };
    case 'stopping':
      return { ...m, stopping: true };
  }
}

/** The model after one event. Pure: the same events give the same screen. */
export function reduceScreen(m: ScreenModel, e: ScreenEvent): ScreenModel {
  switch (e.kind) {
    case 'start':
      return start(m, e);
    case 'state':
      return {
        ...m,
        vantages: m.vantages.map((v) =>
          v.name === e.vantage ? { ...v, state: e.state, reason: e.reason } : v,
        ),
      };
    case 'progress':
      return {
        ...m,
        vantages: m.vantages.map((v) =>
          v.name === e.vantage
            ? {
                ...v,
                state: v.state === 'waiting' ? 'running' : v.state,
                done: e.done,
                total: e.total,
                perSecond: e.perSecond,
                left: e.left,
              }
            : v,
        ),
      };
    case 'observation':
      return {
        ...m,
        now: Math.max(m.now, e.at),
        maps: changeMap(m, e, (map) => markObserved(map, e.ports, e.state)),
        icmp: countIcmp(m, e),
      };
    case 'withdrawn':
      return {
        ...m,
        maps: changeMap(m, e, (map) => markWaiting(map, e.ports)),
        notes: addNote(
          m.notes,
          `${e.vantage}: ${plural(countRanges(e.ports), 'answer')} withdrawn, ${e.why}`,
        ),
      };
    case 'canary':
      return { ...m, now: Math.max(m.now, e.at), canaries: countCanary(m, e) };
    case 'finding':
      return addFinding(m, e.finding);
    case 'findings':
      return replaceFindings(m, e.findings);
    case 'coverage':
      return {
        ...m,
        now: Math.max(m.now, e.at),
        coverage: new Map(m.coverage).set(lineKey(e.coverage.line), { ...e.coverage, at: e.at }),
      };
    case 'note':
      return {
        ...m,
        notes: addNote(m.notes, e.vantage === null ? e.text : `${e.vantage}: ${e.text}`),
      };
    case 'tick':
      return { ...m, now: Math.max(m.now, e.at) };
    case 'view':
      return act(m, e.action);
  }
}

const addNote = (notes: readonly string[], text: string): readonly string[] =>
  [...notes, text].slice(-MOST_NOTES);
