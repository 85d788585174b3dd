import { forTerminal } from '../untrusted.ts';
import { describeFlowPorts, formatCount } from '../wording.ts';
import type { LiveView } from './live-view.ts';
import { describeSeconds } from './panels.ts';
import type { ScreenEvent } from './screen-events.ts';
import { EMPTY_MODEL, reduceScreen, type ScreenModel, sameFinding } from './screen-model.ts';

const STEP = 0.1;

function progressLine(before: ScreenModel, e: Extract<ScreenEvent, { kind: 'progress' }>): readonly string[] {
  const old = before.vantages.find((v) => v.name === e.vantage);
  if (e.total === 0 || old === undefined) return [];
  const tenth = (done: number): number => Math.floor(done / e.total / STEP + 1e-9);
  if (tenth(e.done) === tenth(old.done)) return [];
  const eta = e.perSecond > 0 && e.left > 0 ? `, ${describeSeconds(e.left / e.perSecond)} left` : '';
  return [
    `${e.vantage}: ${Math.floor((e.done / e.total) * 100)}%, ${formatCount(e.done)} of ${formatCount(e.total)} ports, ${Math.round(e.perSecond)}/s${eta}`,
  ];
}

/** What is worth a line where nothing can be redrawn: tenths of progress, and whatever changes the verdict. */
export function plainLines(before: ScreenModel, e: ScreenEvent): readonly string[] {
  switch (e.kind) {
    case 'start':
      return [`watching ${e.site} from ${e.vantages.map((v) => v.name).join(', ')}`];
    case 'state':
      return e.state === 'running' || e.state === 'waiting'
        ? []
        : [`${e.vantage}: ${e.state}${e.reason === null ? '' : `, ${e.reason}`}`];
    case 'progress':
      return progressLine(before, e);
    case 'observation':
      return e.state === 'open' || e.state === 'wrapped'
        ? [`${e.vantage} -> ${e.target}: ${describeFlowPorts(e.protocol, e.ports)} ${e.state}`]
        : [];
    case 'withdrawn':
      return [`${e.vantage} -> ${e.target}: answers withdrawn, ${e.why}`];
    case 'canary': {
      const old = before.canaries.find(
        (c) => c.vantage === e.vantage && c.target === e.target && c.port === e.port && c.canary === e.canary,
      );
      const where = `${e.vantage} -> ${e.target}:${e.port}`;
      if (e.answered === 0 && (old?.missed ?? 0) === 0) return [`canary ${where}: no answer`];
      if (e.answered > 0 && (old?.missed ?? 0) > 0) return [`canary ${where}: answers again`];
      return [];
    }
    case 'finding':
      return [`${e.finding.severity} ${e.finding.kind}: ${e.finding.message}`];
    case 'findings':
      return e.findings
        .filter((f) => !before.findings.some((old) => sameFinding(old, f)))
        .map((f) => `${f.severity} ${f.kind}: ${f.message}`);
    case 'note':
      return [e.vantage === null ? e.text : `${e.vantage}: ${e.text}`];
    case 'coverage':
    case 'tick':
    case 'view':
      return [];
  }
}

/** The view for pipes, logs and dumb terminals: lines that stay. */
export function openPlainView(write: (line: string) => void): LiveView {
  let model = EMPTY_MODEL;
  return {
    emit: (event) => {
      for (const line of plainLines(model, event)) write(forTerminal(line));
      model = reduceScreen(model, event);
    },
    close: () => {},
  };
}
