import { parseCommand } from '../../parsers/cisco-ios/parse-command.ts';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import { parseIosVersion } from '../../parsers/cisco-ios/version.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import type { CommandReader } from '../../src/model/command.ts';
import type { LintFinding } from '../../src/model/finding.ts';
import type { Hazard } from '../../src/model/review.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import { findHazards, type Operator } from '../../src/review/hazards.ts';
import { type LintOptions, lintConfig } from '../../src/review/lint.ts';
import { type Simulation, simulate } from '../../src/router/simulate.ts';

export const TODAY = '2026-01-01';

export const configOf = (text: string, version?: string): RouterConfig =>
  parseConfig(text, 'old.cfg', version === undefined ? {} : { version: parseIosVersion(version) }).value;

export const readerFor =
  (config: RouterConfig): CommandReader =>
  (line, mode) =>
    parseCommand(line, mode, config.version);

/** Types a snippet at the device that a configuration describes. */
export function type(config: RouterConfig | string, snippet: string): Simulation {
  const value = typeof config === 'string' ? configOf(config) : config;
  return simulate(value, parseSnippet(snippet, 'snippet.txt').value, readerFor(value));
}

export const operatorAt = (address: string, port: number | null = null): Operator => ({
  address: parseIpv4(address)!,
  port,
});

export function hazardsOf(
  config: RouterConfig | string,
  snippet: string,
  operator: Operator | null = null,
): readonly Hazard[] {
  const value = typeof config === 'string' ? configOf(config) : config;
  return findHazards(value, type(value, snippet), { clock: null, operator }).hazards;
}

/** `1 permit-all critical`, one a hazard: what tables compare. */
export const inShort = (hazards: readonly Hazard[]): readonly string[] =>
  hazards.map((h) => `${h.step} ${h.kind} ${h.severity}`);

export function lintText(text: string, options: Partial<LintOptions> = {}): readonly LintFinding[] {
  const { value, diagnostics } = parseConfig(text, 'gw.cfg');
  return lintConfig(value, { diagnostics, clock: null, today: TODAY, ...options });
}

/** `7 shadowed-ace high`, one a finding. */
export const findingsInShort = (findings: readonly LintFinding[]): readonly string[] =>
  findings.map((f) => `${f.line?.line ?? '-'} ${f.rule} ${f.severity}`);
