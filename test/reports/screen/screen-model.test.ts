import { expect } from 'chai';
import {
  countState,
  EMPTY_MAP,
  markDiffering,
  markObserved,
  portsIn,
  sampleMap,
  stateOf,
} from '../../../reports/screen/port-map.ts';
import type { ScreenEvent } from '../../../reports/screen/screen-events.ts';
import {
  EMPTY_MODEL,
  lineKey,
  reduceScreen,
  type ScreenModel,
} from '../../../reports/screen/screen-model.ts';
import { auditResult } from '../samples/audit-sample.ts';
import { ace, list150 } from '../samples/isp-mail.ts';

const key = { vantage: 'friend', target: 'giant', protocol: 'tcp' } as const;

const START: ScreenEvent = {
  kind: 'start',
  site: 'isp-mail',
  at: 1000,
  lists: [list150],
  vantages: [
    { name: 'internet', targets: [{ name: 'giant', protocol: 'tcp', ports: [[1, 65535]], permitted: null }] },
    { name: 'friend', targets: [{ name: 'giant', protocol: 'tcp', ports: [[1, 100]], permitted: null }] },
  ],
};

const observed = (port: number, state: 'open' | 'closed' | 'filtered', at = 2000): ScreenEvent => ({
  kind: 'observation',
  ...key,
  ports: [[port, port]],
  state,
  reason: 'test',
  icmp: null,
  at,
});

const after = (...events: readonly ScreenEvent[]): ScreenModel =>
  [START, ...events].reduce(reduceScreen, EMPTY_MODEL);
const friendMap = (m: ScreenModel) => {
  const found = m.maps.find((v) => v.vantage === 'friend');
  if (!found) throw new Error('no map of friend');
  return found.map;
};

describe('the screen model', () => {
  it('starts with every vantage waiting and its planned ports untold', () => {
    const m = after();
    expect(m.vantages.map((v) => [v.name, v.state, v.total])).to.deep.equal([
      ['internet', 'waiting', 65535],
      ['friend', 'waiting', 100],
    ]);
    expect(countState(friendMap(m), 'waiting')).to.equal(100);
  });

  it('does not change the model it is given', () => {
    const before = after();
    const frozen = JSON.stringify({ ...before, maps: before.maps.map((v) => v.map.counts) });
    reduceScreen(before, observed(22, 'open'));
    reduceScreen(before, { kind: 'view', action: 'next-pane' });
    expect(JSON.stringify({ ...before, maps: before.maps.map((v) => v.map.counts) })).to.equal(frozen);
    expect(stateOf(friendMap(before), 22)).to.equal('waiting');
  });

  it('progress makes a waiting vantage run, and a finished one stay finished', () => {
    const progress: ScreenEvent = {
      kind: 'progress',
      vantage: 'friend',
      done: 5,
      total: 100,
      perSecond: 9,
      left: 95,
    };
    expect(after(progress).vantages[1]).to.include({ state: 'running', done: 5 });
    const finished: ScreenEvent = { kind: 'state', vantage: 'friend', state: 'finished', reason: null };
    expect(after(finished, progress).vantages[1]).to.include({ state: 'finished', done: 5 });
  });

  it('the latest word on a port replaces the earlier one', () => {
    const m = after(observed(22, 'filtered'), observed(22, 'open'));
    expect(stateOf(friendMap(m), 22)).to.equal('open');
    expect(countState(friendMap(m), 'filtered')).to.equal(0);
  });

  it('a withdrawn answer waits again, and a note says why', () => {
    const m = after(observed(22, 'filtered'), {
      kind: 'withdrawn',
      ...key,
      ports: [[22, 22]],
      why: 'the canary failed',
    });
    expect(stateOf(friendMap(m), 22)).to.equal('waiting');
    expect(m.notes).to.deep.equal(['friend: 1 answer withdrawn, the canary failed']);
  });

  it('a finding marks its ports once they are observed, and not before', () => {
    const [exposed] = auditResult.findings.filter((f) => f.kind === 'exposed');
    if (!exposed) throw new Error('the sample changed');
    const finding: ScreenEvent = { kind: 'finding', finding: { ...exposed, ports: [[50, 51]] } };
    const m = after(finding, observed(50, 'open'));
    expect(stateOf(friendMap(m), 50)).to.equal('differs');
    expect(stateOf(friendMap(m), 51)).to.equal('waiting');
  });

  it('findings as they stand take the place of earlier ones, and their marks go with them', () => {
    const [exposed] = auditResult.findings.filter((f) => f.vantage === 'friend' && f.ports !== null);
    if (!exposed) throw new Error('the sample has no finding of friend');
    const port = exposed.ports![0]![0];
    const before = after(observed(port, 'open'), { kind: 'findings', findings: [exposed] });
    expect(stateOf(friendMap(before), port)).to.equal('differs');
    const gone = reduceScreen(before, { kind: 'findings', findings: [] });
    expect(gone.findings).to.deep.equal([]);
    expect(stateOf(friendMap(gone), port)).to.equal('open');
  });

  it('a selection stays with its finding when another one comes before it', () => {
    const [first, second] = auditResult.findings;
    if (!first || !second) throw new Error('the sample has too few findings');
    const chosen = after({ kind: 'findings', findings: [second] }, { kind: 'view', action: 'open' });
    const m = reduceScreen(chosen, { kind: 'findings', findings: [first, second] });
    expect([m.selectedFinding, m.inspecting]).to.deep.equal([1, true]);
  });

  it('counts ICMP senders by address, type, code and vantage', () => {
    const icmp = (from: string | null, ports: number): ScreenEvent => ({
      kind: 'observation',
      ...key,
      ports: [[1, ports]],
      state: 'filtered',
      reason: 'icmp',
      icmp: { type: 3, code: 13, from },
      at: 2000,
    });
    const m = after(icmp('192.168.1.126', 3), icmp('192.168.1.126', 2), icmp(null, 1));
    expect(m.icmp.map((s) => [s.from, s.answers])).to.deep.equal([
      ['192.168.1.126', 5],
      ['unnamed sender', 1],
    ]);
  });

  it('a canary counts its misses until it answers again', () => {
    const canary = (answered: number, at: number): ScreenEvent => ({
      kind: 'canary',
      vantage: 'friend',
      target: 'giant',
      port: 110,
      canary: 'positive',
      sent: 1,
      answered,
      at,
    });
    const missing = after(canary(1, 2000), canary(0, 3000), canary(0, 4000));
    expect(missing.canaries[0]).to.include({ sent: 3, answered: 1, missed: 2, lastGood: 2000 });
    expect(reduceScreen(missing, canary(1, 5000)).canaries[0]).to.include({ missed: 0, lastGood: 5000 });
  });

  it('keeps what the probes say of a line of the list', () => {
    const [coverage] = auditResult.coverage.filter((c) => c.status === 'proven');
    if (!coverage) throw new Error('the sample changed');
    const m = after({ kind: 'coverage', coverage, at: 9000 });
    expect(m.coverage.get(lineKey(ace(11)))).to.include({ status: 'proven', at: 9000 });
    expect(m.coverage.get(lineKey(ace(12)))).to.equal(undefined);
  });

  it('time never runs backwards', () => {
    expect(after({ kind: 'tick', at: 5000 }, { kind: 'tick', at: 4000 }).now).to.equal(5000);
  });

  it('keys choose within what there is', () => {
    const view = (action: 'up' | 'down' | 'open' | 'next-pane' | 'next-map' | 'close'): ScreenEvent => ({
      kind: 'view',
      action,
    });
    expect(after(view('down')).selectedFinding).to.equal(0);
    expect(after(view('open')).inspecting).to.equal(false);
    const findings = auditResult.findings
      .slice(0, 2)
      .map((finding): ScreenEvent => ({ kind: 'finding', finding }));
    expect(after(...findings, view('down'), view('down'), view('down')).selectedFinding).to.equal(1);
    expect(after(...findings, view('open')).inspecting).to.equal(true);
    expect(after(...findings, view('open'), view('close')).inspecting).to.equal(false);
    expect(after(view('next-pane'), view('down')).selectedLine).to.equal(1);
    expect(after(view('next-map'), view('next-map')).selectedMap).to.equal(0);
  });
});

describe('the port map', () => {
  it('counts every port once', () => {
    const map = markObserved(markObserved(EMPTY_MAP, [[0, 65535]], 'closed'), [[80, 80]], 'open');
    expect(countState(map, 'closed')).to.equal(65535);
    expect(countState(map, 'open')).to.equal(1);
    expect(portsIn(map, 'open', 5)).to.deep.equal([80]);
  });

  it('shares its unchanged parts with the map before', () => {
    const map = markObserved(EMPTY_MAP, [[80, 80]], 'open');
    expect(map.chunks[1]).to.equal(EMPTY_MAP.chunks[1]);
    expect(map.chunks[0]).to.not.equal(EMPTY_MAP.chunks[0]);
  });

  it('shows one open port among closed ones, however few places there are', () => {
    const map = markObserved(markObserved(EMPTY_MAP, [[0, 65535]], 'closed'), [[40000, 40000]], 'open');
    for (const places of [1, 10, 74, 1000, 5000]) {
      expect(
        sampleMap(map, places).filter((s) => s === 'open'),
        `${places} places`,
      ).to.have.length(1);
    }
  });

  it('fills a place only when all its ports have answered', () => {
    const half = markObserved(EMPTY_MAP, [[0, 65535]], 'closed');
    expect(sampleMap(half, 10)).to.deep.equal(new Array(10).fill('closed'));
    expect(sampleMap(markDiffering(half, [[0, 1]]), 10)[0]).to.equal('differs');
  });
});
