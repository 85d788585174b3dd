import { diagnose } from '../diagnostics/catalogue.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type SourceSpan, statementOf } from '../diagnostics/source-span.ts';
import {
  type Command,
  type CommandReader,
  EXEC_MODE,
  execAtPrompt,
  GLOBAL_MODE,
  type Mode,
  promptAgrees,
} from '../model/command.ts';
import { applyCommand } from '../model/device/apply-command.ts';
import { type Device, deviceOf } from '../model/device/device.ts';
import { type Effect, NO_EFFECT, refused } from '../model/device/effect.ts';
import type { Interface, RouterConfig } from '../model/router-config.ts';
import type { Snippet, SnippetStep } from '../model/snippet.ts';

/** One line of a snippet, the device before it and after it. */
export interface SimulatedStep {
  /** From 1, counting the lines that are neither blank nor comments. */
  readonly number: number;
  /** As typed, without prompt and outer blanks. */
  readonly text: string;
  readonly kind: SnippetStep['kind'];
  readonly span: SourceSpan;
  /** null: not a command that could be read. */
  readonly command: Command | null;
  readonly effect: Effect;
  readonly diagnostics: readonly Diagnostic[];
  /** The same object as `after` where nothing changed. */
  readonly before: Device;
  readonly after: Device;
}

export interface Simulation {
  readonly start: Device;
  readonly steps: readonly SimulatedStep[];
  readonly end: Device;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Types a snippet at the device. Every line acts at once and there is no transaction: a refused line leaves state and
 * mode as they were, and the lines after it run all the same, perhaps in a mode that their author did not mean.
 */
export function simulate(config: RouterConfig, snippet: Snippet, read: CommandReader): Simulation {
  const start = deviceOf(config);
  const steps: SimulatedStep[] = [];
  let device: Device = { ...start, mode: startingMode(snippet, read) };
  for (const line of snippet.steps) {
    const step = typeLine(config, device, line, read);
    steps.push(step);
    device = step.after;
  }
  return { start, steps, end: device, diagnostics: steps.flatMap((s) => [...s.diagnostics]) };
}

/** A snippet is meant for the configuration prompt, unless its first line only makes sense before it. */
function startingMode(snippet: Snippet, read: CommandReader): Mode {
  const first = snippet.steps[0];
  if (snippet.start.kind === 'exec' || first?.kind !== 'command' || first.prompt !== null)
    return snippet.start;
  if (read(first.line, snippet.start).command.kind !== 'rejected') return snippet.start;
  const asExec = read(first.line, EXEC_MODE).command;
  // A refused `no …` is a slip of the pen far more often than the end of some debugging.
  if (/^no\s/i.test(statementOf(first.line))) return snippet.start;
  return asExec.kind === 'exec' || asExec.kind === 'move' ? EXEC_MODE : snippet.start;
}

function typeLine(
  config: RouterConfig,
  before: Device,
  line: SnippetStep,
  read: CommandReader,
): SimulatedStep {
  const { line: span } = line;
  const text = statementOf(span);
  const base = { number: line.step, text, kind: line.kind, span, before };
  switch (line.kind) {
    case 'body':
    case 'output':
      return { ...base, command: null, effect: NO_EFFECT, diagnostics: [], after: before };
    case 'scrolled':
    case 'overlong':
    case 'unfinished':
      return { ...base, command: null, effect: UNREAD[line.kind], diagnostics: [], after: before };
    case 'command': {
      if (before.mode.kind === 'closed' && line.prompt === null)
        return { ...base, command: null, effect: NOT_TYPED, diagnostics: [], after: before };
      // An exec prompt shows that the session left the configuration, by a key that no line records.
      const device = atPrompt(before, line.prompt);
      const { command, diagnostics } = read(span, device.mode);
      const missing = missingPart(config, device, command);
      // A saved list may hold it; nobody can type it.
      const noPort = diagnostics.find((d) => d.code === 'empty-port-range');
      const why = missing === null ? noPort?.message : `this device has no ${missing}`;
      if (why !== undefined)
        return { ...base, command, effect: refused('invalid', why), diagnostics, after: device };
      const applied = applyCommand(device, command);
      return {
        ...base,
        command,
        effect: applied.effect,
        diagnostics: [...promptNotes(config, line, device.mode), ...diagnostics],
        after: applied.device,
      };
    }
  }
}

const UNREAD = {
  scrolled: refused(
    'unreadable',
    'the terminal scrolled: the start of this command is lost, and so is what it did',
  ),
  overlong: refused(
    'unreadable',
    'no device takes a line of this length whole, and what it took is not known',
  ),
  unfinished: refused('unfinished', 'its text has no end: all lines after it are taken as that text'),
} as const;

const NOT_TYPED = refused('not-typed', 'the session had ended before this line');

/** A prompt shows that somebody is logged in again as well. */
function atPrompt(device: Device, prompt: string | null): Device {
  const { mode } = device;
  const shown = execAtPrompt(prompt, mode);
  if (shown) return shown === mode ? device : { ...device, mode: shown };
  return mode.kind === 'closed' ? { ...device, mode: GLOBAL_MODE } : device;
}

/** Ports that hardware brings along; a whole configuration shows all there are. Others come to be when entered. */
const HARDWARE = /^(?:\w*Ethernet|\w*Gig\w*|Serial|POS|ATM|BRI|Hssi|TokenRing|Fddi)\d[\d/]*$/i;

/** A part of a LAN interface takes its first address only once it belongs to a VLAN. */
const needsVlan = (i: Interface | undefined): boolean =>
  i?.encapsulation === undefined && i?.addresses.length === 0 && /Ethernet[\d/]+\.\d+$/.test(i.name);

/** The interface or table that a command names and this device cannot have: perhaps it was written for another one. */
function missingPart(config: RouterConfig, device: Device, command: Command): string | null {
  if (config.excerpt) return null;
  if (command.kind === 'interface' && command.change.kind === 'vrf') {
    const { vrf } = command.change;
    return vrf === null || device.vrfs.has(vrf) ? null : `VRF ${vrf}`;
  }
  if (command.kind === 'interface' && command.change.kind === 'address' && device.mode.kind === 'interface') {
    const bare = device.mode.names.find((n) => needsVlan(device.interfaces.get(n)));
    return bare === undefined ? null : `VLAN at ${bare}: its encapsulation comes before its address`;
  }
  const named =
    command.kind === 'enter-interface'
      ? command.names
      : command.kind === 'route' && command.route.nextHop.kind === 'interface'
        ? [command.route.nextHop.interface]
        : [];
  const name = named.find((n) => !device.interfaces.has(n) && HARDWARE.test(n));
  return name === undefined ? null : `interface ${name}`;
}

/** Prompts are checked against the device, not obeyed: a copied session may come from another one. */
function promptNotes(config: RouterConfig, { line, prompt }: SnippetStep, mode: Mode): readonly Diagnostic[] {
  if (prompt === null) return [];
  const notes: Diagnostic[] = [];
  const host = /^[\w.-]+(?=[(#>])/.exec(line.text)?.[0];
  if (host !== undefined && config.hostname !== null && host.toLowerCase() !== config.hostname.toLowerCase())
    notes.push(
      diagnose(
        'prompt-mode-mismatch',
        line,
        `the prompt is that of ${host}, but this configuration is of ${config.hostname}`,
      ),
    );
  if (execAtPrompt(prompt, mode) === undefined && !promptAgrees(prompt, mode))
    notes.push(
      diagnose(
        'prompt-mode-mismatch',
        line,
        `the prompt says (${prompt}), but the commands before lead this device to ${mode.kind} mode`,
      ),
    );
  return notes;
}
