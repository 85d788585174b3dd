import type { AuditReport, NetworkPicture, QuotedList, ReportInput } from '../../reports/report.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { reachedAs } from '../exposure/intended.ts';
import { loggedHits } from '../exposure/logged-hits.ts';
import { auditSite } from '../exposure/reconcile.ts';
import { countedHits } from '../exposure/router-evidence.ts';
import type { EvidenceFile } from '../exposure/sightings.ts';
import { viewerOf } from '../exposure/viewer.ts';
import type { AclEntry } from '../model/access-list.ts';
import { describePattern, formatIpv4 } from '../model/address.ts';
import type { AuditResult } from '../model/audit.ts';
import { ruleText } from '../model/finding.ts';
import type { BaselineComparison } from '../model/history.ts';
import type { Target } from '../model/site.ts';
import { LINT_CHECKS } from '../review/checks/registry.ts';
import { lintConfig } from '../review/lint.ts';
import type { LoadedSite } from './load-site.ts';
import { header } from './report-output.ts';
import { CONFORMS, DIFFERS, type ExitCode, INCOMPLETE, type World } from './world.ts';

/** Lint rules whose findings change what an audit says: lines that do nothing, lists that filter nothing, unread text. */
const AUDITED_RULES: ReadonlySet<string> = new Set([
  'shadowed-ace',
  'redundant-ace',
  'undefined-list',
  'empty-list',
  'unparsed-line',
  'unmodelled-clause',
  'missing-mask',
]);

export const auditExit = (result: AuditResult): ExitCode => {
  switch (result.summary.verdict) {
    case 'conforms':
      return CONFORMS;
    case 'differs':
      return DIFFERS;
    case 'incomplete':
      return INCOMPLETE;
  }
};

/** Reconciles evidence with a site and frames the result for every format. */
export function makeAuditReport(
  world: World,
  loaded: LoadedSite,
  evidence: readonly EvidenceFile[],
  options: { readonly vantages: readonly string[] | null; readonly comparison?: BaselineComparison | null },
): AuditReport {
  const now = world.now();
  const today = now.toISOString().slice(0, 10);
  const lint = loaded.configs.flatMap((c) =>
    lintConfig(c.config, {
      diagnostics: c.diagnostics,
      site: loaded.site,
      clock: loaded.clock,
      today,
      partial: false,
    }),
  );
  const result = auditSite({
    site: loaded.site,
    network: loaded.network,
    evidence,
    vantages: options.vantages,
    lint: lint.filter((f) => AUDITED_RULES.has(f.rule)),
    today,
    now: now.toISOString(),
    siteSha256: loaded.input.sha256,
  });
  const inputs: ReportInput[] = [
    { role: 'site', file: loaded.input.name, sha256: loaded.input.sha256 },
    ...loaded.configs.map((c) => ({ role: 'config' as const, file: c.input.name, sha256: c.input.sha256 })),
    ...evidence.map((e) => ({ role: 'evidence' as const, file: e.file, sha256: e.sha256 })),
  ];
  return {
    kind: 'audit',
    header: header(`Exposure audit of ${loaded.site.name}`, inputs, now),
    diagnostics: loaded.diagnostics,
    assumptions: result.assumptions,
    rules: LINT_CHECKS.map(ruleText),
    result,
    network: drawNetwork(loaded),
    lists: quoteLists(loaded, evidence),
    comparison: options.comparison ?? null,
  };
}

function drawNetwork(loaded: LoadedSite): NetworkPicture {
  const { site, network } = loaded;
  return {
    siteFile: loaded.input.name,
    routers: network.routers.map((r) => ({
      name: r.name,
      file: r.config.file,
      interfaces: [...r.config.interfaces.values()].map((i) => ({
        name: i.name,
        addresses: i.addresses.map(
          (a) => `${formatIpv4(a.address)}${a.prefixLength === null ? '' : `/${a.prefixLength}`}`,
        ),
        shutdown: i.shutdown,
        bindings: [i.bindings.in, i.bindings.out].flatMap((b) =>
          b ? [{ direction: b.direction, acl: b.acl }] : [],
        ),
      })),
    })),
    segments: [...site.segments.values()].map((s) => ({
      name: s.name,
      network: `${formatIpv4(s.network.address)}/${s.prefixLength}`,
    })),
    targets: [...site.targets.values()].map((t) => ({
      name: t.name,
      address: formatIpv4(t.address),
      segment: t.segment,
      ...(t.group === null ? {} : { group: t.group }),
      ...translatedAddresses(loaded, t),
    })),
    vantages: [...site.vantages.values()].map((v) => ({
      name: v.name,
      address:
        v.sources.length === 1 && v.sources[0]!.wildcard === 0
          ? formatIpv4(v.address)
          : `${formatIpv4(v.address)} (${v.sources.map(describePattern).join(', ')})`,
      enters: v.enters,
      segment: v.segment,
    })),
  };
}

/** By which addresses vantages reach a target that has others than its own outside. */
function translatedAddresses({ site, network }: LoadedSite, target: Target): DrawnTranslation {
  const others = [...site.vantages.values()].flatMap((vantage): [string, string][] => {
    const [address] = reachedAs(viewerOf(network, vantage, target).ingress, target.address);
    return address === undefined || address === target.address ? [] : [[vantage.name, formatIpv4(address)]];
  });
  return others.length === 0 ? {} : { reachedAs: Object.fromEntries(others) };
}

type DrawnTranslation = Pick<NetworkPicture['targets'][number], 'reachedAs'>;

/** Lists that some interface binds, as the report quotes them. */
function quoteLists(loaded: LoadedSite, evidence: readonly EvidenceFile[]): readonly QuotedList[] {
  const logged = loggedHits(loaded.network.routers, evidence);
  const hitsOf = (acl: string, e: AclEntry): number | null =>
    e.kind === 'ace'
      ? (countedHits(evidence, acl, e)?.hits ?? e.hits ?? logged.get(e)?.packets ?? null)
      : null;
  return loaded.network.routers.flatMap(({ name, config }) => {
    const uses = new Map<string, string[]>();
    for (const i of config.interfaces.values()) {
      for (const b of [i.bindings.in, i.bindings.out]) {
        if (!b) continue;
        const places = uses.get(b.acl) ?? [];
        places.push(`${i.name} ${b.direction}`);
        uses.set(b.acl, places);
      }
    }
    return [...uses].flatMap(([acl, boundTo]): QuotedList[] => {
      const list = config.acls.get(acl);
      if (!list) return [];
      return [
        {
          acl,
          router: name,
          boundTo,
          entries: list.entries.map((e) => ({
            kind: e.kind,
            action: e.kind === 'ace' || e.kind === 'unparsed' ? e.action : null,
            line: toConfigLine(e.span),
            hits: hitsOf(acl, e),
          })),
        },
      ];
    });
  });
}
