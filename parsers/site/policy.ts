import { hostPattern } from '../../src/model/address.ts';
import type { PolicyParty, PolicyRule, Site, Waiver } from '../../src/model/site.ts';
import { hasTarget, mendTargetName, targetsNamed } from '../../src/model/target-names.ts';
import { parsePattern } from './address-pattern.ts';
import type { Path } from './positions.ts';
import type { RawSite } from './schema.ts';
import type { SiteValues } from './site-values.ts';

/** What rules, canaries and waivers may name. */
export type Known = Pick<Site, 'segments' | 'targets' | 'groups' | 'vantages'>;

function readParty(values: SiteValues, text: string, path: Path, known: Known): PolicyParty {
  if (text === 'any') return { kind: 'any' };
  if (known.vantages.has(text)) return { kind: 'vantage', name: text };
  if (known.segments.has(text)) return { kind: 'segment', name: text };
  if (hasTarget(known, text)) return { kind: 'target', name: text };
  const pattern = parsePattern(text);
  if (pattern) return { kind: 'network', pattern };
  values.error(
    path,
    false,
    `there is no vantage, segment, target or network "${text}"`,
    mendTargetName(known, text, ['any', ...known.vantages.keys(), ...known.segments.keys()]),
  );
  return { kind: 'network', pattern: hostPattern(0) };
}

export function readRules(
  values: SiteValues,
  raw: RawSite['policy'][number],
  index: number,
  known: Known,
): PolicyRule[] {
  const path = ['policy', index];
  const tcp = values.ports(raw.tcp, [...path, 'tcp']);
  const udp = values.ports(raw.udp, [...path, 'udp']);
  const wrapped = values.ports(raw.wrapped, [...path, 'wrapped']);
  if (tcp.length + udp.length + wrapped.length === 0)
    values.error(path, false, 'this rule names no port', 'add tcp: [...] or udp: [...]');
  if (!raw.why?.trim())
    values.diagnostics.push({
      code: 'policy-without-reason',
      severity: 'warning',
      message: 'this rule gives no reason',
      span: values.pos.of(path),
      mend: 'add why: a few words that the next reader will need',
    });
  const side = (value: string | string[], key: string): PolicyParty[] =>
    [value]
      .flat()
      .map((text, i) =>
        readParty(values, text, Array.isArray(value) ? [...path, key, i] : [...path, key], known),
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
        span: values.pos.of(path),
      }),
    ),
  );
}

export function readCanaries(
  values: SiteValues,
  raw: RawSite['canaries'],
  known: Known,
): Map<string, number> {
  const canaries = new Map<string, number>();
  // A member's own canary wins over its group's, wherever it stands.
  const groupsFirst = Object.entries(raw).sort(
    ([a], [b]) => Number(known.groups.has(b)) - Number(known.groups.has(a)),
  );
  for (const [name, port] of groupsFirst) {
    if (!hasTarget(known, name)) unknownTarget(values, ['canaries', name], name, known);
    for (const target of targetsNamed(known, name)) canaries.set(target.name, port);
  }
  return canaries;
}

const unknownTarget = (values: SiteValues, path: Path, name: string, known: Known): void =>
  values.error(path, false, `there is no target "${name}"`, mendTargetName(known, name));

export function readWaiver(
  values: SiteValues,
  raw: RawSite['waivers'][number],
  index: number,
  known: Known,
): Waiver {
  const path = ['waivers', index];
  if (raw.vantage !== undefined && !known.vantages.has(raw.vantage))
    values.unknown([...path, 'vantage'], 'vantage', raw.vantage, known.vantages.keys());
  if (raw.target !== undefined && !hasTarget(known, raw.target))
    unknownTarget(values, [...path, 'target'], raw.target, known);
  return {
    finding: raw.finding,
    vantage: raw.vantage ?? null,
    target: raw.target ?? null,
    ports: raw.ports === undefined ? null : values.ports(raw.ports, [...path, 'ports']),
    owner: raw.owner,
    why: raw.why,
    until: raw.until,
    span: values.pos.of(path),
  };
}
