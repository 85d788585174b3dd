import type { Acl, AclKind } from '../../model/access-list.ts';
import { mayUse } from '../../model/ios-features.ts';
import type { RouterConfig } from '../../model/router-config.ts';

/** Every name of a list that either state defines or mentions. */
function takenNames(configs: readonly RouterConfig[]): Set<string> {
  const taken = new Set<string>();
  for (const config of configs) {
    for (const name of config.acls.keys()) taken.add(name);
    for (const reference of config.references) taken.add(reference.acl);
    for (const iface of config.interfaces.values())
      for (const binding of [iface.bindings.in, iface.bindings.out])
        if (binding) taken.add(binding.acl).add(binding.common ?? binding.acl);
    for (const line of config.lines)
      for (const access of [line.accessClassIn, line.accessClassOut]) if (access) taken.add(access.acl);
  }
  return taken;
}

const RANGES: Readonly<Record<AclKind, readonly (readonly [number, number])[]>> = {
  standard: [
    [1, 99],
    [1300, 1999],
  ],
  extended: [
    [100, 199],
    [2000, 2699],
  ],
};

/** Hands out names for new lists that collide with nothing: the next free number of the kind, or a name with a tail. */
export class SafeNames {
  private readonly taken: Set<string>;
  private readonly config: RouterConfig;

  constructor(before: RouterConfig, after: RouterConfig) {
    this.taken = takenNames([before, after]);
    this.config = before;
  }

  /** null: the device has no free number of this kind. */
  successor(acl: Acl): string | null {
    const name = /^\d+$/.test(acl.name) ? this.number(Number(acl.name), acl.kind) : this.named(acl.name);
    if (name !== null) this.taken.add(name);
    return name;
  }

  group(name: string, groups: ReadonlySet<string>): string {
    for (let n = 2; ; n++) {
      const candidate = `${name}-${n}`;
      if (groups.has(candidate) || this.taken.has(candidate)) continue;
      this.taken.add(candidate);
      return candidate;
    }
  }

  private number(old: number, kind: AclKind): string | null {
    const ranges = mayUse(this.config.version, 'expanded-numbers') ? RANGES[kind] : RANGES[kind].slice(0, 1);
    const free = ranges.flatMap(([lo, hi]) =>
      Array.from({ length: hi - lo + 1 }, (_, i) => lo + i).filter((n) => !this.taken.has(String(n))),
    );
    const next = free.find((n) => n > old) ?? free[0];
    return next === undefined ? null : String(next);
  }

  private named(old: string): string {
    const stem = old.replace(/-\d+$/, '');
    for (let n = 2; ; n++) if (!this.taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
  }
}
