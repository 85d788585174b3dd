import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { HostFacts, LogWatcher } from '../../model/host.ts';
import { processesNamed } from '../boot-start.ts';
import { defineCheck } from '../check.ts';
import { breaks, enumerate, holds, missing, unseen } from '../statement.ts';

/** Names under which a watcher runs or is scheduled. */
const PROGRAMS: Readonly<Record<LogWatcher['tool'], readonly string[]>> = {
  swatch: ['swatch', 'swatchdog', '.swatch_script'],
  logwatch: ['logwatch', 'logwatch.pl'],
  logcheck: ['logcheck', 'logcheck.sh'],
  ossec: ['ossec-logcollector'],
  other: [],
};

export const logsMonitored = defineCheck({
  id: 'logs-monitored',
  description: 'Some tool reads the logs, is running or scheduled, and tells a person.',
  parameters: z.strictObject({}),
  judge: ({ facts }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    if (facts.watchers.kind === 'uncollected') return [unseen(facts.watchers, 'what watches the logs')];
    const watchers = facts.watchers.kind === 'present' ? facts.watchers.value : [];
    if (watchers.length === 0)
      return [breaks('nothing that watches the logs is configured', { sources: facts.watchers.sources })];
    const judged = watchers.map((w) => ({ watcher: w, statements: judgeWatcher(facts, w) }));
    // One that works is enough; the others are then no fault.
    const working = judged.find((j) => j.statements.every((s) => s.kind === 'holds'));
    return working ? working.statements : judged.flatMap((j) => j.statements);
  },
});

function judgeWatcher(facts: HostFacts, watcher: LogWatcher): readonly Statement[] {
  const sources = facts.watchers.kind === 'present' ? facts.watchers.sources : [];
  const { tool, notifies, patterns } = watcher;
  const statements: Statement[] = [];
  if (notifies.length === 0) statements.push(breaks(`${tool} tells nobody what it finds`, { sources }));
  else {
    const who = enumerate([...new Set(notifies.map((n) => n.recipient))]);
    statements.push(
      holds(`${tool} tells ${who}`, { sources, lines: notifies.map((n) => n.line).slice(0, 5) }),
    );
  }
  if (patterns === 0) statements.push(breaks(`${tool} watches for nothing`, { sources }));
  return [...statements, activeStatement(facts, tool)];
}

function activeStatement(facts: HostFacts, tool: LogWatcher['tool']): Statement {
  const names = PROGRAMS[tool];
  if (facts.processes.kind === 'present') {
    const [running] = processesNamed(facts.processes.value, names);
    if (running) return holds(`${tool} runs`, { lines: [running.line], sources: facts.processes.sources });
  }
  if (facts.cron.kind === 'present') {
    const job = facts.cron.value.find((j) =>
      j.command.split(/[\s/]+/).some((w) => names.includes(w) || names.includes(w.replace(/^\d+-?/, ''))),
    );
    if (job)
      return holds(`${tool} is scheduled (${job.schedule})`, {
        lines: [job.line],
        sources: facts.cron.sources,
      });
  }
  if (facts.processes.kind !== 'present' && facts.cron.kind !== 'present')
    return missing(`whether ${tool} runs or is scheduled is not known`);
  if (facts.processes.kind !== 'present' || facts.cron.kind !== 'present')
    return missing(`${tool} is not seen to run; not all places were looked at`);
  return breaks(`${tool} is configured but neither runs nor is scheduled`, {
    sources: [...facts.processes.sources, ...facts.cron.sources],
  });
}
