import type { CompiledAcl } from '../../acl/compile.ts';
import type { Ipv4 } from '../../model/address.ts';
import type { Device } from '../../model/device/device.ts';
import type { TerminalLine } from '../../model/router-config.ts';
import { type DeviceState, filterOf, terminalName } from './device-state.ts';

/** ssh and telnet: the logins that terminal lines take. */
export const LOGIN_PORTS = [22, 23];

/** What a state shows to logins that have passed an interface: the router's own addresses in its table, and the terminal lines. */
export interface Front {
  readonly own: readonly Ipv4[];
  readonly doors: readonly Door[];
  /** There are terminal lines, and none of them takes a login of this table. */
  readonly shut: boolean;
}

/** A terminal line, and what of its access-class has a say. */
interface Door {
  readonly line: TerminalLine;
  readonly list: CompiledAcl;
}

export function frontOf(
  state: DeviceState,
  vrf: string | null,
  share: (filter: CompiledAcl) => CompiledAcl,
): Front {
  const terminals = [...state.device.lines.values()].filter((line) => line.kind === 'vty');
  const doors = terminals
    // An access-class refuses logins that arrive in a VRF, unless it says `vrf-also`.
    .filter((line) => vrf === null || (line.accessClassIn?.vrfAlso ?? true))
    .map((line) => ({
      line,
      list: share(filterOf(state.at({ name: terminalName(line), direction: 'in' }))),
    }));
  return {
    own: ownAddresses(state.device, vrf),
    doors,
    shut: doors.length === 0 && terminals.length > 0,
  };
}

export const isSameFront = (a: Front, b: Front): boolean =>
  a.shut === b.shut &&
  a.own.length === b.own.length &&
  a.doors.length === b.doors.length &&
  a.own.every((address, i) => address === b.own[i]) &&
  a.doors.every((door, i) => door.line === b.doors[i]!.line && door.list === b.doors[i]!.list);

/** Some terminal line takes the login; where the text shows no lines, nothing stands against it. */
export function lineTakes(
  { doors, shut }: Front,
  port: number,
  passes: (list: CompiledAcl) => boolean,
): boolean {
  if (!LOGIN_PORTS.includes(port)) return true;
  if (doors.length === 0) return !shut;
  return doors.some(({ line, list }) => speaks(line, port) && passes(list));
}

const speaks = (line: TerminalLine, port: number): boolean =>
  line.transportInput === null ||
  line.transportInput.includes('all') ||
  line.transportInput.includes(port === 22 ? 'ssh' : 'telnet');

export const ownAddresses = (device: Device, vrf: string | null): readonly Ipv4[] =>
  upInTable(device, vrf).flatMap((i) => i.addresses.map((a) => a.address));

/** False where the text surely says that no interface of the table has the address. */
export const mayOwn = (device: Device, vrf: string | null, address: Ipv4): boolean =>
  ownAddresses(device, vrf).includes(address) ||
  upInTable(device, vrf).some((i) => UNKNOWN_ADDRESSES.has(i.addressing.kind));

const UNKNOWN_ADDRESSES: ReadonlySet<string> = new Set(['dhcp', 'negotiated', 'unstated']);

const upInTable = (device: Device, vrf: string | null) =>
  [...device.interfaces.values()].filter((i) => !i.shutdown && i.vrf === vrf);
