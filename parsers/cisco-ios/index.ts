// biome-ignore-all lint/performance/noBarrelFile: the published entry, aclscope/cisco-config-parser; a package needs one file that names what it offers.
// Each of these is shown at work in docs/library.md, whose examples the tests run.

/** A whole configuration, or a piece of one. `(text, file, { version? }) => { value: RouterConfig, diagnostics }`. */
export { parseConfig } from './parse-config.ts';
/** The lines of a paste, in order, without entering them. `(text, file) => { value: Snippet, diagnostics }`. */
export { parseSnippet } from './parse-snippet.ts';
/** One line in a mode, as a terminal takes it. `(line, mode, version) => { command, diagnostics }`. */
export { parseCommand } from './parse-command.ts';
/** The mode that a configuration begins in, for `parseCommand`. */
export { GLOBAL_MODE } from '../../src/model/command.ts';
/** `12.1(5)T15` in its parts; null for what is no version. */
export { parseIosVersion } from './version.ts';

/** Lists with their hit counts, from `show access-lists`. `(text, file) => { value: Acl[], diagnostics }`. */
export { parseShowAccessLists } from './show-access-lists.ts';
/** What each interface filters, from `show ip interface`. `(text, file) => { value: ShownInterface[], diagnostics }`. */
export { parseShowIpInterface } from './show-ip-interface.ts';
/** The packets that lists logged, from any syslog text. `(text, file) => { value: AccessListLog, diagnostics }`. */
export { parseAccessListLog } from './access-list-log.ts';

/** The configuration as IOS prints it; read again, it gives the same model. */
export { printConfig } from './print-config.ts';
/** One list, its lines. */
export { printAcl } from './print/acl.ts';
/** One entry, without its number. */
export { printAce } from './print-ace.ts';

/** Address to dotted quad. */
export { formatIpv4 } from '../../src/model/address.ts';
/** A pattern as people say it: `any`, `host 192.0.2.1`, `192.0.2.0/24`, `10.0.10.0 0.255.0.255`. */
export { describePattern } from '../../src/model/address.ts';
/** Ports as `22, 110, 1024-65535`. */
export { formatRanges } from '../../src/model/ports.ts';
/** `file:line:column: severity: message [code]`, as editors follow it. */
export { formatDiagnostic } from '../../src/diagnostics/diagnostic.ts';
/** Every code that a diagnostic may have, with its severity and meaning; codes are stable. */
export { CATALOGUE } from '../../src/diagnostics/catalogue.ts';

export type { ParseOptions } from './parse-config.ts';
export type { CatalogueCode } from '../../src/diagnostics/catalogue.ts';
export type { Diagnostic, DiagnosticSeverity, Parsed } from '../../src/diagnostics/diagnostic.ts';
export type { SourceSpan } from '../../src/diagnostics/source-span.ts';
export type {
  Ace,
  AceCondition,
  AceMatch,
  Acl,
  AclEntry,
  AclKind,
  AddressMatch,
  PortMatch,
  ProtocolMatch,
  TcpFlagMatch,
} from '../../src/model/access-list.ts';
export type { AddressPattern, Ipv4, WildcardMask } from '../../src/model/address.ts';
export type { Command, Mode, ParsedCommand, Reading } from '../../src/model/command.ts';
export type { AccessListLog, LoggedPacket, ShownInterface } from '../../src/model/device-evidence.ts';
export type { PortSet, Ranges } from '../../src/model/ports.ts';
export type {
  AclReference,
  Binding,
  Interface,
  InterfaceAddress,
  IosVersion,
  LineAccount,
  NatPool,
  NatPoolRange,
  NatRule,
  ObjectGroup,
  RouterConfig,
  RoutingProcess,
  StaticRoute,
  TerminalLine,
  TimeRange,
  UnmodelledEffect,
} from '../../src/model/router-config.ts';
export type { Snippet, SnippetStep } from '../../src/model/snippet.ts';
