import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { SuperService } from '../../src/model/host.ts';
import type { PortProtocol } from '../../src/model/site.ts';
import { type FindFiles, type HostFile, linesOf, MAX_INCLUDED, unread } from './host-file.ts';
import { type ServicePorts, servicePort } from './services.ts';

interface Attribute {
  readonly values: readonly string[];
  readonly line: ConfigLine;
}

interface Section {
  /** null: the defaults. */
  readonly service: string | null;
  readonly line: ConfigLine;
  readonly attributes: Map<string, Attribute>;
  /** A line of it is no attribute: xinetd drops the whole section. */
  broken: boolean;
}

const MAX_SECTIONS = 2000;

/** Attributes to which `+=` adds and a repeated `=` too; of the others the first value stays. */
const SETS = new Set(['only_from', 'no_access', 'disabled', 'enabled', 'env', 'passenv', 'flags']);

/**
 * xinetd.conf with `include` and `includedir`, as xinetd 2.3.15 takes it (held against the real one): in a folder,
 * names with a dot or a closing tilde are skipped; the brace stands on a line of its own, and a blank before `=`;
 * what cannot be read takes everything up to the next closing brace with it.
 */
export function parseXinetd(
  main: HostFile,
  find: FindFiles,
  services: ServicePorts,
): Parsed<readonly SuperService[]> {
  const diagnostics: Diagnostic[] = [];
  let included = 0;
  const sections: Section[] = [];

  const readFile = (file: HostFile, depth: number): void => {
    let open: Section | null = null;
    let awaited: Section | null = null;
    let skipping = false;
    for (const { raw, line } of linesOf(file)) {
      const text = raw.trim();
      if (text === '' || text.startsWith('#')) continue;
      if (skipping) {
        skipping = text !== '}';
      } else if (text === '{' && awaited !== null) {
        open = awaited;
        awaited = null;
      } else if (text === '}' && open !== null) {
        if (sections.length < MAX_SECTIONS && !open.broken) sections.push(open);
        open = null;
      } else if (open !== null) {
        const m = /^(\w+)\s+(\+=|-=|=)\s*(.*)$/.exec(text);
        if (!m) {
          open.broken = true;
          const mend = 'xinetd drops the whole section with it; write "name = value"';
          diagnostics.push(unread(line, `"${text.slice(0, 60)}" is no attribute`, mend));
        } else assign(open, m[1]!.toLowerCase(), m[2]!, m[3]!.split(/\s+/).filter(Boolean), line);
      } else {
        const header = /^(?:(defaults)|service\s+(\S+))$/.exec(text);
        const include = /^(include|includedir)\s+(\S+)$/.exec(text);
        if (header) {
          awaited = { service: header[2] ?? null, line, attributes: new Map(), broken: false };
        } else if (include && depth < 10) {
          const path = include[2]!.replace(/\/$/, '');
          const found = include[1] === 'include' ? find(path) : find(`${path}/*`);
          for (const inner of found) {
            const name = inner.file.slice(inner.file.lastIndexOf('/') + 1);
            if (include[1] === 'includedir' && /\.|~$/.test(name)) continue;
            if (++included <= MAX_INCLUDED) readFile(inner, depth + 1);
          }
        } else {
          skipping = true;
          const mend = 'xinetd passes over everything up to the next closing brace';
          diagnostics.push(unread(line, `"${text.slice(0, 60)}" is not understood here`, mend));
        }
      }
    }
    if (open !== null)
      diagnostics.push(unread(open.line, 'the section is never closed', 'xinetd ignores it'));
  };

  readFile(main, 0);
  const [first] = linesOf(main);
  if (included > MAX_INCLUDED && first !== undefined) {
    diagnostics.push(
      unread(first.line, `more than ${MAX_INCLUDED} files are included; the rest is not read`),
    );
  }
  const defaults = sections.filter((s) => s.service === null);
  const listed = (name: string): Attribute | undefined =>
    defaults.map((d) => d.attributes.get(name)).find((a) => a !== undefined);
  const value = sections
    .filter((s) => s.service !== null)
    .map((s) => toService(s, services, listed('enabled'), listed('disabled'), listed('only_from')));
  return { value, diagnostics };
}

function assign(
  section: Section,
  name: string,
  operator: string,
  values: readonly string[],
  line: ConfigLine,
): void {
  const before = section.attributes.get(name);
  if (operator === '-=' && before) {
    section.attributes.set(name, { values: before.values.filter((v) => !values.includes(v)), line });
  } else if (before && (operator === '+=' || SETS.has(name))) {
    section.attributes.set(name, { values: [...before.values, ...values], line });
  } else if (before === undefined) section.attributes.set(name, { values, line });
}

function toService(
  section: Section,
  services: ServicePorts,
  enabledList: Attribute | undefined,
  disabledList: Attribute | undefined,
  defaultOnlyFrom: Attribute | undefined,
): SuperService {
  const name = section.service!;
  const first = (attribute: string): string | null => section.attributes.get(attribute)?.values[0] ?? null;
  const id = first('id') ?? name;
  // With a comment behind it the line has several values, and xinetd passes over it.
  const written = section.attributes.get('disable');
  const disable = written?.values.length === 1 ? written : undefined;
  const listed = (list: Attribute | undefined): boolean =>
    list?.values.some((v) => v.toLowerCase() === id.toLowerCase()) ?? false;
  const protocol: PortProtocol =
    first('protocol') === 'udp' || (first('protocol') === null && first('socket_type') === 'dgram')
      ? 'udp'
      : 'tcp';

  const off: ConfigLine | null =
    disable && !/^(no|false|off|0)$/i.test(disable.values[0] ?? '')
      ? disable.line
      : enabledList && !listed(enabledList)
        ? enabledList.line
        : disabledList && listed(disabledList)
          ? disabledList.line
          : null;
  return {
    via: 'xinetd',
    name,
    enabled: off === null,
    decidedBy: off ?? disable?.line ?? null,
    protocol,
    port: servicePort(services, first('port') ?? name, protocol),
    server: first('server'),
    onlyFrom: (section.attributes.get('only_from') ?? defaultOnlyFrom)?.values ?? null,
    bind: first('bind') ?? first('interface'),
    line: section.line,
  };
}
