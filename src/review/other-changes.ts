import { entryIdentity } from '../model/ace-identity.ts';
import { isAddressed } from '../model/addressed.ts';
import type { Interface, RouterConfig, TerminalLine } from '../model/router-config.ts';
import { findListUses } from './list-uses.ts';
import { unfollowedChanges } from './unfollowed-changes.ts';

/** Text without positions, so that moved lines compare equal. */
const meaning = (value: unknown): string =>
  JSON.stringify(value, (key, part) => (key === 'span' ? undefined : part instanceof Map ? [...part] : part));

const differs = (a: unknown, b: unknown): boolean => meaning(a) !== meaning(b);

/** Having none is the same whether the text says so or not. */
const addressingOf = (i: Interface): Interface['addressing'] | null => (isAddressed(i) ? i.addressing : null);

/** Changes that move packets without any list deciding otherwise: said, since no binding shows them. */
export function changesBeyondLists(before: RouterConfig, after: RouterConfig): readonly string[] {
  const notes: string[] = [];
  const say = (changed: boolean, what: string): void => {
    if (changed) notes.push(what);
  };
  const all =
    'which ports that opens or closes shows per vantage, where a site file names vantages and targets';
  say(differs(routesOf(before), routesOf(after)), `routes differ; ${all}`);
  say(
    differs(sorted(before.nat), sorted(after.nat)) || differs(before.natPools, after.natPools),
    `address translation differs; ${all}`,
  );
  say(
    differs(sorted(before.routing), sorted(after.routing)),
    'routing processes differ; the routes that they bring are not in the text, and not counted',
  );
  say(
    differs(switchesOf(before), switchesOf(after)),
    `what the router does with packets as a whole differs; ${all}`,
  );
  say(
    before.settings.httpServer !== after.settings.httpServer,
    "the router's own HTTP server differs, which no space tells",
  );
  const stated = statedOnce(before, after);
  say(
    stated.length > 0,
    `unmodelled statements of the router differ (${stated.join('; ')}); their effect is not counted`,
  );
  say(
    differs(sorted(before.ipv6), sorted(after.ipv6)),
    'IPv6 lists, bindings or addresses differ; what IPv6 packets meet is not counted',
  );
  for (const [name, iface] of after.interfaces) {
    const old = before.interfaces.get(name);
    if (!old) continue;
    say(
      differs(old.addresses, iface.addresses) || differs(addressingOf(old), addressingOf(iface)),
      `the addresses of ${name} differ; ${all}`,
    );
    say(old.vrf !== iface.vrf, `${name} moves to another VRF; ${all}`);
    say(old.natSide !== iface.natSide, `the translation side of ${name} differs; ${all}`);
    say(old.proxyArp !== iface.proxyArp, `proxy ARP of ${name} differs; ${all}`);
    say(differs(old.tunnel, iface.tunnel), `the tunnel of ${name} differs; ${all}`);
    say(
      old.encapsulation !== iface.encapsulation,
      `the encapsulation of ${name} differs; what it carries then is not counted`,
    );
    say(
      differs(old.effects, iface.effects),
      `unmodelled statements of ${name} differ; their effect is not counted`,
    );
  }
  return [
    ...notes,
    ...unfollowedChanges(before, after),
    ...loginsChanged(before, after),
    ...listsUsedElsewhere(before, after),
    ...selectionsChanged(before, after),
  ];
}

/** What terminal lines ask of a login beside its source: each run of lines is held against the run around it. */
function loginsChanged(before: RouterConfig, after: RouterConfig): readonly string[] {
  const pairs = [
    ...after.lines.map((line) => [around(before, line), line] as const),
    ...before.lines.map((line) => [line, around(after, line)] as const),
  ];
  const notes = pairs.flatMap(([old, now]) => {
    if (!old || !now) return [];
    const { kind, first, last } = old.last - old.first < now.last - now.first ? old : now;
    const name = `line ${kind} ${first}${last === first ? '' : ` ${last}`}`;
    const classes = [old.accessClassIn, now.accessClassIn];
    return [
      ...(classes[0] && classes[1] && classes[0].vrfAlso !== classes[1].vrfAlso
        ? [
            `${name} ${classes[1].vrfAlso ? 'now takes' : 'no longer takes'} logins from VRFs (vrf-also), which no space tells`,
          ]
        : []),
      ...(differs(old.transportInput, now.transportInput)
        ? [`${name} takes logins by other protocols (transport input), which no space tells`]
        : []),
    ];
  });
  return [...new Set(notes)];
}

const around = (config: RouterConfig, { kind, first, last }: TerminalLine): TerminalLine | undefined =>
  config.lines.find((l) => l.kind === kind && l.first <= first && last <= l.last);

/** A route's name speaks to people alone. */
const routesOf = ({ routes }: RouterConfig): readonly string[] =>
  sorted(routes.map(({ name: _name, ...route }) => route));

const switchesOf = ({ settings: { ipRouting, ipClassless, defaultGateway } }: RouterConfig) => ({
  ipRouting,
  ipClassless,
  defaultGateway,
});

/** Statements such as a zone pair or the policy of the control plane that one of the two has and the other has not. */
function statedOnce(before: RouterConfig, after: RouterConfig): readonly string[] {
  const said = ({ settings }: RouterConfig): ReadonlySet<string> =>
    new Set(settings.effects.map((e) => e.name ?? e.span.text.trim()));
  const [old, now] = [said(before), said(after)];
  return [...old].filter((s) => !now.has(s)).concat([...now].filter((s) => !old.has(s)));
}

/** Uses of lists that other notes and the bindings do not tell of. */
const usesOf = (config: RouterConfig): ReadonlyMap<string, string> =>
  new Map(
    config.references.flatMap(({ use, owner, acl }) =>
      owner === undefined || use === 'access-class' || use === 'nat'
        ? []
        : [[`${use} ${acl} ${owner}`, owner]],
    ),
  );

/** A route-map or a tunnel that names another list, or none, selects other traffic. */
function selectionsChanged(before: RouterConfig, after: RouterConfig): readonly string[] {
  const [old, now] = [usesOf(before), usesOf(after)];
  const only = (some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): readonly string[] =>
    [...some].flatMap(([key, owner]) => (others.has(key) ? [] : [owner]));
  return [
    ...only(old, now).map((owner) => `"${owner}" is gone: what it selected is selected otherwise now`),
    ...only(now, old).map((owner) => `"${owner}" is new: what it selects was not selected by it before`),
  ];
}

/** A list that selects traffic for translation, a tunnel or a route-map selects other traffic when it changes. */
function listsUsedElsewhere(before: RouterConfig, after: RouterConfig): readonly string[] {
  const text = (config: RouterConfig, name: string): string =>
    (config.acls.get(name)?.entries ?? []).map(entryIdentity).join('\n');
  return [...findListUses(after)].flatMap(([name, uses]) => {
    const others = uses.flatMap((u) => (u.kind === 'reference' && u.use !== 'access-class' ? [u.use] : []));
    if (others.length === 0 || text(before, name) === text(after, name)) return [];
    return [
      `list ${name} is used by ${[...new Set(others)].join(', ')} as well: what it selects there changes with it`,
    ];
  });
}

const sorted = (values: readonly unknown[]): readonly string[] => values.map(meaning).sort();
