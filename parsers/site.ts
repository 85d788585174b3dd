import { isMap, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import { nearest } from '../src/diagnostics/nearest.ts';
import type { SourceSpan } from '../src/diagnostics/source-span.ts';
import {
  ANY_ADDRESS,
  type AddressPattern,
  hostPattern,
  type Ipv4,
  parseIpv4,
  parseWildcardMask,
  patternContains,
  prefixPattern,
  toAddressPattern,
} from '../src/model/address.ts';
import { ALL_PORTS, type PortSet, toRanges } from '../src/model/ports.ts';
import type {
  PolicyParty,
  PolicyRule,
  RuleSuppression,
  Segment,
  Site,
  SiteRouter,
  Target,
  Vantage,
  Waiver,
} from '../src/model/site.ts';

const address = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}$/, 'an IPv4 address such as 192.0.2.1');
const network = z.string().describe('a network such as 192.0.2.0/24');
const portItem = z.union([
  z.int().min(1).max(65535),
  z.string().regex(/^(\d+-\d+|\d+|any)$/, 'a port or a range such as 1024-2047'),
]);
const ports = z.union([z.array(portItem), portItem]);
const parties = z.union([z.string(), z.array(z.string()).min(1)]);
const isoDate = z.union([z.iso.date(), z.date().transform((d) => d.toISOString().slice(0, 10))]);
const severity = z.enum(['critical', 'high', 'medium', 'low', 'info', 'off']);

/** The site file's shape: the one source for decoding, for editors' JSON Schema and for the docs. */
export const siteSchema = z.strictObject({
  site: z.string().min(1).describe('name of the site; evidence carries it'),
  routers: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        config: z.string().min(1).describe('configuration file, relative to this file'),
        version: z
          .union([z.string(), z.number().transform(String)])
          .optional()
          .describe('full IOS train such as 12.1(5)T15'),
      }),
    )
    .default([])
    .describe('the routers in the path'),
  segments: z.record(z.string(), network).default({}).describe('name: network of each segment'),
  targets: z
    .record(
      z.string(),
      z.strictObject({
        address,
        aliases: z
          .array(z.string())
          .default([])
          .describe('other addresses or names that evidence may call it by'),
        segment: z.string().optional(),
        listeners: ports.optional().describe('ports on which a service is known to listen'),
        defences: z
          .array(z.enum(['portsentry', 'fail2ban', 'tarpit']))
          .default([])
          .describe('what on the host reacts to scans'),
      }),
    )
    .describe('the hosts whose exposure is proven'),
  vantages: z
    .record(
      z.string(),
      z.strictObject({
        address: address.describe('the address that probes'),
        sources: z
          .union([z.string(), z.array(z.string()).min(1)])
          .optional()
          .describe('the sources it stands for: any, networks, addresses; default: its address'),
        enters: z
          .string()
          .optional()
          .describe('"ROUTER INTERFACE" where its packets enter; absent inside a segment'),
        segment: z.string().optional(),
      }),
    )
    .describe('the places to look from'),
  policy: z
    .array(
      z.strictObject({
        from: parties,
        to: parties,
        tcp: ports.optional(),
        udp: ports.optional(),
        wrapped: ports.optional().describe('TCP ports that may accept and close at once'),
        action: z.enum(['allow', 'deny']).default('allow'),
        why: z.string().optional().describe('the reason, for whoever reads this next'),
        unconfirmed: z.boolean().default(false).describe('drafted, not yet confirmed by a person'),
      }),
    )
    .default([])
    .describe('what is allowed; anything else is denied to the vantages'),
  canaries: z
    .record(z.string(), z.int().min(1).max(65535))
    .default({})
    .describe('target: TCP port known open'),
  management: z
    .strictObject({ operator: address, port: z.int().min(1).max(65535).default(22) })
    .optional()
    .describe('who configures the router, so that a change that cuts this flow is seen'),
  waivers: z
    .array(
      z.strictObject({
        finding: z.string(),
        vantage: z.string().optional(),
        target: z.string().optional(),
        ports: ports.optional(),
        owner: z.string().min(1),
        why: z.string().min(1),
        until: isoDate.describe('last day on which it holds'),
      }),
    )
    .default([]),
  lint: z
    .strictObject({
      severities: z.record(z.string(), severity).default({}),
      suppress: z
        .array(
          z.strictObject({
            rule: z.string(),
            acl: z.union([z.string(), z.number().transform(String)]).optional(),
            why: z.string().min(1),
            until: isoDate.optional(),
          }),
        )
        .default([]),
    })
    .default({ severities: {}, suppress: [] }),
  scanIntervalDays: z.number().positive().optional().describe('promised days between scans'),
  clock: z
    .union([z.iso.datetime({ local: true }), z.date().transform((d) => d.toISOString())])
    .optional()
    .describe("the router's own wall clock, for time-ranges"),
});

type RawSite = z.infer<typeof siteSchema>;
type Path = readonly PropertyKey[];

/** The JSON Schema of site files, for editors. */
export const siteJsonSchema = (): unknown =>
  z.toJSONSchema(siteSchema, { io: 'input', unrepresentable: 'any' });

/** Turns a path inside the YAML document into a position in its text. */
class Positions {
  readonly #lines: readonly string[];
  readonly #counter: LineCounter;
  readonly #root: ParsedNode | null;
  readonly #file: string;

  constructor(text: string, file: string, counter: LineCounter, root: ParsedNode | null) {
    this.#lines = text.split(/\r?\n/);
    this.#counter = counter;
    this.#root = root;
    this.#file = file;
  }

  at(start: number, end: number): SourceSpan {
    const { line, col } = this.#counter.linePos(start);
    const stop = this.#counter.linePos(end);
    const text = this.#lines[line - 1] ?? '';
    const column = Math.max(col, 1);
    return {
      file: this.#file,
      line: Math.max(line, 1),
      column,
      endColumn: stop.line === line ? Math.max(stop.col, column + 1) : text.length + 1,
      text,
    };
  }

  /** The deepest node that exists on the path; with `key`, the key of its last step. */
  of(path: Path, key = false): SourceSpan {
    let node: Node | null = this.#root;
    let keyNode: Node | null = null;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (!pair) break;
        keyNode = pair.key as Node;
        node = pair.value as Node | null;
      } else if (node && 'items' in node && Array.isArray(node.items)) {
        const next = node.items[Number(step)] as Node | undefined;
        if (!next) break;
        node = next;
      } else break;
    }
    const range = (key && keyNode?.range) || node?.range || keyNode?.range || [0, 0];
    return this.at(range[0], range[1]);
  }
}

class SiteReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #raw: RawSite;
  readonly #pos: Positions;

  constructor(raw: RawSite, pos: Positions) {
    this.#raw = raw;
    this.#pos = pos;
  }

  read(file: string): Site {
    const raw = this.#raw;
    const segments = new Map(
      Object.entries(raw.segments).map(([name, cidr]) => [name, this.#segment(name, cidr)] as const),
    );
    const targets = new Map(
      Object.entries(raw.targets).map(([name, t]) => [name, this.#target(name, t, segments)] as const),
    );
    const routers = raw.routers.map(
      (r, i): SiteRouter => ({
        name: r.name,
        configPath: r.config,
        version: r.version ?? null,
        span: this.#pos.of(['routers', i]),
      }),
    );
    this.#duplicates(
      routers.map((r) => r.name),
      (i) => ['routers', i, 'name'],
      'router',
    );
    const vantages = new Map(
      Object.entries(raw.vantages).map(
        ([name, v]) => [name, this.#vantage(name, v, segments, routers)] as const,
      ),
    );
    for (const name of vantages.keys()) {
      if (segments.has(name))
        this.#error(
          ['vantages', name],
          true,
          `"${name}" names both a vantage and a segment`,
          'give one of them another name, so that policy is unambiguous',
        );
      if (name === 'any')
        this.#error(
          ['vantages', name],
          true,
          '"any" is the word for every source',
          'name the vantage differently, for example "internet"',
        );
    }
    const known: Known = { segments, targets, vantages };
    return {
      file,
      name: raw.site,
      routers,
      segments,
      targets,
      vantages,
      policy: raw.policy.flatMap((rule, i) => this.#rules(rule, i, known)),
      canaries: this.#canaries(known),
      management: raw.management
        ? {
            operator: this.#ipv4(raw.management.operator, ['management', 'operator']),
            port: raw.management.port,
            span: this.#pos.of(['management']),
          }
        : null,
      waivers: raw.waivers.map((w, i) => this.#waiver(w, i, known)),
      lint: {
        severities: new Map(Object.entries(raw.lint.severities)),
        suppressions: raw.lint.suppress.map(
          (s, i): RuleSuppression => ({
            rule: s.rule,
            acl: s.acl ?? null,
            why: s.why,
            until: s.until ?? null,
            span: this.#pos.of(['lint', 'suppress', i]),
          }),
        ),
      },
      scanIntervalDays: raw.scanIntervalDays ?? null,
      clock: raw.clock ?? null,
    };
  }

  #error(path: Path, key: boolean, message: string, mend: string): void {
    this.diagnostics.push({
      code: 'site-invalid',
      severity: 'error',
      message,
      span: this.#pos.of(path, key),
      mend,
    });
  }

  #unknown(path: Path, kind: string, name: string, choices: Iterable<string>): void {
    const all = [...choices];
    const close = nearest(name, all);
    this.#error(
      path,
      false,
      `there is no ${kind} "${name}"`,
      close ? `did you mean "${close}"?` : `known: ${all.join(', ') || 'none'}`,
    );
  }

  #duplicates(names: readonly string[], path: (index: number) => Path, kind: string): void {
    names.forEach((name, i) => {
      if (names.indexOf(name) !== i)
        this.#error(path(i), false, `the ${kind} "${name}" stands twice`, 'give each its own name');
    });
  }

  #ipv4(text: string, path: Path): Ipv4 {
    const parsed = parseIpv4(text);
    if (parsed === undefined) {
      this.#error(
        path,
        false,
        `"${text}" is not an IPv4 address`,
        'write four numbers from 0 to 255, such as 192.0.2.1',
      );
      return hostPattern(0).address;
    }
    return parsed;
  }

  #pattern(text: string, path: Path): AddressPattern {
    const pattern = parsePattern(text);
    if (pattern) return pattern;
    this.#error(
      path,
      false,
      `"${text}" is not an address or network`,
      'write any, 192.0.2.1, 192.0.2.0/24 or "192.0.2.0 0.0.0.255"',
    );
    return hostPattern(0);
  }

  #ports(raw: z.infer<typeof ports> | undefined, path: Path): PortSet {
    if (raw === undefined) return [];
    const items = Array.isArray(raw) ? raw : [raw];
    if (items.includes('any')) return ALL_PORTS;
    return toRanges(
      items.map((item): [number, number] => {
        const [lo, hi = lo] = String(item).split('-').map(Number) as [number, number?];
        if (lo > hi || hi > 65535 || lo < 1)
          this.#error(
            path,
            false,
            `"${item}" is not a port or an ascending range of ports`,
            'ports run from 1 to 65535, for example 22 or 1024-2047',
          );
        return [lo, hi];
      }),
    );
  }

  #segment(name: string, cidr: string): Segment {
    const path = ['segments', name];
    const m = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr);
    const base = m && parseIpv4(m[1]!);
    const length = m ? Number(m[2]) : 33;
    if (base === null || base === undefined || length > 32) {
      this.#error(
        path,
        false,
        `"${cidr}" is not a network`,
        'write it as address/length, such as 192.0.2.0/24',
      );
      return { name, network: hostPattern(0), prefixLength: 32, span: this.#pos.of(path) };
    }
    return { name, network: prefixPattern(base, length), prefixLength: length, span: this.#pos.of(path) };
  }

  #target(name: string, raw: RawSite['targets'][string], segments: ReadonlyMap<string, Segment>): Target {
    const addr = this.#ipv4(raw.address, ['targets', name, 'address']);
    const stated = raw.segment === undefined ? undefined : segments.get(raw.segment);
    if (raw.segment !== undefined && !stated)
      this.#unknown(['targets', name, 'segment'], 'segment', raw.segment, segments.keys());
    if (stated && !patternContains(stated.network, addr))
      this.#error(
        ['targets', name, 'address'],
        false,
        `${raw.address} is not in segment "${stated.name}"`,
        'correct the address or the segment',
      );
    return {
      name,
      address: addr,
      aliases: raw.aliases,
      segment: (stated ?? segmentOf(segments, addr))?.name ?? null,
      listeners: this.#ports(raw.listeners, ['targets', name, 'listeners']),
      defences: raw.defences,
      span: this.#pos.of(['targets', name], true),
    };
  }

  #vantage(
    name: string,
    raw: RawSite['vantages'][string],
    segments: ReadonlyMap<string, Segment>,
    routers: readonly SiteRouter[],
  ): Vantage {
    const path = ['vantages', name];
    const addr = this.#ipv4(raw.address, [...path, 'address']);
    const enters = raw.enters === undefined ? null : this.#entry(raw.enters, [...path, 'enters'], routers);
    if (raw.segment !== undefined && !segments.has(raw.segment))
      this.#unknown([...path, 'segment'], 'segment', raw.segment, segments.keys());
    const listed = raw.sources === undefined ? [] : [raw.sources].flat();
    const sources = listed.map((text, i) =>
      this.#pattern(text, Array.isArray(raw.sources) ? [...path, 'sources', i] : [...path, 'sources']),
    );
    if (sources.length > 0 && !sources.some((p) => patternContains(p, addr)))
      this.#error(
        [...path, 'address'],
        false,
        `${raw.address} is not among the vantage's own sources`,
        'add it to sources, or probe from an address that is',
      );
    return {
      name,
      address: addr,
      sources: sources.length > 0 ? sources : [hostPattern(addr)],
      enters,
      segment: enters
        ? null
        : ((raw.segment ? segments.get(raw.segment) : segmentOf(segments, addr))?.name ?? null),
      span: this.#pos.of(path, true),
    };
  }

  #entry(text: string, path: Path, routers: readonly SiteRouter[]): Vantage['enters'] {
    const [router = '', ...rest] = text.trim().split(/\s+/);
    if (rest.length === 0) {
      this.#error(
        path,
        false,
        `"${text}" does not name a router and an interface`,
        'write "ROUTER INTERFACE", such as "gw FastEthernet0/0"',
      );
      return null;
    }
    if (!routers.some((r) => r.name === router))
      this.#unknown(
        path,
        'router',
        router,
        routers.map((r) => r.name),
      );
    return { router, interface: rest.join('') };
  }

  #party(text: string, path: Path, known: Known): PolicyParty {
    if (text === 'any') return { kind: 'any' };
    if (known.vantages.has(text)) return { kind: 'vantage', name: text };
    if (known.segments.has(text)) return { kind: 'segment', name: text };
    if (known.targets.has(text)) return { kind: 'target', name: text };
    const pattern = parsePattern(text);
    if (pattern) return { kind: 'network', pattern };
    this.#unknown(path, 'vantage, segment, target or network', text, [
      'any',
      ...known.vantages.keys(),
      ...known.segments.keys(),
      ...known.targets.keys(),
    ]);
    return { kind: 'network', pattern: hostPattern(0) };
  }

  #rules(raw: RawSite['policy'][number], index: number, known: Known): PolicyRule[] {
    const path = ['policy', index];
    const tcp = this.#ports(raw.tcp, [...path, 'tcp']);
    const udp = this.#ports(raw.udp, [...path, 'udp']);
    const wrapped = this.#ports(raw.wrapped, [...path, 'wrapped']);
    if (tcp.length + udp.length + wrapped.length === 0)
      this.#error(path, false, 'this rule names no port', 'add tcp: [...] or udp: [...]');
    if (!raw.why?.trim())
      this.diagnostics.push({
        code: 'policy-without-reason',
        severity: 'warning',
        message: 'this rule gives no reason',
        span: this.#pos.of(path),
        mend: 'add why: a few words that the next reader will need',
      });
    const side = (value: string | string[], key: string): PolicyParty[] =>
      [value]
        .flat()
        .map((text, i) =>
          this.#party(text, Array.isArray(value) ? [...path, key, i] : [...path, key], known),
        );
    const froms = side(raw.from, 'from');
    const tos = side(raw.to, 'to');
    return froms.flatMap((from) =>
      tos.map(
        (to): PolicyRule => ({
          from,
          to,
          tcp,
          udp,
          wrapped,
          action: raw.action,
          why: raw.why ?? '',
          unconfirmed: raw.unconfirmed,
          span: this.#pos.of(path),
        }),
      ),
    );
  }

  #canaries(known: Known): Map<string, number> {
    for (const name of Object.keys(this.#raw.canaries)) {
      if (!known.targets.has(name)) this.#unknown(['canaries', name], 'target', name, known.targets.keys());
    }
    return new Map(Object.entries(this.#raw.canaries));
  }

  #waiver(raw: RawSite['waivers'][number], index: number, known: Known): Waiver {
    const path = ['waivers', index];
    if (raw.vantage !== undefined && !known.vantages.has(raw.vantage))
      this.#unknown([...path, 'vantage'], 'vantage', raw.vantage, known.vantages.keys());
    if (raw.target !== undefined && !known.targets.has(raw.target))
      this.#unknown([...path, 'target'], 'target', raw.target, known.targets.keys());
    return {
      finding: raw.finding,
      vantage: raw.vantage ?? null,
      target: raw.target ?? null,
      ports: raw.ports === undefined ? null : this.#ports(raw.ports, [...path, 'ports']),
      owner: raw.owner,
      why: raw.why,
      until: raw.until,
      span: this.#pos.of(path),
    };
  }
}

interface Known {
  readonly segments: ReadonlyMap<string, Segment>;
  readonly targets: ReadonlyMap<string, Target>;
  readonly vantages: ReadonlyMap<string, Vantage>;
}

/** `any`, `A`, `A/len` or `A wildcard`; undefined for anything else. */
export function parsePattern(text: string): AddressPattern | undefined {
  if (text === 'any') return ANY_ADDRESS;
  const [first = '', second] = text.trim().split(/\s+/);
  const [base = '', length] = first.split('/');
  const addr = parseIpv4(base);
  if (addr === undefined) return undefined;
  if (second !== undefined) {
    const wildcard = parseWildcardMask(second);
    return wildcard === undefined || length !== undefined ? undefined : toAddressPattern(addr, wildcard);
  }
  if (length === undefined) return hostPattern(addr);
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  return prefixPattern(addr, Number(length));
}

/** The longest segment that holds the address. */
function segmentOf(segments: ReadonlyMap<string, Segment>, addr: number): Segment | undefined {
  return [...segments.values()]
    .filter((s) => patternContains(s.network, addr))
    .sort((a, b) => b.prefixLength - a.prefixLength)[0];
}

/** zod's issues in the words of someone who edits the file. */
function explainIssue(issue: z.core.$ZodIssue, pos: Positions): Diagnostic {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const shape = shapeAt(issue.path);
    const close = nearest(key, shape);
    return {
      code: 'site-invalid',
      severity: 'error',
      message: `unknown key "${issue.keys.join('", "')}"${where ? ` in ${where}` : ''}`,
      span: pos.of([...issue.path, key], true),
      mend: close ? `did you mean "${close}"?` : `known keys: ${shape.join(', ')}`,
    };
  }
  const expected =
    issue.code === 'invalid_type'
      ? issue.message.includes('received undefined')
        ? 'is missing'
        : `should be a ${issue.expected}`
      : issue.message;
  return {
    code: 'site-invalid',
    severity: 'error',
    message: `${where || 'the site file'}: ${expected}`,
    span: pos.of(issue.path),
    mend: `see the schema: aclscope init --schema`,
  };
}

/** Keys that the schema knows at a path, for suggestions. */
function shapeAt(path: Path): string[] {
  let schema: unknown = siteSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)];
    else if (inner instanceof z.ZodRecord) schema = inner.valueType;
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else return [];
  }
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}

/**
 * Reads a site file. `value` is null when any error stands among the diagnostics; every diagnostic has
 * file, line, column and the mend. Aliases in the YAML are bounded, so that a small file stays small.
 */
export function parseSite(text: string, file: string): Parsed<Site | null> {
  const counter = new LineCounter();
  const doc = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  const pos = new Positions(text, file, counter, doc.contents);
  const fromYaml = [...doc.errors, ...doc.warnings].map(
    (e): Diagnostic => ({
      code: 'site-yaml',
      severity: e.name === 'YAMLWarning' ? 'warning' : 'error',
      message: e.message,
      span: pos.at(e.pos[0], e.pos[1]),
      mend:
        e.code === 'DUPLICATE_KEY' ? 'keep one of the two' : 'check indentation, colons and quotes near here',
    }),
  );
  if (doc.errors.length > 0) return { value: null, diagnostics: fromYaml };
  if (doc.contents === null) {
    return {
      value: null,
      diagnostics: [
        {
          code: 'site-invalid',
          severity: 'error',
          message: 'the site file is empty',
          span: pos.at(0, 0),
          mend: 'write a draft with: aclscope init CONFIG -o site.yaml',
        },
      ],
    };
  }
  let plain: unknown;
  try {
    plain = doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      value: null,
      diagnostics: [
        {
          code: 'site-yaml',
          severity: 'error',
          message,
          span: pos.at(0, 0),
          mend: 'write the values out instead of using aliases',
        },
      ],
    };
  }
  const decoded = siteSchema.safeParse(plain);
  if (!decoded.success) {
    return {
      value: null,
      diagnostics: [...fromYaml, ...decoded.error.issues.map((i) => explainIssue(i, pos))],
    };
  }
  const reader = new SiteReader(decoded.data, pos);
  const site = reader.read(file);
  const diagnostics = [...fromYaml, ...reader.diagnostics];
  return { value: diagnostics.some((d) => d.severity === 'error') ? null : site, diagnostics };
}
