import { type Command, type Mode, parentMode } from '../../src/model/command.ts';
import { routingKey } from '../../src/model/device/device.ts';
import type { RoutingProcess } from '../../src/model/router-config.ts';
import { readInterfaceName } from './interface-name.ts';
import { detail, runsBgp, speaksOfOthers } from './routing-process.ts';
import { expectEnd, Failure, needFeature, type Statement, wrongWord } from './statement.ts';

type RoutingMode = Extract<Mode, { kind: 'routing' }>;

const modeOf = (s: Statement): RoutingMode => {
  if (s.mode.kind !== 'routing') throw new Error('read under a routing process only');
  return s.mode;
};

/** The mode of `router …` itself, from which every part of a process is entered. */
const rootOf = (mode: RoutingMode): RoutingMode =>
  mode.outer?.kind === 'routing' ? rootOf(mode.outer) : mode;

/** `address-family ipv4 [unicast] [vrf X] [autonomous-system N]`: what the process does in one table. */
export function readAddressFamily(s: Statement): Command | Failure {
  const { words } = s;
  const outer = rootOf(modeOf(s));
  if (words.done) return wrongWord(words, 'an address family');
  const family = words.take().toLowerCase();
  const rest = words.all.slice(words.at, words.count);
  words.at = words.count;
  if (family !== 'ipv4' || rest.some((w) => /^(?:multicast|mdt|mvpn|flowspec|labeled)/i.test(w)))
    return s.on ? { kind: 'move', span: words.line, next: { ...outer, outer, foreign: true } } : detail(s);
  const behind = (keyword: string): string | undefined => {
    const at = rest.findIndex((w) => w.toLowerCase() === keyword);
    return at < 0 ? undefined : rest[at + 1];
  };
  const vrf = behind('vrf') ?? null;
  const autonomousSystem = behind('autonomous-system');
  const at = outer.process.indexOf(' ');
  const protocol = outer.process.slice(0, at) as RoutingProcess['protocol'];
  const id = outer.process.slice(at + 1);
  if (!s.on)
    return vrf === null
      ? detail(s)
      : { kind: 'delete-routing', protocol, id, vrf, span: words.line, next: 'same' };
  return {
    kind: 'enter-routing',
    protocol,
    id,
    vrf,
    ...(autonomousSystem === undefined ? {} : { autonomousSystem }),
    span: words.line,
    next: { kind: 'routing', process: routingKey(protocol, id, vrf), outer },
  };
}

/** `af-interface X|default` of EIGRP. */
export function readFamilyInterface(s: Statement): Command | Failure {
  const { words } = s;
  const mode = modeOf(s);
  const family = mode.interface === undefined ? mode : (mode.outer as RoutingMode);
  const byDefault = words.takeWord('default', 3);
  const name = byDefault ? 'default' : readInterfaceName(s);
  if (name instanceof Failure) return name;
  return s.on
    ? { kind: 'move', span: words.line, next: { ...family, outer: family, interface: name } }
    : detail(s);
}

/** `topology base` of EIGRP: how routes are counted and carried. */
export function readTopology(s: Statement): Command {
  s.words.at = s.words.count;
  const mode = modeOf(s);
  return s.on ? { kind: 'move', span: s.words.line, next: { ...mode, outer: mode } } : detail(s);
}

/** Parts that decide about no neighbour's packets here: templates of peers, families of services. */
export function openOther(s: Statement): Command {
  s.words.at = s.words.count;
  const mode = modeOf(s);
  return s.on
    ? { kind: 'move', span: s.words.line, next: { ...mode, outer: mode, foreign: true } }
    : detail(s);
}

/** `exit-address-family` and its like. */
export function leavePart(s: Statement): Command {
  const mode = modeOf(s);
  return { kind: 'move', span: s.words.line, next: mode.outer === undefined ? mode : parentMode(mode) };
}

/** `passive-interface X|default`; of an interface's own part, that one. */
export function readPassive(s: Statement): Command | Failure {
  const { words } = s;
  const mode = modeOf(s);
  if (runsBgp(s) || speaksOfOthers(s)) return detail(s);
  if (mode.interface !== undefined && words.done) return passive(s, mode.interface);
  if (words.takeWord('default', 3)) return passive(s, 'default');
  const name = readInterfaceName(s);
  return name instanceof Failure ? name : passive(s, name);
}

/** Protocols whose processes cannot be shut down: RIP, IGRP and BGP know the word for single neighbours only. */
const NEVER_SHUT = /^(?:rip|igrp|bgp|other)/;

/**
 * `shutdown` of an interface's own part silences it; of a process it drops every neighbour and keeps the
 * configuration (OSPF Graceful Shutdown, EIGRP command reference).
 */
export function readShutdown(s: Statement): Command | Failure {
  const { words } = s;
  const { interface: name, process } = modeOf(s);
  if (speaksOfOthers(s)) return detail(s);
  if (name !== undefined) return passive(s, name);
  if (NEVER_SHUT.test(process)) return wrongWord(words, 'a statement of this protocol');
  const lacks = process.startsWith('ospf') ? needFeature(s, 'ospf-shutdown', words.at - 1) : undefined;
  return lacks ?? expectEnd(words) ?? { kind: 'routing-shutdown', on: s.on, span: words.line, next: 'same' };
}

function passive(s: Statement, name: string): Command {
  s.words.at = s.words.count;
  return {
    kind: 'routing-passive',
    interface: name === 'default' ? null : name,
    on: s.on,
    span: s.words.line,
    next: 'same',
  };
}
