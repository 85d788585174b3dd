import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { HostFacts, TimeConfig } from '../../model/host.ts';
import { bootStatement, processesNamed } from '../boot-start.ts';
import { defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, unseen } from '../statement.ts';

const SERVICES: Readonly<Record<TimeConfig['daemon'], readonly string[]>> = {
  ntpd: ['ntpd', 'ntp', 'ntpsec'],
  chronyd: ['chronyd', 'chrony'],
  timesyncd: ['systemd-timesyncd'],
};
const PROGRAMS: Readonly<Record<TimeConfig['daemon'], readonly string[]>> = {
  ntpd: ['ntpd'],
  chronyd: ['chronyd'],
  timesyncd: ['systemd-timesyncd', 'systemd-timesyn'],
};

export const timeSynchronised = defineCheck({
  id: 'time-synchronised',
  description: 'A time daemon has servers, starts at boot, and the clock follows one of them closely.',
  parameters: z.strictObject({ maxOffsetSeconds: z.number().positive().default(0.5) }),
  judge: ({ facts }, { maxOffsetSeconds }) =>
    facts === null
      ? [missing('no evidence bundle of the host')]
      : [...configured(facts), synchronised(facts, maxOffsetSeconds)],
});

function configured(facts: HostFacts): readonly Statement[] {
  if (facts.time.kind !== 'present') {
    return facts.time.kind === 'absent'
      ? [breaks('no time daemon is configured', { sources: facts.time.sources })]
      : [unseen(facts.time, 'the time daemon')];
  }
  const { sources } = facts.time;
  // timesyncd has servers built in, so that its file names none and it works all the same.
  const usable = inUse(facts, facts.time.value).filter(
    (c) => c.servers.length > 0 || c.daemon === 'timesyncd',
  );
  const named = usable.find((c) => c.servers.length > 0) ?? usable[0];
  if (named === undefined) return [breaks('the time daemon names no server', { sources })];
  const services = [...new Set(usable.map((c) => c.daemon))].flatMap((d) => SERVICES[d]);
  const servers = named.servers.map((s) => s.server);
  return [
    holds(`${named.daemon} asks ${enumerate(servers) || 'its built-in servers'}`, {
      sources,
      lines: named.servers.map((s) => s.line).slice(0, 5),
    }),
    bootStatement(facts, services, 'the time daemon'),
  ];
}

/** Files of several daemons may lie about: the one that runs counts, else one that starts at boot. */
function inUse(facts: HostFacts, configs: readonly TimeConfig[]): readonly TimeConfig[] {
  const { processes } = facts;
  const running =
    processes.kind !== 'present'
      ? []
      : configs.filter((c) => processesNamed(processes.value, PROGRAMS[c.daemon]).length > 0);
  if (running.length > 0) return running;
  const starting = configs.filter((c) => bootStatement(facts, SERVICES[c.daemon], c.daemon).kind === 'holds');
  return starting.length > 0 ? starting : configs;
}

function synchronised(facts: HostFacts, maxOffsetSeconds: number): Statement {
  if (facts.timeStatus.kind !== 'present')
    return unseen(facts.timeStatus, 'whether the clock is synchronised');
  const { synchronised: yes, offsetSeconds, line, sources } = facts.timeStatus.value;
  const grounds = { sources: facts.timeStatus.sources, lines: line === null ? [] : [line] };
  if (yes === null) return doubt('the time daemon does not say whether the clock is synchronised', grounds);
  if (!yes) return breaks('the clock follows no server', grounds);
  const server = sources.find((s) => s.selected)?.server;
  const to = server === undefined ? '' : ` to ${server}`;
  if (offsetSeconds === null) return holds(`the clock is synchronised${to}`, grounds);
  const shown = `${(offsetSeconds * 1000).toFixed(1)} ms`;
  return Math.abs(offsetSeconds) > maxOffsetSeconds
    ? breaks(`the clock is ${shown} off${to}`, grounds)
    : holds(`the clock is synchronised${to}, ${shown} off`, grounds);
}
