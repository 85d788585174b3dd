import { parseCommand } from '../../../parsers/cisco-ios/parse-command.ts';
import { parseConfig } from '../../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../../parsers/cisco-ios/parse-snippet.ts';
import { parseIosVersion } from '../../../parsers/cisco-ios/version.ts';
import { applyCommand } from '../../../src/model/device/apply-command.ts';
import { type Device, deviceOf, emptyDevice } from '../../../src/model/device/device.ts';
import type { Effect } from '../../../src/model/device/effect.ts';

export interface Pasted {
  /** The device after each line. */
  readonly states: readonly Device[];
  readonly effects: readonly Effect[];
  readonly last: Device;
}

/** A device that a configuration describes. */
export const deviceFrom = (text: string, version?: string): Device =>
  deviceOf(
    parseConfig(text, 'config', version === undefined ? {} : { version: parseIosVersion(version) }).value,
  );

export const deviceOn = (version: string | null = null): Device =>
  emptyDevice(version === null ? null : parseIosVersion(version));

/** Every line of a snippet, entered one by one. */
export function paste(device: Device, ...lines: string[]): Pasted {
  const { value } = parseSnippet(lines.join('\n'), 'snippet');
  const states: Device[] = [];
  const effects: Effect[] = [];
  let now: Device = { ...device, mode: value.start };
  for (const { line } of value.steps) {
    const { command } = parseCommand(line, now.mode, now.version);
    const applied = applyCommand(now, command);
    now = applied.device;
    states.push(now);
    effects.push(applied.effect);
  }
  return { states, effects, last: now };
}

/** `changed`, `unchanged`, `none`, or why it was refused. */
export const sayEffect = (e: Effect): string => (e.kind === 'rejected' ? e.reason : e.kind);
