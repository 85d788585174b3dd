import { expect } from 'chai';
import { parseConfig } from '../../../parsers/cisco-ios/parse-config.ts';
import { parseIosVersion } from '../../../parsers/cisco-ios/version.ts';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { AceMatch, Acl, AclEntry, AclKind, AddressMatch } from '../../../src/model/access-list.ts';
import { describePattern } from '../../../src/model/address.ts';
import { formatRanges } from '../../../src/model/ports.ts';
import type { RouterConfig } from '../../../src/model/router-config.ts';

export interface Read {
  readonly config: RouterConfig;
  readonly diagnostics: readonly Diagnostic[];
  /** Codes of all diagnostics that are more than a notice, sorted. */
  readonly complaints: readonly string[];
}

/** Reads text, and checks what must hold of every reading: each line has exactly one place. */
export function read(text: string, version?: string): Read {
  const stated = version === undefined ? null : parseIosVersion(version);
  const { value, diagnostics } = parseConfig(text, 'test.cfg', stated ? { version: stated } : {});
  const { account } = value;
  // Old Macintosh texts end their lines with CR alone.
  const lines = text.split(text.includes('\n') ? '\n' : '\r');
  if (lines.at(-1) === '') lines.pop();
  expect(account.total, 'lines accounted for').to.equal(lines.length);
  expect(account.modelled + account.skipped + account.diagnosed).to.equal(account.total);
  expect(Object.values(account.skippedFamilies).reduce((a, b) => a + b, 0)).to.equal(account.skipped);
  return {
    config: value,
    diagnostics,
    complaints: diagnostics
      .filter((d) => d.severity !== 'notice')
      .map((d) => d.code)
      .sort(),
  };
}

/** The one list of a text, or the one of that name. */
export function listOf({ config }: Read, name?: string): Acl {
  const acl = name === undefined ? [...config.acls.values()][0] : config.acls.get(name);
  expect(acl, `list ${name ?? ''}`).to.not.equal(undefined);
  return acl!;
}

export const entriesOf = (r: Read, name?: string): readonly string[] => listOf(r, name).entries.map(sayEntry);

/** One entry in a list of its own: what it says, or `unread: REASON`. */
export function sayLine(line: string, kind: AclKind = 'extended', version?: string): string {
  const r = read(`ip access-list ${kind} T\n ${line}\n`, version);
  const [entry] = listOf(r, 'T').entries;
  if (entry === undefined) return 'nothing';
  const hard = r.complaints.length > 0 && entry.kind !== 'unparsed' ? ` (${r.complaints.join(', ')})` : '';
  return sayEntry(entry) + hard;
}

/** An entry in words that are not the printer's: what it asks of a packet, as sets. */
export function sayEntry(entry: AclEntry): string {
  switch (entry.kind) {
    case 'remark':
      return `remark "${entry.text}"`;
    case 'evaluate':
      return `evaluate ${entry.name}`;
    case 'unparsed':
      return `unread ${entry.action ?? 'action'}`;
    case 'ace': {
      const parts = [entry.action, sayMatch(entry.match)];
      for (const c of entry.conditions) {
        const timeout = c.kind === 'time-range' ? null : c.timeout;
        parts.push(`if ${c.kind} ${c.name}${timeout === null ? '' : ` for ${timeout}`}`);
      }
      if (entry.log) parts.push(entry.log.kind + (entry.log.cookie === null ? '' : ` "${entry.log.cookie}"`));
      return parts.join(' ');
    }
  }
}

function sayMatch(m: AceMatch): string {
  const parts = [
    m.protocol.kind === 'ip'
      ? 'ip'
      : m.protocol.kind === 'number'
        ? `${m.protocol.number}`
        : `group ${m.protocol.name}`,
  ];
  const ports = (p: AceMatch['sourcePorts']): string =>
    p === undefined ? '' : p.kind === 'group' ? `:group ${p.name}` : `:${formatRanges(p.set)}`;
  parts.push(
    `${sayAddress(m.source)}${ports(m.sourcePorts)}`,
    '->',
    `${sayAddress(m.destination)}${ports(m.destinationPorts)}`,
  );
  if (m.icmp) parts.push(`type ${m.icmp.type}/${m.icmp.code ?? '*'}`);
  if (m.igmpType !== undefined) parts.push(`igmp ${m.igmpType}`);
  if (m.tcpFlags)
    parts.push(
      m.tcpFlags.kind === 'established'
        ? 'ack|rst'
        : `${m.tcpFlags.kind} set=${m.tcpFlags.set} clear=${m.tcpFlags.clear}`,
    );
  for (const t of m.tos ?? []) parts.push(`${t.kind} ${t.value}&${t.mask}`);
  if (m.ttl) parts.push(`ttl ${formatRanges(m.ttl.set)}`);
  if (m.option !== undefined) parts.push(`option ${m.option}`);
  if (m.fragments) parts.push('fragments');
  return parts.join(' ');
}

const sayAddress = (a: AddressMatch): string =>
  a.kind === 'pattern' ? describePattern(a.pattern) : `${a.kind} ${a.name}`;
