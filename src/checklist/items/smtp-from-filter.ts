import * as z from 'zod';
import {
  type AddressPattern,
  formatIpv4,
  hostPattern,
  parseIpv4,
  patternContains,
} from '../../model/address.ts';
import type { Statement } from '../../model/checklist.ts';
import type { Collected, HostFacts, TcpRule, TcpServer } from '../../model/host.ts';
import { rangesHave } from '../../model/ports.ts';
import type { PolicyParty, Site } from '../../model/site.ts';
import { isNamed, targetsNamed } from '../../model/target-names.ts';
import { evidenceOf, flowsAtPort, isSeen, tcpFlows } from '../audit-flows.ts';
import { type CheckContext, defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, note, unseen } from '../statement.ts';
import { decideTcpAccess, rulesByAddress } from '../tcp-rules-decision.ts';

export const smtpFromFilter = defineCheck({
  id: 'smtp-from-filter',
  description:
    "tcpserver's compiled rules let in the mail filter and nobody else, agree with their source, and a probe from elsewhere gets no banner.",
  parameters: z.strictObject({
    port: z.int().min(1).max(65535).default(25),
    filters: z
      .array(z.ipv4())
      .default([])
      .describe('addresses that may deliver; empty: those that the site policy lets reach the port'),
  }),
  judge: (context, { port, filters }) => {
    const allowed =
      filters.length > 0 ? filters.map((f) => hostPattern(parseIpv4(f)!)) : policySources(context, port);
    if (allowed.length === 0)
      return [missing(`neither the policy nor the checklist says who may deliver to port ${port}`)];
    return [
      ...(context.facts === null
        ? [missing('no evidence bundle of the host')]
        : ruleStatements(context.facts, port, allowed)),
      ...probeStatements(context, port, allowed),
    ];
  },
});

function partyPatterns(site: Site, party: PolicyParty): readonly AddressPattern[] {
  switch (party.kind) {
    case 'any':
      return [];
    case 'vantage': {
      const vantage = site.vantages.get(party.name);
      return vantage === undefined ? [] : [hostPattern(vantage.address)];
    }
    case 'segment': {
      const segment = site.segments.get(party.name);
      return segment === undefined ? [] : [segment.network];
    }
    case 'target':
      return targetsNamed(site, party.name).map((t) => hostPattern(t.address));
    case 'network':
      return [party.pattern];
  }
}

/** Who the site's policy lets speak SMTP to the target. */
function policySources({ site, target }: CheckContext, port: number): readonly AddressPattern[] {
  if (site === null || target === null) return [];
  return site.policy
    .filter((r) => r.action === 'allow' && rangesHave(r.tcp, port))
    .filter((r) => r.to.kind === 'any' || (r.to.kind === 'target' && isNamed(target, r.to.name)))
    .flatMap((r) => [...partyPatterns(site, r.from)]);
}

/** Where the host's list names the process that holds the port, only that one counts. */
function listeningAmong(facts: HostFacts, port: number, servers: readonly TcpServer[]): readonly TcpServer[] {
  if (facts.listeners.kind !== 'present' || facts.processes.kind !== 'present') return servers;
  const holder = facts.listeners.value.find((l) => l.protocol === 'tcp' && l.port === port)?.pid;
  const process = holder == null ? undefined : facts.processes.value.find((p) => p.pid === holder);
  const held = servers.filter((s) => s.line.file === process?.line.file && s.line.line === process.line.line);
  return held.length > 0 ? held : servers;
}

function ruleStatements(
  facts: HostFacts,
  port: number,
  allowed: readonly AddressPattern[],
): readonly Statement[] {
  if (facts.tcpServers.kind !== 'present') return [unseen(facts.tcpServers, `what serves port ${port}`)];
  const { sources } = facts.tcpServers;
  const servers = listeningAmong(
    facts,
    port,
    facts.tcpServers.value.filter((s) => s.port === port),
  );
  const [server] = servers;
  if (server === undefined)
    return [doubt(`no tcpserver is seen on port ${port}, so its rules decide nothing`, { sources })];

  const files = new Set(servers.map((s) => s.rulesFile));
  if (files.size > 1) {
    const text = `tcpserver on port ${port} is started with different rules: ${[...files].map((f) => f ?? 'none').join(', ')}`;
    return [doubt(text, { lines: servers.map((s) => s.line), sources })];
  }
  if (server.rulesFile === null) {
    return [
      breaks(`tcpserver on port ${port} runs without rules (-x) and lets everyone in`, {
        lines: [server.line],
        sources,
      }),
    ];
  }
  const compiled = facts.tcpRules.get(server.rulesFile);
  if (compiled?.kind === 'absent') {
    const grounds = { lines: [server.line], sources };
    return server.openWithoutFile
      ? [breaks(`${server.rulesFile} does not exist and -X lets everyone in without it`, grounds)]
      : [
          breaks(
            `${server.rulesFile} does not exist: tcpserver lets nobody in, not even the filter`,
            grounds,
          ),
        ];
  }
  if (compiled?.kind !== 'present')
    return [missing(`the compiled rules ${server.rulesFile} are not in the bundle`)];
  const source = facts.tcpRules.get(server.rulesFile.replace(/\.cdb$/, ''));
  return [
    holds(`tcpserver on port ${port} reads ${server.rulesFile}`, { lines: [server.line], sources }),
    ...judgeRules(compiled, server, allowed),
    ...compareWithSource(server.rulesFile, compiled, source),
  ];
}

/** A key of the rules as the addresses it stands for; null when it is a name, an ident or no whole prefix. */
function keyPattern(key: string): { readonly base: string; readonly octets: number } | null {
  if (/[=@]/.test(key)) return null;
  const parts = key.replace(/\.$/, '').split('.');
  const whole = parts.length === 4 && !key.endsWith('.');
  if (key !== '' && !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) return null;
  if (key !== '' && !whole && !key.endsWith('.')) return null;
  return { base: key, octets: key === '' ? 0 : parts.length };
}

function judgeRules(
  compiled: Extract<Collected<readonly TcpRule[]>, { kind: 'present' }>,
  server: TcpServer,
  allowed: readonly AddressPattern[],
): readonly Statement[] {
  const { sources } = compiled;
  const rules = rulesByAddress(compiled.value);
  const statements: Statement[] = [];
  const isFilter = (address: string): boolean => {
    const parsed = parseIpv4(address);
    return parsed !== undefined && allowed.some((p) => patternContains(p, parsed));
  };
  for (const pattern of allowed) {
    if (pattern.wildcard !== 0) continue;
    const address = formatIpv4(pattern.address);
    const decision = decideTcpAccess(rules, address);
    statements.push(
      decision.action === 'allow'
        ? holds(`${address} is let in`, { sources })
        : breaks(
            `${address}, which should deliver, is turned away by the rule "${decision.rule?.address}:deny"`,
            { sources },
          ),
    );
  }
  const wide: string[] = [];
  for (const rule of rules.values()) {
    if (rule.action === 'deny') continue;
    const key = keyPattern(rule.address);
    const shown = `"${rule.address}:allow"`;
    if (rule.address.includes('@')) {
      statements.push(doubt(`${shown} lets in whoever an ident server names`, { sources }));
    } else if (rule.address.startsWith('=')) {
      statements.push(
        server.looksUpNames
          ? breaks(`${shown} lets in by host name, which the owner of an address chooses himself`, {
              sources,
            })
          : note(`${shown} never matches: tcpserver runs with -H and knows no names`, { sources }),
      );
    } else if (key === null) statements.push(note(`${shown} never matches an address`, { sources }));
    else if (key.octets < 4 ? !coveredByPolicy(key, allowed) : !isFilter(rule.address)) {
      if (/^127\./.test(rule.address)) statements.push(note(`${shown} lets in the host itself`, { sources }));
      else wide.push(shown);
    }
  }
  if (wide.length > 0)
    statements.push(breaks(`others than the filter are let in: ${enumerate(wide)}`, { sources }));
  const last = rules.get('');
  if (last === undefined)
    statements.push(breaks('no rule denies the rest, and tcpserver lets in whom no rule names', { sources }));
  else if (last.action === 'deny')
    statements.push(holds('everyone else is denied by the rule ":deny"', { sources }));
  return statements;
}

/** A prefix rule is in order when the policy allows a network that holds all of it. */
function coveredByPolicy(
  key: { readonly base: string; readonly octets: number },
  allowed: readonly AddressPattern[],
): boolean {
  const octets = key.base.split('.').filter((o) => o !== '');
  const low = parseIpv4([...octets, '0', '0', '0', '0'].slice(0, 4).join('.'));
  const high = parseIpv4([...octets, '255', '255', '255', '255'].slice(0, 4).join('.'));
  if (low === undefined || high === undefined) return false;
  return allowed.some(
    (p) => patternContains(p, low) && patternContains(p, high) && ((p.wildcard + 1) & p.wildcard) === 0,
  );
}

const describeRule = (rule: TcpRule): string =>
  `${rule.address}:${rule.action}${rule.environment.map((e) => `,${e}`).join('')}`;

function compareWithSource(
  path: string,
  compiled: Extract<Collected<readonly TcpRule[]>, { kind: 'present' }>,
  source: Collected<readonly TcpRule[]> | undefined,
): readonly Statement[] {
  if (source?.kind !== 'present')
    return [missing(`the text from which ${path} was compiled is not in the bundle`)];
  const sources = [...source.sources, ...compiled.sources];
  const text = rulesByAddress(source.value);
  const binary = rulesByAddress(compiled.value);
  const addresses = [...new Set([...text.keys(), ...binary.keys()])];
  const differing = addresses.flatMap((a) => {
    const written = text.get(a);
    const used = binary.get(a);
    if (written && used && describeRule(written) === describeRule(used)) return [];
    if (!used) return [`"${describeRule(written!)}" is written but not compiled`];
    return [
      `"${describeRule(used)}" is compiled, ${written ? `"${describeRule(written)}"` : 'nothing of it'} written`,
    ];
  });
  if (differing.length === 0) {
    return [
      holds(`${path} agrees with its source, rule by rule`, {
        sources,
        lines: source.value.flatMap((r) => (r.line ? [r.line] : [])).slice(0, 20),
      }),
    ];
  }
  return [breaks(`${path} is not what its source says: ${enumerate(differing, 4)}`, { sources })];
}

function probeStatements(
  context: CheckContext,
  port: number,
  allowed: readonly AddressPattern[],
): readonly Statement[] {
  const strangers = flowsAtPort(tcpFlows(context, 'anywhere'), port).filter((f) => {
    const vantage = context.site?.vantages.get(f.vantage);
    return vantage === undefined || !allowed.some((p) => patternContains(p, vantage.address));
  });
  const seen = strangers.filter(isSeen);
  if (seen.length === 0)
    return [missing(`no scan shows what port ${port} says to a host that is not the filter`)];
  return seen.map((f) => {
    const grounds = { evidence: evidenceOf([f]) };
    switch (f.observed) {
      case 'wrapped':
        return holds(`${f.vantage} is accepted on ${port} and turned away without a banner`, grounds);
      case 'closed':
      case 'filtered':
        return holds(`${f.vantage} does not reach ${port} at all (${f.observed})`, grounds);
      case 'open':
        return f.verdict === 'fail'
          ? breaks(`${f.vantage} is served on ${port}`, grounds)
          : doubt(
              `${f.vantage} finds ${port} open; the evidence does not show whether a banner came`,
              grounds,
            );
      default:
        return doubt(`${f.vantage}'s look at ${port} decides nothing: ${f.observed}`, grounds);
    }
  });
}
