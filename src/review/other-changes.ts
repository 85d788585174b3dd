import type { RouterConfig } from '../model/router-config.ts';

/** Text without positions, so that moved lines compare equal. */
const meaning = (value: unknown): string =>
  JSON.stringify(value, (key, part) => (key === 'span' ? undefined : part instanceof Map ? [...part] : part));

const differs = (a: unknown, b: unknown): boolean => meaning(a) !== meaning(b);

/** Changes that move packets without any list deciding otherwise: said, since no binding shows them. */
export function changesBeyondLists(before: RouterConfig, after: RouterConfig): readonly string[] {
  const notes: string[] = [];
  const say = (changed: boolean, what: string): void => {
    if (changed) notes.push(what);
  };
  const all =
    'which ports that opens or closes shows per vantage, where a site file names vantages and targets';
  say(differs(sorted(before.routes), sorted(after.routes)), `routes differ; ${all}`);
  say(
    differs(sorted(before.nat), sorted(after.nat)) || differs(before.natPools, after.natPools),
    `address translation differs; ${all}`,
  );
  for (const [name, iface] of after.interfaces) {
    const old = before.interfaces.get(name);
    if (!old) continue;
    say(
      differs(old.addresses, iface.addresses) || differs(old.addressing, iface.addressing),
      `the addresses of ${name} differ; ${all}`,
    );
    say(old.vrf !== iface.vrf, `${name} moves to another VRF; ${all}`);
    say(old.natSide !== iface.natSide, `the translation side of ${name} differs; ${all}`);
    say(
      differs(old.effects, iface.effects),
      `unmodelled statements of ${name} differ; their effect is not counted`,
    );
  }
  return notes;
}

const sorted = (values: readonly unknown[]): readonly string[] => values.map(meaning).sort();
