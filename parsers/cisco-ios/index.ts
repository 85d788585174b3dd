// The published entry, aclscope/cisco-config-parser.
// biome-ignore-all lint/performance/noBarrelFile: a package needs one file that names what it offers
export { parseCommand } from './parse-command.ts';
export { type ParseOptions, parseConfig } from './parse-config.ts';
export { parseSnippet } from './parse-snippet.ts';
export { parseIosVersion } from './version.ts';
