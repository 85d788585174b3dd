import { formatIpv4, type Ipv4, patternKey } from '../address.ts';
import type { CommandOf } from '../command.ts';
import type { PeerSetting, RoutingNetwork, RoutingProcess } from '../router-config.ts';
import { routingKey } from './device.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged, wrongMode } from './effect.ts';
import type { RowKind } from './keyed-rows.ts';
import { addRow, dropRows, findRows, replaceRow } from './rows.ts';

const NETWORKS: RowKind<RoutingNetwork> = { keys: (n) => [patternKey(n)] };
const NEIGHBOURS: RowKind<Ipv4> = { keys: (n) => [String(n)] };
const NAMES: RowKind<string> = { keys: (name) => [name] };
const SETTINGS: RowKind<PeerSetting> = { keys: (s) => [`${s.peer} ${s.kind}`, s.peer] };

type ProcessCommand = CommandOf<
  | 'routing-network'
  | 'routing-neighbour'
  | 'routing-passive'
  | 'routing-version'
  | 'routing-shutdown'
  | 'peer-setting'
>;

export function changeRouting(
  draft: Draft,
  command: CommandOf<'enter-routing' | 'delete-routing'> | ProcessCommand,
): Effect {
  const { mode, routing } = draft.device;
  switch (command.kind) {
    case 'enter-routing':
      return enterRouting(draft, command);
    case 'delete-routing': {
      const { protocol, id, vrf } = command;
      const gone = [...routing].filter(
        ([, p]) => p.protocol === protocol && p.id === id && (vrf === null || p.vrf === vrf),
      );
      if (gone.length === 0) return refused('not-there', 'there is no such routing process');
      for (const [key] of gone) draft.table('routing').delete(key);
      return changed();
    }
    default: {
      const process = mode.kind === 'routing' ? routing.get(mode.process) : undefined;
      if (!process || mode.kind !== 'routing') return wrongMode('a statement of a routing process');
      if (command.kind === 'routing-shutdown') {
        // Said of the process itself it holds in every table that the process runs in.
        const meant = [...routing].filter(
          ([key, p]) =>
            key === mode.process ||
            (mode.outer === undefined && p.protocol === process.protocol && p.id === process.id),
        );
        return shutProcesses(draft, meant, command.on);
      }
      const after = changeProcess(draft, process, command);
      if (after === null) return NO_EFFECT;
      draft.table('routing').set(mode.process, { ...process, ...after });
      return changed();
    }
  }
}

/** A process by another name or number, or in another table, is another one. */
function enterRouting(draft: Draft, command: CommandOf<'enter-routing'>): Effect {
  const { protocol, id, vrf, autonomousSystem, span } = command;
  const key = routingKey(protocol, id, vrf);
  const known = draft.device.routing.get(key);
  if (known && (autonomousSystem === undefined || known.autonomousSystem === autonomousSystem))
    return NO_EFFECT;
  // A router runs one autonomous system.
  const other = [...draft.device.routing.values()].find((p) => p.protocol === 'bgp' && p.id !== id);
  if (protocol === 'bgp' && other && draft.reading === 'terminal')
    return refused('kind-conflict', `BGP is already running; its autonomous system is ${other.id}`);
  draft.table('routing').set(key, {
    ...(known ?? { protocol, id, networks: draft.made([]), neighbours: draft.made([]), span }),
    ...(vrf === null ? {} : { vrf }),
    ...(autonomousSystem === undefined ? {} : { autonomousSystem }),
  });
  return changed();
}

function shutProcesses(
  draft: Draft,
  processes: readonly (readonly [key: string, process: RoutingProcess])[],
  shutdown: boolean,
): Effect {
  const others = processes.filter(([, process]) => (process.shutdown ?? false) !== shutdown);
  if (others.length === 0) return unchanged('it is so already');
  for (const [key, { shutdown: _, ...running }] of others)
    draft.table('routing').set(key, shutdown ? { ...running, shutdown } : running);
  return changed();
}

/** What of the process is another after the command; null: nothing. */
function changeProcess(
  draft: Draft,
  process: RoutingProcess,
  command: Exclude<ProcessCommand, { kind: 'routing-shutdown' }>,
): Partial<RoutingProcess> | null {
  switch (command.kind) {
    case 'routing-network':
      return changeNetwork(draft, process.networks, command);
    case 'routing-neighbour':
      return changeNeighbour(draft, process, command);
    case 'routing-passive':
      return changePassive(draft, process.passive ?? { byDefault: false, except: draft.made([]) }, command);
    case 'routing-version':
      return { version: command.version };
    case 'peer-setting':
      return changeSetting(draft, process.peerSettings ?? draft.made([]), command.setting, command.on);
  }
}

/** In another area it replaces the network. */
function changeNetwork(
  draft: Draft,
  networks: readonly RoutingNetwork[],
  { network, on }: CommandOf<'routing-network'>,
): Partial<RoutingProcess> {
  const [old] = findRows(networks, NETWORKS, NETWORKS.keys(network));
  return {
    networks:
      on && old && old.value.area !== network.area
        ? replaceRow(draft, networks, NETWORKS, old, network)
        : withRow(draft, networks, NETWORKS, network, on),
  };
}

/** With the neighbour goes what was said of it. */
function changeNeighbour(
  draft: Draft,
  { neighbours, peerSettings = draft.made([]) }: RoutingProcess,
  { neighbour, setting, on }: CommandOf<'routing-neighbour'>,
): Partial<RoutingProcess> {
  const after = withRow(draft, neighbours, NEIGHBOURS, neighbour, on);
  if (on && setting === undefined) return { neighbours: after };
  if (on && setting !== undefined)
    return { neighbours: after, ...changeSetting(draft, peerSettings, setting, true) };
  const said = findRows(peerSettings, SETTINGS, [formatIpv4(neighbour)]);
  return { neighbours: after, peerSettings: dropRows(draft, peerSettings, SETTINGS, said) };
}

function changePassive(
  draft: Draft,
  { byDefault, except }: NonNullable<RoutingProcess['passive']>,
  { interface: name, on }: CommandOf<'routing-passive'>,
): Partial<RoutingProcess> | null {
  if (name === null) return { passive: { byDefault: on, except: draft.made([]) } };
  const listed = findRows(except, NAMES, [name]);
  if (listed.size > 0 === (on !== byDefault)) return null;
  return {
    passive: {
      byDefault,
      except: on !== byDefault ? addRow(draft, except, NAMES, name) : dropRows(draft, except, NAMES, listed),
    },
  };
}

/** A peer has one setting of a kind: another replaces it. */
function changeSetting(
  draft: Draft,
  settings: readonly PeerSetting[],
  setting: PeerSetting,
  on: boolean,
): Partial<RoutingProcess> | null {
  const found = findRows(settings, SETTINGS, [`${setting.peer} ${setting.kind}`]);
  if (!on) return found.size === 0 ? null : { peerSettings: dropRows(draft, settings, SETTINGS, found) };
  const [old] = found;
  return {
    peerSettings: old
      ? replaceRow(draft, settings, SETTINGS, old, setting)
      : addRow(draft, settings, SETTINGS, setting),
  };
}

/** A row said again is the same row. */
function withRow<T>(draft: Draft, rows: readonly T[], kind: RowKind<T>, row: T, on: boolean): readonly T[] {
  const found = findRows(rows, kind, kind.keys(row));
  if (!on) return dropRows(draft, rows, kind, found);
  return found.size > 0 ? rows : addRow(draft, rows, kind, row);
}
