// CONFIG SNIPPET SECONDS: the state after each command compared in full with both ends, nothing carried over from state
// to state. Says how many commands that took how long, as one line of JSON.
import { readFileSync } from 'node:fs';
import { parseCommand } from '../../parsers/cisco-ios/parse-command.ts';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import { type Device, toRouterConfig } from '../../src/model/device/device.ts';
import { diffConfigs } from '../../src/review/semantic-diff.ts';
import { simulate } from '../../src/router/simulate.ts';

const [configFile, snippetFile, seconds] = process.argv.slice(2) as [string, string, string];
const start = performance.now();
const config = parseConfig(readFileSync(configFile, 'utf8'), configFile).value;
const snippet = parseSnippet(readFileSync(snippetFile, 'utf8'), snippetFile).value;
const simulation = simulate(config, snippet, (line, mode) => parseCommand(line, mode, config.version));
const { file, excerpt, account } = config;
const state = (device: Device) => toRouterConfig(device, { file, excerpt, account });
const final = state(simulation.end);
let commands = 0;
for (const step of simulation.steps) {
  const now = state(step.after);
  diffConfigs(config, now, { clock: null });
  diffConfigs(now, final, { clock: null });
  commands++;
  if (performance.now() - start > Number(seconds) * 1000) break;
}
console.log(JSON.stringify({ commands, of: simulation.steps.length, ms: performance.now() - start }));
