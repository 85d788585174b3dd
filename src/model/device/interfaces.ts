import type { SourceSpan } from '../../diagnostics/source-span.ts';
import type { Ipv4 } from '../address.ts';
import type { InterfaceChange } from '../command.ts';
import type { Interface, InterfaceAddress, TunnelEnds } from '../router-config.ts';
import { refuseOverlap } from './address-conflicts.ts';
import { ipv6Key, routingKey } from './device.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged } from './effect.ts';
import type { RowKind } from './keyed-rows.ts';
import { changeUses } from './list-uses.ts';
import { addRow, countRows, dropRows, findRows, liveRows } from './rows.ts';
import { withEffect } from './stated-effects.ts';

const PRIMARY = 'primary';
const addressKey = (address: Ipv4): string => String(address);

/** An interface's addresses, the primary first. */
const ADDRESSES: RowKind<InterfaceAddress> = {
  keys: (a) => (a.secondary ? [addressKey(a.address)] : [addressKey(a.address), PRIMARY]),
  leads: (a) => !a.secondary,
};

const holdsPrimary = (addresses: readonly InterfaceAddress[], found: ReadonlySet<unknown> | null): boolean =>
  found !== null && [...findRows(addresses, ADDRESSES, [PRIMARY])].some((row) => found.has(row));

/** The interfaces that joined a routing process; a file may say so twice. */
const JOINED: RowKind<string> = { keys: (name) => [name] };

const PLAIN_TUNNEL: TunnelEnds = { mode: 'gre', source: null, destination: null, key: null, vrf: null };

const newInterface = (name: string, span: SourceSpan): Interface => ({
  name,
  span,
  addresses: [],
  addressing: { kind: 'unstated' },
  shutdown: false,
  vrf: null,
  bindings: { in: null, out: null },
  natSide: null,
  sendsUnreachables: true,
  proxyArp: true,
  description: null,
  effects: [],
});

export function enterInterfaces(draft: Draft, names: readonly string[], span: SourceSpan): Effect {
  let any = false;
  for (const name of names) {
    if (draft.device.interfaces.has(name)) continue;
    const made = newInterface(name, span);
    draft.table('interfaces').set(name, isUnderShut(draft, name) ? downWithParent(made) : made);
    any = true;
  }
  return any ? changed() : NO_EFFECT;
}

const PHYSICAL =
  /^(?:(?:Fast|Gigabit|TenGigabit|FortyGigabit)?Ethernet|Serial|ATM|POS|BRI|Hssi|TokenRing|Fddi)[\d/:]+$/;

export function deleteInterfaces(
  draft: Draft,
  names: readonly string[],
  reset: boolean,
  span: SourceSpan,
): Effect {
  let done = false;
  for (const name of names) {
    if (!draft.device.interfaces.has(name)) continue;
    if (reset) {
      draft.table('interfaces').set(name, { ...newInterface(name, span), addressing: { kind: 'none' } });
      followParent(draft, name, false);
    } else if (PHYSICAL.test(name))
      return refused('not-removable', `${name} is a physical interface, which cannot be removed`);
    else draft.table('interfaces').delete(name);
    done = true;
  }
  return done ? changed() : unchanged(`there is no interface ${names.join(', ')}`);
}

/** Applies one change to each interface that the mode holds. */
export function changeInterfaces(draft: Draft, names: readonly string[], change: InterfaceChange): Effect {
  let effect: Effect = NO_EFFECT;
  for (const name of names) {
    const before = draft.device.interfaces.get(name);
    if (!before) return refused('wrong-mode', `interface ${name} is no longer there`);
    const outcome = changeOne(draft, before, change);
    if (outcome.kind === 'rejected') return outcome;
    if (outcome.kind === 'changed' || effect.kind === 'none') effect = outcome;
  }
  return effect;
}

function changeOne(draft: Draft, before: Interface, change: InterfaceChange): Effect {
  const put = (after: Partial<Interface>): Effect => {
    draft.table('interfaces').set(before.name, { ...before, ...after });
    return changed();
  };
  switch (change.kind) {
    case 'address': {
      const { address } = change;
      let { addresses } = before;
      const overlap = before.shutdown ? null : refuseOverlap(draft, before, [address]);
      if (overlap) return overlap;
      if (!address.secondary && countRows(addresses) > 0)
        addresses = dropRows(draft, addresses, ADDRESSES, findRows(addresses, ADDRESSES, [PRIMARY]));
      return put({
        addresses: addRow(draft, addresses, ADDRESSES, address),
        addressing: { kind: 'static' },
      });
    }
    case 'remove-address': {
      const all = before.addresses;
      const count = countRows(all);
      const found = change.address === null ? null : findRows(all, ADDRESSES, [addressKey(change.address)]);
      const left = found ? count - found.size : 0;
      if (left > 0 && holdsPrimary(all, found))
        return refused('not-removable', 'Must delete secondary before deleting primary');
      if (left === count && before.addressing.kind === 'static')
        return refused('not-there', `${before.name} does not have that address`);
      return put({
        addresses: found ? dropRows(draft, all, ADDRESSES, found) : [],
        addressing: left === 0 ? { kind: 'none' } : before.addressing,
      });
    }
    case 'addressing':
      return put({ addresses: [], addressing: change.addressing });
    case 'bind': {
      const { binding } = change;
      const bound = before.bindings[binding.direction];
      if (bound?.acl === binding.acl && bound.common === binding.common)
        return unchanged(`${binding.acl} is bound there already`);
      return put({ bindings: { ...before.bindings, [binding.direction]: binding } });
    }
    case 'unbind': {
      const bound = before.bindings[change.direction];
      if (!bound) return unchanged(`no list is bound ${change.direction} on ${before.name}`);
      put({ bindings: { ...before.bindings, [change.direction]: null } });
      return change.acl === null || change.acl === bound.acl
        ? changed()
        : changed(
            `the line names ${change.acl}, but ${bound.acl} is bound: IOS versions differ on whether it goes`,
          );
    }
    case 'shutdown':
      return changeShutdown(draft, before, change.shutdown);
    // Moving an interface between tables takes its addresses away.
    case 'vrf':
      return change.vrf === before.vrf
        ? unchanged('it is in that table already')
        : put({ vrf: change.vrf, addresses: [], addressing: { kind: 'none' } });
    case 'nat-side':
      if (!change.on && before.natSide !== change.side) return unchanged('it is not on that side of NAT');
      return put({ natSide: change.on ? change.side : null });
    case 'unreachables':
      return change.sends === before.sendsUnreachables
        ? unchanged('it is so already')
        : put({ sendsUnreachables: change.sends });
    case 'proxy-arp':
      return change.on === before.proxyArp ? unchanged('it is so already') : put({ proxyArp: change.on });
    case 'hsrp-version':
      return (before.hsrpVersion ?? 1) === change.version
        ? unchanged('it is so already')
        : put({ hsrpVersion: change.version });
    case 'ospf-shutdown': {
      const { ospfShutdown = false, ...running } = before;
      if (change.on === ospfShutdown) return unchanged('it is so already');
      draft
        .table('interfaces')
        .set(before.name, change.on ? { ...running, ospfShutdown: change.on } : running);
      return changed();
    }
    case 'encapsulation': {
      const { encapsulation = null, ...plain } = before;
      if (change.encapsulation === encapsulation) return unchanged('it is so already');
      draft
        .table('interfaces')
        .set(
          before.name,
          change.encapsulation === null ? plain : { ...plain, encapsulation: change.encapsulation },
        );
      return changed();
    }
    case 'tunnel':
      return put({ tunnel: { ...(before.tunnel ?? PLAIN_TUNNEL), ...change.ends } });
    case 'description':
      return put({ description: change.text });
    case 'effect':
      return put({ effects: withEffect(draft, before.effects, change.effect, change.on) });
    case 'join-routing':
      return joinRouting(draft, before, change);
    case 'reference':
      return changeUses(draft, change);
    case 'ipv6': {
      const key = ipv6Key({ ...change.notice, interface: before.name });
      if (change.on) draft.table('ipv6').set(key, { ...change.notice, interface: before.name });
      else draft.table('ipv6').delete(key);
      return changed();
    }
  }
}

/** A part of an interface is down with it, and comes up with it again unless a line of its own keeps it down. */
function changeShutdown(draft: Draft, before: Interface, shutdown: boolean): Effect {
  const { parentDown, ...own } = before;
  if (shutdown === (before.shutdown && !parentDown))
    return unchanged(`${before.name} is ${shutdown ? 'down' : 'up'} already`);
  const waits = !shutdown && isUnderShut(draft, before.name);
  const overlap = shutdown || waits ? null : refuseOverlap(draft, before, liveRows(before.addresses));
  if (overlap) return overlap;
  draft.table('interfaces').set(before.name, waits ? downWithParent(before) : { ...own, shutdown });
  // A file shows the parts of an interface behind it.
  if (draft.reading === 'terminal') followParent(draft, before.name, shutdown);
  return changed();
}

const downWithParent = (i: Interface): Interface => ({ ...i, shutdown: true, parentDown: true });

const isUnderShut = (draft: Draft, name: string): boolean => {
  const dot = name.indexOf('.');
  return dot > 0 && draft.device.interfaces.get(name.slice(0, dot))?.shutdown === true;
};

function followParent(draft: Draft, parent: string, shutdown: boolean): void {
  for (const part of [...draft.device.interfaces.values()]) {
    if (!part.name.startsWith(`${parent}.`)) continue;
    const { parentDown, ...own } = part;
    if (shutdown && !part.shutdown) draft.table('interfaces').set(part.name, downWithParent(part));
    if (!shutdown && parentDown) draft.table('interfaces').set(part.name, { ...own, shutdown: false });
  }
}

/** `ip ospf 1 area 0` joins a process; `standby 1 ip A` makes a group of the interface's own. */
function joinRouting(
  draft: Draft,
  before: Interface,
  change: Extract<InterfaceChange, { kind: 'join-routing' }>,
): Effect {
  const ownGroup = change.protocol === 'hsrp' || change.protocol === 'vrrp' || change.protocol === 'glbp';
  const id = ownGroup ? `${before.name} ${change.id}` : change.id;
  const key = routingKey(change.protocol, id);
  const process = draft.device.routing.get(key);
  const joined = process?.interfaces ?? draft.made<string>([]);
  const routing = draft.table('routing');
  if (!change.on) {
    if (!process) return unchanged('it takes no part in that');
    if (ownGroup) routing.delete(key);
    else
      routing.set(key, {
        ...process,
        interfaces: dropRows(draft, joined, JOINED, findRows(joined, JOINED, [before.name])),
      });
    return changed();
  }
  if (change.area !== undefined && change.area !== before.ospfArea)
    draft.table('interfaces').set(before.name, { ...before, ospfArea: change.area });
  const known = draft.reading === 'terminal' && findRows(joined, JOINED, [before.name]).size > 0;
  routing.set(key, {
    ...(process ?? { protocol: change.protocol, id, networks: [], neighbours: [], span: before.span }),
    interfaces: known ? joined : addRow(draft, joined, JOINED, before.name),
    ...(ownGroup ? { virtualAddress: change.virtualAddress } : {}),
  });
  return changed();
}
