import { parentPort, workerData } from 'node:worker_threads';
import { parseCommand } from '../../parsers/cisco-ios/parse-command.ts';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import { findingsOf, hazardsOf } from '../review/review.ts';
import { typeSnippet } from '../review/typed-change.ts';
import { parseLoaded } from './load-config.ts';
import { type BesideJob, type BesideMessage, takeShares } from './look-beside.ts';

// Hazards of a change, and what rules say of it, on another processor than its difference of packets is found on.

const { config, snippet, version, options, claim }: BesideJob = workerData;
const tell = (message: BesideMessage): void => parentPort!.postMessage(message);
const before = parseLoaded(config, version);
const train = options.version ?? before.config.version;
const typed = typeSnippet(before.config, parseSnippet(snippet.text, snippet.name).value, (line, mode) =>
  parseCommand(line, mode, train),
);
tell({ hazards: hazardsOf(before, typed, options) });
let findings: ReturnType<typeof findingsOf> | null = null;
for (const { share, rules } of takeShares(claim)) {
  findings ??= findingsOf(before, typed, options);
  tell({ share, findings: findings(rules) });
}
