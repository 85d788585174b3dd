import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnose } from '../diagnostics/catalogue.ts';
import type { SourceSpan } from '../diagnostics/source-span.ts';
import { applyCommand } from '../model/apply-command.ts';
import {
  type Command,
  type CommandReader,
  EXEC_MODE,
  GLOBAL_MODE,
  type Mode,
  promptAgrees,
} from '../model/command.ts';
import { type Device, deviceOf } from '../model/device.ts';
import { type Effect, refused } from '../model/effect.ts';
import type { RouterConfig } from '../model/router-config.ts';

/** One line of a snippet that somebody types or pastes: neither blank nor a comment. */
export interface TypedLine {
  /** `column` is where the command begins, behind the prompt that a copied session shows. */
  readonly span: SourceSpan;
  /** The word in the prompt's parentheses, null at the exec prompt; absent: no prompt stands there. */
  readonly prompt?: string | null;
  /** The terminal scrolled sideways: the start of the command is lost. */
  readonly scrolled?: boolean;
}

/** One command, the device before it and after it. */
export interface SimulatedStep {
  /** From 1, counting the lines that are neither blank nor comments. */
  readonly number: number;
  /** As typed, without prompt and outer blanks. */
  readonly text: string;
  readonly span: SourceSpan;
  /** null: not even readable. */
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
export function simulate(config: RouterConfig, lines: readonly TypedLine[], read: CommandReader): Simulation {
  const start = deviceOf(config);
  const steps: SimulatedStep[] = [];
  let device: Device = { ...start, mode: firstMode(lines, read) };
  lines.forEach((line, index) => {
    const step = typeLine(device, line, index + 1, read);
    steps.push(step);
    device = step.after;
  });
  return { start, steps, end: device, diagnostics: steps.flatMap((s) => [...s.diagnostics]) };
}

/** A snippet is meant for the configuration prompt, unless its first line only makes sense before it. */
function firstMode(lines: readonly TypedLine[], read: CommandReader): Mode {
  const first = lines.find((line) => line.scrolled !== true);
  if (!first) return GLOBAL_MODE;
  if (first.prompt === null) return EXEC_MODE;
  if (first.prompt !== undefined) return GLOBAL_MODE;
  const asConfig = read(first.span, GLOBAL_MODE).command.kind;
  if (asConfig !== 'rejected' && asConfig !== 'skipped') return GLOBAL_MODE;
  const asExec = read(first.span, EXEC_MODE).command;
  return asExec.kind === 'rejected' ? GLOBAL_MODE : EXEC_MODE;
}

function typeLine(device: Device, line: TypedLine, number: number, read: CommandReader): SimulatedStep {
  const { span } = line;
  const text = span.text.slice(span.column - 1, span.endColumn - 1).trim();
  const base = { number, text, span, before: device };
  if (line.scrolled) {
    const message = 'the terminal scrolled: the start of this command is lost, and so is what it did';
    return {
      ...base,
      command: null,
      effect: refused('unreadable', message),
      diagnostics: [diagnose('scrolled-line', span, message, { mend: 'Give the whole command.' })],
      after: device,
    };
  }
  const { command, diagnostics } = read(span, device.mode);
  const applied = applyCommand(device, command);
  const mismatch =
    line.prompt !== undefined && line.prompt !== null && !promptAgrees(line.prompt, device.mode)
      ? [
          diagnose(
            'prompt-mode-mismatch',
            span,
            `the prompt says (${line.prompt}), but the lines before lead to ${device.mode.kind} mode`,
          ),
        ]
      : [];
  return {
    ...base,
    command,
    effect: applied.effect,
    diagnostics: [...mismatch, ...diagnostics],
    after: applied.device,
  };
}
