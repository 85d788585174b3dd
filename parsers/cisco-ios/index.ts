// biome-ignore-all lint/performance/noBarrelFile: the published entry, aclscope/cisco-config-parser; a package needs one file that names what it offers.
export { parseAccessListLog } from './access-list-log.ts';
export { parseCommand } from './parse-command.ts';
export { type ParseOptions, parseConfig } from './parse-config.ts';
export { parseSnippet } from './parse-snippet.ts';
export { printAce } from './print-ace.ts';
export { printAcl } from './print/acl.ts';
export { printConfig } from './print-config.ts';
export { parseShowAccessLists } from './show-access-lists.ts';
export { parseShowIpInterface } from './show-ip-interface.ts';
export { parseIosVersion } from './version.ts';
