import { toConfigLine } from '../diagnostics/source-span.ts';
import { type MatchingEntry, matchingEntries } from '../model/access-list.ts';
import { entryIdentity } from '../model/ace-identity.ts';
import { formatIpv4 } from '../model/address.ts';
import type { AuditFinding } from '../model/audit.ts';
import { TCP, UDP } from '../model/packet.ts';
import type { PortProtocol, Target, Vantage } from '../model/site.ts';
import { findInterface, type Router } from '../router/network.ts';
import { plainFinding } from './plain-finding.ts';
import type { AuditInput, EvidenceFile } from './sightings.ts';

/** A deny of the prober's own packet in the router's log: proof, even where the prober saw nothing. */
export interface LoggedDeny {
  readonly file: string;
  readonly line: number;
  readonly list: string;
}

/** The router's log line per port that denied this vantage's probes of this target. */
export function loggedDenies(
  evidence: readonly EvidenceFile[],
  vantage: Vantage,
  target: Target,
  protocol: PortProtocol,
): ReadonlyMap<number, LoggedDeny> {
  const found = new Map<number, LoggedDeny>();
  for (const { file, evidence: e } of evidence) {
    for (const entry of e.router?.logged ?? []) {
      // Port 0 means that the list did not look at ports: such a message speaks of no port in particular.
      if (entry.action !== 'deny' || !entry.destinationPort) continue;
      if (entry.protocol !== (protocol === 'tcp' ? TCP : UDP)) continue;
      if (entry.source !== formatIpv4(vantage.address) || entry.destination !== formatIpv4(target.address))
        continue;
      found.set(entry.destinationPort, { file, line: entry.line, list: entry.list });
    }
  }
  return found;
}

/** Matches that the router counted for an entry, over all evidence; null where no counters speak of its list. */
export function countedHits(
  evidence: readonly EvidenceFile[],
  acl: string,
  entry: MatchingEntry,
): { readonly hits: number; readonly file: string } | null {
  const identity = entryIdentity(entry);
  for (const { file, evidence: e } of evidence) {
    const counter = e.router?.counters.find((c) => c.acl === acl && c.identity === identity);
    if (counter) return { hits: counter.hits, file };
  }
  return null;
}

/** Lines that only the device shows, or only the config has, of a list whose counters were fetched. */
export function findListDrift(input: AuditInput): readonly AuditFinding[] {
  return input.evidence.flatMap(({ file, evidence }) => {
    const counters = evidence.router?.counters ?? [];
    return [...new Set(counters.map((c) => c.acl))].flatMap((acl) => {
      const holders = input.network.routers.filter((r) => r.config.acls.has(acl));
      const list = holders[0]?.config.acls.get(acl);
      if (holders.length !== 1 || list === undefined) return [];
      const shown = counters.filter((c) => c.acl === acl);
      const inText = new Set(matchingEntries(list).map(entryIdentity));
      const onDevice = new Set(shown.map((c) => c.identity));
      const only = shown.filter((c) => !inText.has(c.identity)).map((c) => `the device has "${c.text}"`);
      const missing = matchingEntries(list).filter(
        (e) => e.kind === 'ace' && !onDevice.has(entryIdentity(e)),
      );
      const gone = missing.map((e) => `line ${e.span.line} is not on the device`);
      const differences = [...only, ...gone];
      return differences.length === 0 ? [] : [listDrift(file, acl, differences, missing[0])];
    });
  });
}

const listDrift = (
  file: string,
  acl: string,
  differences: readonly string[],
  missing: MatchingEntry | undefined,
): AuditFinding => ({
  ...plainFinding(
    'list-differs',
    'medium',
    `${file}: list ${acl} on the device is not the config's: ${differences.slice(0, 3).join('; ')}${differences.length > 3 ? `; and ${differences.length - 3} more` : ''}`,
    'fetch the running configuration and the whole of show access-lists again, at the same time',
  ),
  line: missing ? toConfigLine(missing.span) : null,
});

/** Where the device that was asked is not the device that the config describes. */
export function findBindingDrift(input: AuditInput): readonly AuditFinding[] {
  return input.evidence.flatMap(({ file, evidence }) =>
    (evidence.router?.interfaces ?? []).flatMap((shown) =>
      input.network.routers.flatMap((router) =>
        driftOf(file, shown, router, input.network.routers.length === 1),
      ),
    ),
  );
}

type ShownInterface = NonNullable<EvidenceFile['evidence']['router']>['interfaces'][number];

function driftOf(
  file: string,
  shown: ShownInterface,
  router: Router,
  only: boolean,
): readonly AuditFinding[] {
  const iface = findInterface(router.config, shown.name);
  if (!iface) return [];
  return (['in', 'out'] as const).flatMap((direction) => {
    const bound = iface.bindings[direction];
    const really = direction === 'in' ? shown.inbound : shown.outbound;
    if ((bound?.acl ?? null) === really) return [];
    const config = bound ? `list ${bound.acl}` : 'no list';
    return [
      {
        ...plainFinding(
          'binding-differs',
          'high',
          `${file}: the device says that ${really === null ? 'no list' : `list ${really}`} is bound ${direction} on ${iface.name}${only ? '' : ` of ${router.name}`}, the config says ${config}`,
          'fetch the running configuration again: this audit rests on another one',
        ),
        line: toConfigLine(bound?.span ?? iface.span),
      },
    ];
  });
}
