// Feeds the full-screen view with a made-up scan, to look at it: `node --import tsx test/support/watch-feed.ts`.
// No packet is sent; FEED_SPEED=10 is ten times as fast, FEED_HOSTILE=1 lets the scanned host fight back with text.
import { openBlessedScreen } from '../../reports/screen/blessed-screen.ts';
import type { LiveView } from '../../reports/screen/live-view.ts';
import { openPlainView } from '../../reports/screen/plain-view.ts';
import type { ScreenEvent } from '../../reports/screen/screen-events.ts';
import { auditReport, auditResult } from '../reports/samples/audit-sample.ts';

const SPEED = Number(process.env.FEED_SPEED ?? '1');
const HOSTILE =
  process.env.FEED_HOSTILE === '1' ? '\u001b[31m\u001b]0;owned\u0007{red-fg}{/} \u202e漢字 ' : '';
const TOTAL = 65535;
const BATCH = 257;

const openPorts: Readonly<Record<string, readonly number[]>> = {
  internet: [110],
  friend: [22, 110, 143, 514],
};

let paused = false;
let rate = 100 * SPEED;
let stopped = false;
const done: Record<string, number> = { internet: 0, friend: 0 };

const view: LiveView =
  process.stdout.isTTY && process.stdin.isTTY
    ? openBlessedScreen({
        input: process.stdin,
        output: process.stdout,
        controls: {
          pause: () => {
            paused = true;
          },
          resume: () => {
            paused = false;
          },
          slower: () => {
            rate /= 2;
          },
          faster: () => {
            rate *= 2;
          },
          stop: () => {
            stopped = true;
          },
        },
        now: () => Date.now(),
        unicode: true,
      })
    : openPlainView((line) => console.log(line));

const emit = (e: ScreenEvent): void => view.emit(e);

emit({
  kind: 'start',
  site: `isp-mail${HOSTILE}`,
  at: Date.now(),
  lists: auditReport.lists,
  vantages: Object.keys(openPorts).map((name) => ({
    name,
    targets: [{ name: 'giant', protocol: 'tcp', ports: [[1, TOTAL]], permitted: null }],
  })),
});

function observe(vantage: string, from: number, to: number): void {
  const at = Date.now();
  const key = { vantage, target: 'giant', protocol: 'tcp' } as const;
  const open = (openPorts[vantage] ?? []).filter((p) => from <= p && p <= to);
  const outside = vantage === 'internet';
  emit({
    kind: 'observation',
    ...key,
    ports: [[from, to]],
    state: outside ? 'filtered' : 'closed',
    reason: outside ? 'icmp' : 'rst',
    icmp: outside ? { type: 3, code: 13, from: '192.168.1.126' } : null,
    at,
  });
  for (const port of open) {
    emit({
      kind: 'observation',
      ...key,
      ports: [[port, port]],
      state: 'open',
      reason: 'syn-ack',
      icmp: null,
      at,
    });
  }
  if (vantage === 'friend' && from <= 25 && 25 <= to) {
    emit({ kind: 'observation', ...key, ports: [[25, 25]], state: 'wrapped', reason: 'eof', icmp: null, at });
  }
  if (vantage === 'friend' && open.includes(514)) {
    const [exposed] = auditResult.findings.filter((f) => f.kind === 'exposed');
    if (exposed) emit({ kind: 'finding', finding: { ...exposed, message: HOSTILE + exposed.message } });
  }
}

let tick = 0;
const timer = setInterval(() => {
  tick++;
  const at = Date.now();
  const findings = auditResult.findings.filter((f) => f.kind !== 'exposed' && f.kind !== 'bypassed');
  if (tick % 20 === 1) {
    const finding = findings[(tick - 1) / 20];
    if (finding) emit({ kind: 'finding', finding });
  }
  const coverage = auditResult.coverage[tick / 5 - 1];
  if (coverage) emit({ kind: 'coverage', coverage, at });
  if (tick % 10 === 0) {
    for (const vantage of Object.keys(openPorts)) {
      const answered = vantage === 'internet' && tick % 100 === 50 ? 0 : 1;
      emit({
        kind: 'canary',
        vantage,
        target: 'giant',
        port: 110,
        canary: 'positive',
        sent: 1,
        answered,
        at,
      });
    }
  }
  if (tick === 45)
    emit({ kind: 'note', vantage: 'internet', text: `${HOSTILE}two canaries missed: resting 30 s` });
  if (!paused) {
    for (const vantage of Object.keys(openPorts)) {
      const from = (done[vantage] ?? 0) + 1;
      if (from > TOTAL) continue;
      const to = Math.min(TOTAL, from + Math.round((BATCH * rate) / 100) - 1);
      observe(vantage, from, to);
      done[vantage] = to;
      emit({ kind: 'progress', vantage, done: to, total: TOTAL, perSecond: rate, left: TOTAL - to });
      if (to === TOTAL) emit({ kind: 'state', vantage, state: 'finished', reason: null });
    }
  }
  if (stopped || Object.values(done).every((d) => d >= TOTAL)) {
    for (const vantage of Object.keys(openPorts)) {
      if (stopped) emit({ kind: 'state', vantage, state: 'incomplete', reason: 'stopped by hand' });
    }
    clearInterval(timer);
    setTimeout(() => {
      view.close();
      console.log(`kept: internet ${done.internet} ports, friend ${done.friend} ports`);
    }, 300);
  }
}, 100);
