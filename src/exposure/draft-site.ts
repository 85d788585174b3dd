import { type Ace, type AclEntry, matchingEntries } from '../model/access-list.ts';
import {
  type AddressPattern,
  formatIpv4,
  hostPattern,
  type Ipv4,
  parseIpv4,
  patternContains,
  prefixPattern,
} from '../model/address.ts';
import { ICMP, TCP, UDP } from '../model/packet.ts';
import { formatRanges, type PortSet, rangesHave, subtractRanges, unionRanges } from '../model/ports.ts';
import type { Interface, RouterConfig } from '../model/router-config.ts';
import { globalPattern, localPattern, rebase } from '../router/nat-static.ts';
import { buildRouter, type Router } from '../router/network.ts';
import { buildRoutes, routesTo } from '../router/routes.ts';

export interface DraftOptions {
  readonly siteName: string;
  /** As the site file should name the config. */
  readonly configPath: string;
  readonly routerName: string;
}

interface DraftVantage {
  readonly name: string;
  readonly address: string;
  readonly sources: string | null;
  readonly enters: string;
  readonly question: string | null;
}

interface DraftRule {
  readonly from: string;
  readonly to: string;
  tcp: PortSet;
  udp: PortSet;
  readonly lines: number[];
}

/**
 * A site file to start from: vantages from the interfaces that carry lists, targets from the hosts that permits name,
 * a rule per permit, marked unconfirmed. What the config cannot tell stands as a question in a comment.
 */
export function draftSite(config: RouterConfig, options: DraftOptions): string {
  const questions: string[] = [];
  const outside = outsideInterface(config);
  const hosts = permittedHosts(config);
  const segments = draftSegments(config, hosts);
  const targets = draftTargets(hosts);
  const vantages = draftVantages(config, options, outside, questions);
  const rules = draftRules(config, targets, vantages, outside);
  questions.push(...unplaced(config, targets, segments));
  questions.push(...undrafted(config, rules));
  if (targets.length === 0)
    questions.push('No permit names a single host: which hosts are to be proven? Add them under targets.');
  for (const i of config.interfaces.values())
    for (const a of i.addresses)
      if (a.prefixLength === null)
        questions.push(
          `${i.name} has no mask in this text (line ${a.span.line}): which network is behind it?`,
        );
  const canaries = targets.flatMap((t) => {
    const open = rules.find((r) => r.to === t.name && r.from === 'any' && onePort(r.tcp) !== undefined);
    return open ? [`  ${t.name}: ${onePort(open.tcp)}`] : [];
  });
  if (canaries.length < targets.length)
    questions.push(
      'Which TCP port of each target is open and permitted from every vantage? Without such a canary, silence proves nothing.',
    );
  return [
    '# Drafted from the configuration. Answer the questions, confirm each rule (then remove "unconfirmed"), delete what is wrong.',
    '# yaml-language-server: $schema=./site.schema.json   (write it with: aclscope init --schema -o site.schema.json)',
    ...questions.map((q) => `# QUESTION: ${q}`),
    `site: ${quote(options.siteName)}`,
    'routers:',
    `  - { name: ${quote(options.routerName)}, config: ${quote(options.configPath)} }${config.version ? `   # version ${config.version.text}; add version: with the full train` : ''}`,
    `segments:${segments.length === 0 ? ' {}' : ''}`,
    ...segments.map((s) => `  ${s.name}: ${s.network}`),
    `targets:${targets.length === 0 ? ' {}' : ''}`,
    ...targets.map((t) => `  ${t.name}: { address: ${t.address}${segmentFor(segments, t.ip)} }`),
    `vantages:${vantages.length === 0 ? ' {}' : ''}`,
    ...vantages.map(
      (v) =>
        `  ${v.name}: { address: ${v.address}${v.sources ? `, sources: ${v.sources}` : ''}, enters: ${quote(v.enters)} }${v.question ? `   # QUESTION: ${v.question}` : ''}`,
    ),
    '  # QUESTION: Is there a box inside the segment? What it sees tells a list that works from a host that is silent itself.',
    `  # inside: { address: ${insideExample(segments)} }`,
    `policy:${rules.length === 0 ? ' []' : ''}`,
    ...rules.map((r) => {
      const ports = [
        ...(r.tcp.length > 0 ? [`tcp: [${yamlPorts(r.tcp)}]`] : []),
        ...(r.udp.length > 0 ? [`udp: [${yamlPorts(r.udp)}]`] : []),
      ].join(', ');
      return `  - { from: ${quote(r.from)}, to: ${r.to}, ${ports}, why: "permitted by line ${r.lines.join(', ')}", unconfirmed: true }`;
    }),
    `canaries:${canaries.length === 0 ? ' {}' : ''}`,
    ...canaries,
    '# QUESTION: From which address is the router configured? Uncomment, so that a review sees a lockout.',
    '# management: { operator: 192.0.2.10 }',
    '',
  ].join('\n');
}

/** Targets that stand behind another router than this one: it and their network are not in this text. */
function unplaced(
  config: RouterConfig,
  targets: ReturnType<typeof draftTargets>,
  segments: ReturnType<typeof draftSegments>,
): readonly string[] {
  return targets
    .filter((t) => segmentFor(segments, t.ip) === '')
    .map((t) => {
      const onward = routesTo(buildRoutes(config), null, t.ip).find((r) => !r.connected);
      return onward
        ? `Line ${onward.span.line} sends what is for ${t.name} on to another router: add it under routers, and the network of ${t.name} under segments.`
        : `Which network does ${t.name} stand in? Add it under segments.`;
    });
}

/** An address to start from, in the first segment where there is one. */
function insideExample(segments: ReturnType<typeof draftSegments>): string {
  const [segment] = segments;
  return segment ? formatIpv4(segment.pattern.address + 50) : '192.0.2.50';
}

/** A YAML scalar that is read as this text: plain only where it can be no number, no truth value and no syntax. */
const quote = (text: string): string =>
  /^[a-z][\w./-]*$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);

/** A permit of one port names a service; one of a range does not say where in it somebody listens. */
const onePort = (ports: PortSet): number | undefined => ports.find(([lo, hi]) => lo === hi)?.[0];

const yamlPorts = (ports: PortSet): string =>
  formatRanges(ports)
    .split(', ')
    .map((p) => (p.includes('-') ? `"${p}"` : p))
    .join(', ');

/** Some address that no network of one's own holds (RFC 5737): packets for it take the default route. */
const STRANGER = parseIpv4('203.0.113.77')!;

/** The default route's interface; else the only one with an inbound list. */
function outsideInterface(config: RouterConfig): Interface | undefined {
  const route = routesTo(buildRoutes(config), null, STRANGER)[0];
  if (route?.egress.kind === 'interface') return config.interfaces.get(route.egress.interface);
  const listed = [...config.interfaces.values()].filter((i) => i.bindings.in !== null && !i.shutdown);
  return listed.length === 1 ? listed[0] : undefined;
}

interface PermittedHost {
  readonly ip: Ipv4;
  readonly ace: Ace;
}

/** Hosts that live permits with ports name as destination, in order of first mention. */
function permittedHosts(config: RouterConfig): readonly PermittedHost[] {
  const router = buildRouter({ name: '', config }, { clock: null });
  const bound = new Set(
    [...config.interfaces.values()].flatMap((i) => [i.bindings.in?.acl, i.bindings.out?.acl]),
  );
  return [...config.acls.values()]
    .filter((acl) => bound.has(acl.name))
    .flatMap((acl) => matchingEntries(acl))
    .flatMap((entry) => {
      if (entry.kind !== 'ace' || entry.action !== 'permit') return [];
      const d = entry.match.destination;
      return d.kind === 'pattern' && d.pattern.wildcard === 0
        ? [{ ip: innerAddress(router, d.pattern.address, entry), ace: entry }]
        : [];
    });
}

/** The address of the host itself, where a list names the one that it is translated from. */
function innerAddress(router: Router, named: Ipv4, ace: Ace): Ipv4 {
  const { protocol, destinationPorts } = ace.match;
  for (const rule of router.config.nat) {
    if (rule.kind !== 'static' || rule.side !== 'inside') continue;
    const outer = globalPattern(router, rule);
    if (outer === null || !patternContains(outer, named)) continue;
    const asked =
      rule.globalPort === null ||
      (protocol.kind === 'number' &&
        protocol.number === rule.protocol &&
        destinationPorts?.kind === 'ports' &&
        rangesHave(destinationPorts.set, rule.globalPort));
    if (asked) return rebase(hostPattern(named), localPattern(rule)).address;
  }
  return named;
}

/** Permits of lists inbound on some interface, of TCP or UDP by their ports, that no drafted rule tells of. */
function undrafted(config: RouterConfig, rules: readonly DraftRule[]): readonly string[] {
  const told = new Set(rules.flatMap((r) => r.lines));
  const inbound = new Set([...config.interfaces.values()].flatMap((i) => i.bindings.in?.acl ?? []));
  const left = [...config.acls.values()]
    .filter((acl) => inbound.has(acl.name))
    .flatMap((acl) => matchingEntries(acl))
    .filter((e) => e.kind === 'ace' && e.action === 'permit' && e.match.tcpFlags === undefined)
    .filter((e) => !told.has(e.span.line) && !isIcmp(e));
  return left
    .slice(0, MOST_QUESTIONS)
    .map(
      (e) => `Line ${e.span.line} ("${e.span.text.trim()}") is in no rule below: who is to reach what by it?`,
    )
    .concat(
      left.length > MOST_QUESTIONS
        ? [`${left.length - MOST_QUESTIONS} more permits are in no rule below.`]
        : [],
    );
}

const MOST_QUESTIONS = 20;

const isIcmp = (entry: AclEntry): boolean =>
  entry.kind === 'ace' && entry.match.protocol.kind === 'number' && entry.match.protocol.number === ICMP;

const draftTargets = (
  hosts: readonly PermittedHost[],
): readonly { name: string; address: string; ip: Ipv4 }[] =>
  [...new Set(hosts.map((h) => h.ip))].map((ip) => ({
    name: `host-${formatIpv4(ip).replaceAll('.', '-')}`,
    address: formatIpv4(ip),
    ip,
  }));

function draftSegments(
  config: RouterConfig,
  hosts: readonly PermittedHost[],
): readonly { name: string; network: string; pattern: AddressPattern }[] {
  const out: { name: string; network: string; pattern: AddressPattern }[] = [];
  for (const i of config.interfaces.values()) {
    for (const a of i.addresses) {
      if (a.prefixLength === null || a.prefixLength >= 31 || i.shutdown) continue;
      const pattern = prefixPattern(a.address, a.prefixLength);
      if (hosts.some((h) => patternContains(pattern, h.ip)))
        out.push({
          name: i.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
          network: `${formatIpv4(pattern.address)}/${a.prefixLength}`,
          pattern,
        });
    }
  }
  return out;
}

const segmentFor = (segments: ReturnType<typeof draftSegments>, ip: Ipv4): string => {
  const found = segments.find((s) => patternContains(s.pattern, ip));
  return found ? `, segment: ${found.name}` : '';
};

function draftVantages(
  config: RouterConfig,
  options: DraftOptions,
  outside: Interface | undefined,
  questions: string[],
): readonly DraftVantage[] {
  const out: DraftVantage[] = [];
  if (outside)
    out.push({
      name: 'internet',
      address: '203.0.113.77',
      sources: 'any',
      enters: `${options.routerName} ${outside.name}`,
      question: 'put the address of your external scanner box here',
    });
  else
    questions.push(
      'No default route and no single inbound list: by which interface does the Internet enter?',
    );
  const named = new Set<Ipv4>();
  for (const acl of config.acls.values()) {
    const bindings = [...config.interfaces.values()].filter((i) => i.bindings.in?.acl === acl.name);
    if (bindings.length !== 1) continue;
    for (const entry of matchingEntries(acl)) {
      if (entry.kind !== 'ace' || entry.action !== 'permit') continue;
      const s = entry.match.source;
      if (s.kind !== 'pattern' || s.pattern.wildcard !== 0 || named.has(s.pattern.address)) continue;
      named.add(s.pattern.address);
      out.push({
        name: `from-${formatIpv4(s.pattern.address).replaceAll('.', '-')}`,
        address: formatIpv4(s.pattern.address),
        sources: null,
        enters: `${options.routerName} ${bindings[0]!.name}`,
        question: `who is this? line ${entry.span.line} permits it`,
      });
    }
  }
  return out;
}

function draftRules(
  config: RouterConfig,
  targets: readonly { name: string; ip: Ipv4 }[],
  vantages: readonly DraftVantage[],
  outside: Interface | undefined,
): readonly DraftRule[] {
  const rules = new Map<string, DraftRule>();
  for (const { ip, ace } of permittedHosts(config)) {
    const to = targets.find((t) => t.ip === ip);
    const from = partyOf(ace, vantages, outside);
    const protocol = ace.match.protocol;
    if (!to || from === null || protocol.kind !== 'number') continue;
    if (ace.match.destinationPorts?.kind !== 'ports') continue;
    // Port 0 is reserved, and a site file names none; "neq 25" and "lt 1024" hold it.
    const ports = subtractRanges(ace.match.destinationPorts.set, [[0, 0]]);
    if (ports.length === 0 || (protocol.number !== TCP && protocol.number !== UDP)) continue;
    const rule = rules.get(`${from} ${to.name}`) ?? { from, to: to.name, tcp: [], udp: [], lines: [] };
    if (protocol.number === TCP) rule.tcp = unionRanges(rule.tcp, ports);
    else rule.udp = unionRanges(rule.udp, ports);
    rule.lines.push(ace.span.line);
    rules.set(`${from} ${to.name}`, rule);
  }
  return [...rules.values()];
}

function partyOf(ace: Ace, vantages: readonly DraftVantage[], outside: Interface | undefined): string | null {
  const s = ace.match.source;
  if (s.kind !== 'pattern') return null;
  if (s.pattern.wildcard === 0xffffffff) return outside ? 'any' : null;
  const vantage = vantages.find((v) => v.address === formatIpv4(s.pattern.address));
  if (s.pattern.wildcard === 0) return vantage ? vantage.name : formatIpv4(s.pattern.address);
  return `${formatIpv4(s.pattern.address)} ${formatIpv4(s.pattern.wildcard)}`;
}
