import type { SourceSpan } from '../diagnostics/source-span.ts';
import type {
  AclReference,
  Direction,
  Interface,
  RouterConfig,
  TerminalLine,
} from '../model/router-config.ts';

/** One place that names a list. */
export type ListUse =
  | {
      readonly kind: 'binding';
      readonly acl: string;
      readonly interface: Interface;
      readonly direction: Direction;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'access-class';
      readonly acl: string;
      readonly line: TerminalLine;
      readonly direction: Direction;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'reference';
      readonly acl: string;
      readonly use: AclReference['use'];
      readonly span: SourceSpan;
    };

export type BindingUse = Extract<ListUse, { kind: 'binding' }>;

/** Every use of every list name, defined or not, by name. */
export function findListUses(config: RouterConfig): ReadonlyMap<string, readonly ListUse[]> {
  const uses = new Map<string, ListUse[]>();
  const add = (use: ListUse): void => {
    const known = uses.get(use.acl);
    // One statement may be recorded both as a rule of its own and as a reference.
    if (known?.some((k) => k.span.line === use.span.line && samePlace(k, use))) return;
    if (known) known.push(use);
    else uses.set(use.acl, [use]);
  };
  for (const iface of config.interfaces.values())
    for (const binding of [iface.bindings.in, iface.bindings.out]) {
      if (binding === null) continue;
      const { direction, span } = binding;
      add({ kind: 'binding', acl: binding.acl, interface: iface, direction, span });
      if (binding.common !== undefined)
        add({ kind: 'binding', acl: binding.common, interface: iface, direction, span });
    }
  for (const line of config.lines) {
    for (const direction of ['in', 'out'] as const) {
      const access = direction === 'in' ? line.accessClassIn : line.accessClassOut;
      if (access) add({ kind: 'access-class', acl: access.acl, line, direction, span: access.span });
    }
  }
  for (const r of config.references) add({ kind: 'reference', acl: r.acl, use: r.use, span: r.span });
  for (const rule of config.nat)
    if (rule.kind !== 'static' && rule.list !== null)
      add({ kind: 'reference', acl: rule.list, use: 'nat', span: rule.span });
  const intercept = config.settings.tcpIntercept;
  if (intercept) add({ kind: 'reference', acl: intercept.list, use: 'tcp-intercept', span: intercept.span });
  return uses;
}

const samePlace = (a: ListUse, b: ListUse): boolean =>
  a.kind === 'binding' && b.kind === 'binding'
    ? a.interface === b.interface && a.direction === b.direction
    : a.kind === 'access-class' && b.kind === 'access-class'
      ? a.line === b.line && a.direction === b.direction
      : b.kind === 'reference' && (a.kind === 'reference' || a.kind === b.use);

/** `FastEthernet0/0 in`, `line vty 0 4`, `nat`: for messages. */
export function describeUse(use: ListUse): string {
  switch (use.kind) {
    case 'binding':
      return `${use.interface.name} ${use.direction}`;
    case 'access-class':
      return `line ${use.line.kind} ${use.line.first} ${use.line.last}`;
    case 'reference':
      return use.use;
  }
}
