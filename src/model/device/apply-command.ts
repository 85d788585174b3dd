import type { Command, Mode } from '../command.ts';
import { addEntry, deleteList, enterList, removeEntry, resequenceList } from './access-lists.ts';
import { type Device, ipv6Key, natKey } from './device.ts';
import { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, wrongMode } from './effect.ts';
import { changeInterfaces, deleteInterfaces, enterInterfaces } from './interfaces.ts';
import { changeUses } from './list-uses.ts';
import { changePool } from './nat-pools.ts';
import { changeGroup } from './object-groups.ts';
import { changeRouting } from './routing-processes.ts';
import { changeGlobal } from './settings.ts';
import { addRoute, removeRoute } from './static-routes.ts';
import { changeLines, deleteLines, enterLine } from './terminal-lines.ts';
import { changeTimeRange } from './time-ranges.ts';
import { changeVrf } from './vrfs.ts';

export interface Applied {
  /** Shares every part that the command did not touch with the device before. */
  readonly device: Device;
  /** As `device.mode`: a refused command leaves it where it was. */
  readonly mode: Mode;
  readonly effect: Effect;
}

/** One command, typed. */
export function applyCommand(device: Device, command: Command): Applied {
  const draft = new Draft(device, 'terminal');
  const effect = applyTo(draft, command);
  if (effect.kind === 'rejected') return { device, mode: device.mode, effect };
  // Refused and idle commands hand back the very device, so that "nothing changed" is one comparison.
  const touched = effect.kind === 'changed' || draft.device.mode !== device.mode;
  return touched
    ? { device: draft.device, mode: draft.device.mode, effect }
    : { device, mode: device.mode, effect };
}

/**
 * The lines of a file, of which only the state after the last is asked for: linear, whatever the sizes. A file is
 * what a device printed: repeated entries stay, numbers may jump.
 */
export class DeviceFold {
  private readonly draft: Draft;

  constructor(device: Device) {
    this.draft = new Draft(device, 'file');
  }

  /** The state so far; good until the next `apply`. Its arrays may be behind until `finish`. */
  get device(): Device {
    return this.draft.device;
  }

  apply(command: Command): Effect {
    return applyTo(this.draft, command);
  }

  setMode(mode: Mode): void {
    this.draft.device.mode = mode;
  }

  /** The state after the last command; the fold must not be used again. */
  finish(): Device {
    this.draft.catchUp();
    return this.draft.device;
  }
}

function applyTo(draft: Draft, command: Command): Effect {
  const effect = effectOf(draft, command);
  if (command.uses && effect.kind !== 'rejected') changeUses(draft, command.uses);
  if (effect.kind !== 'rejected' && command.next !== 'same') draft.device.mode = command.next;
  return effect;
}

function effectOf(draft: Draft, command: Command): Effect {
  const { mode } = draft.device;
  switch (command.kind) {
    case 'append-entry':
      return addEntry(draft, command.list, command.listKind, command.entry);
    case 'list-entry':
      return mode.kind === 'access-list'
        ? addEntry(draft, mode.list, mode.listKind, command.entry)
        : wrongMode('an entry');
    case 'remove-entry':
      return mode.kind === 'access-list'
        ? removeEntry(draft, mode.list, command.sequence, command.entry)
        : wrongMode('an entry');
    case 'delete-list':
      return deleteList(draft, command.list, command.listKind);
    case 'enter-list':
      return enterList(draft, command.list, command.listKind, command.span);
    case 'resequence-list':
      return resequenceList(draft, command.list, command.start, command.step);
    case 'enter-interface':
      return enterInterfaces(draft, command.names, command.span);
    case 'delete-interface':
      return deleteInterfaces(draft, command.names, command.reset, command.span);
    case 'interface':
      return mode.kind === 'interface'
        ? changeInterfaces(draft, mode.names, command.change)
        : wrongMode('a statement of an interface');
    case 'enter-object-group':
    case 'delete-object-group':
    case 'network-member':
    case 'service-member':
      return changeGroup(draft, command);
    case 'route':
      return addRoute(draft, command.route);
    case 'remove-route':
      return removeRoute(draft, command);
    case 'nat-rule': {
      const key = natKey(command.rule);
      if (command.on) {
        draft.table('nat').set(key, command.rule);
        return changed();
      }
      if (!draft.device.nat.has(key)) return refused('not-there', 'there is no such translation');
      draft.table('nat').delete(key);
      return changed();
    }
    case 'nat-pool':
    case 'nat-pool-range':
    case 'delete-nat-pool':
      return changePool(draft, command);
    case 'enter-time-range':
    case 'delete-time-range':
    case 'time-range-entry':
      return changeTimeRange(draft, command);
    case 'enter-line':
      return command.next === 'same' || command.next.kind !== 'line'
        ? NO_EFFECT
        : enterLine(draft, command.next, command.span);
    case 'delete-lines':
      return deleteLines(draft, command);
    case 'access-class':
      return changeLines(draft, (line) => {
        const use =
          command.acl === null ? null : { acl: command.acl, vrfAlso: command.vrfAlso, span: command.span };
        return command.direction === 'in'
          ? { ...line, accessClassIn: use }
          : { ...line, accessClassOut: use };
      });
    case 'transport-input':
      return changeLines(draft, (line) => ({ ...line, transportInput: command.protocols }));
    case 'reference':
      return changeUses(draft, command);
    case 'enter-routing':
    case 'delete-routing':
    case 'routing-network':
    case 'routing-neighbour':
    case 'routing-passive':
    case 'routing-version':
    case 'routing-shutdown':
    case 'peer-setting':
      return changeRouting(draft, command);
    case 'vrf':
      return changeVrf(draft, command);
    case 'global':
      return changeGlobal(draft, command.change, command.span);
    case 'ipv6':
      if (command.on) draft.table('ipv6').set(ipv6Key(command.notice), command.notice);
      else draft.table('ipv6').delete(ipv6Key(command.notice));
      return changed();
    case 'rejected':
      return refused(command.reason, command.message);
    case 'group-description':
    case 'move':
    case 'exec':
    case 'skipped':
      return NO_EFFECT;
  }
}
