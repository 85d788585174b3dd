import type { Statement } from '../model/checklist.ts';
import type { BootEntry, HostFacts, Process } from '../model/host.ts';
import { breaks, holds, missing, unseen } from './statement.ts';

const MECHANISMS: Readonly<Record<BootEntry['mechanism'], string>> = {
  systemd: 'systemd',
  chkconfig: 'its runlevels',
  'rc-link': 'a start link of the default runlevel',
  'rc-local': 'rc.local',
  inittab: 'inittab',
  supervise: 'svscan',
  cron: 'cron',
};

function names(entry: BootEntry, service: string): boolean {
  if (entry.mechanism === 'rc-local' || entry.mechanism === 'inittab') {
    return entry.name.split(/\s+/).some((w) => w.slice(w.lastIndexOf('/') + 1) === service);
  }
  return entry.name.replace(/\.(service|socket|timer)$/, '') === service;
}

/** Whether one of these services starts with the machine. */
export function bootStatement(facts: HostFacts, services: readonly string[], what: string): Statement {
  if (facts.boot.kind !== 'present') return unseen(facts.boot, `whether ${what} starts at boot`);
  const entries = facts.boot.value.filter((e) => services.some((s) => names(e, s)));
  const on = entries.find((e) => e.enabled);
  const sources = facts.boot.sources;
  if (on)
    return holds(`${what} starts at boot, by ${MECHANISMS[on.mechanism]}`, { lines: [on.line], sources });
  const [off] = entries;
  if (off) return breaks(`${what} is switched off at boot`, { lines: [off.line], sources });
  return breaks(`nothing starts ${what} at boot`, { sources });
}

/** The running processes whose program has one of these names. */
export const processesNamed = (
  processes: readonly Process[],
  programs: readonly string[],
): readonly Process[] =>
  processes.filter((p) => {
    const words = p.command.replace(/^\[|\]$/g, '').split(/[\s:]+/);
    // Interpreted programs (swatch) stand behind their interpreter.
    const word = /(^|\/)(perl|python\d?|sh|bash)$/.test(words[0] ?? '')
      ? words.find((w, i) => i > 0 && !w.startsWith('-'))
      : words[0];
    return word !== undefined && programs.includes(word.slice(word.lastIndexOf('/') + 1));
  });

/** Whether one of these programs runs. */
export function runningStatement(facts: HostFacts, programs: readonly string[], what: string): Statement {
  if (facts.processes.kind !== 'present') return unseen(facts.processes, `whether ${what} runs`);
  const sources = facts.processes.sources;
  const [found] = processesNamed(facts.processes.value, programs);
  if (found) return holds(`${what} runs`, { lines: [found.line], sources });
  if (facts.processes.value.length === 0) return missing('the process list is empty');
  return breaks(`${what} does not run`, { sources });
}
