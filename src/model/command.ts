import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { AclEntry, AclKind } from './access-list.ts';
import type { AddressPattern, Ipv4 } from './address.ts';
import type {
  AclReference,
  Binding,
  Direction,
  Interface,
  InterfaceAddress,
  IosVersion,
  Ipv6Notice,
  NatPool,
  NatPoolRange,
  NatRule,
  NetworkGroupMember,
  PeerSetting,
  RoutingNetwork,
  RoutingProcess,
  ServiceGroupMember,
  StaticRoute,
  TerminalLine,
  TimeRangeEntry,
  TunnelEnds,
  UnmodelledEffect,
} from './router-config.ts';

/** Where the command line stands: which grammar the next line meets first, and what its sub-commands change. */
export type Mode =
  /** Nobody is logged in: lines that are pasted all the same go nowhere. */
  | { readonly kind: 'closed' }
  /** `user`: without privilege, after `disable` or at a `>` prompt: nothing can be configured from there. */
  | { readonly kind: 'exec'; readonly user?: true }
  | { readonly kind: 'global' }
  | { readonly kind: 'access-list'; readonly list: string; readonly listKind: AclKind }
  | { readonly kind: 'ipv6-access-list'; readonly list: string }
  /** `part`: a circuit or service instance of it, entered from `outer`; where its header stands. */
  | {
      readonly kind: 'interface';
      readonly names: readonly string[];
      readonly part?: { readonly header: string; readonly column: number };
      readonly outer?: Mode;
    }
  | { readonly kind: 'object-group'; readonly groupKind: 'network' | 'service'; readonly name: string }
  | { readonly kind: 'time-range'; readonly name: string }
  | { readonly kind: 'nat-pool'; readonly name: string }
  /** `first`–`last` as typed; several records may lie inside. */
  | {
      readonly kind: 'line';
      readonly lineKind: TerminalLine['kind'];
      readonly first: number;
      readonly last: number;
    }
  /** `outer`: it was entered from there, as an address family; `interface`: `af-interface X`, or `default`. */
  | {
      readonly kind: 'routing';
      readonly process: string;
      readonly outer?: Mode;
      readonly interface?: string;
      /** Addresses of another kind than IPv4's are spoken of. */
      readonly foreign?: true;
    }
  /** `depth`: how many parts that have modes of their own stand around the line. */
  | { readonly kind: 'vrf'; readonly name: string; readonly depth?: number }
  | { readonly kind: 'route-map' | 'class-map' | 'crypto-map'; readonly name: string }
  | { readonly kind: 'control-plane' }
  /**
   * Under a header that opens a mode of a knowingly skipped family; `assumed` where only indentation says that
   * the header opens one.
   */
  | { readonly kind: 'skipped'; readonly family: string; readonly assumed?: true; readonly depth?: number };

export const GLOBAL_MODE: Mode = { kind: 'global' };
export const EXEC_MODE: Mode = { kind: 'exec' };
export const USER_EXEC_MODE: Mode = { kind: 'exec', user: true };
export const CLOSED: Mode = { kind: 'closed' };

/** A file is what a device printed, so what it holds was accepted once; at the terminal each line may be refused. */
export type Reading = 'file' | 'terminal';

export type RejectReason = 'invalid' | 'ambiguous' | 'incomplete' | 'not-on-this-train' | 'unreadable';

interface CommandBase {
  readonly span: SourceSpan;
  /** The mode after it, when the device takes it; `same` for a sub-command. */
  readonly next: Mode | 'same';
  /** Lists that it uses besides what it is for, such as the exempted sources of `ip verify unicast`. */
  readonly uses?: Uses;
}

/** Uses of lists that are no bindings. A `no` takes away every use whose owner begins with its own. */
export interface Uses {
  /** The statement as typed, single blanks, without `no`; under a header, `HEADER: STATEMENT`. */
  readonly owner: string;
  readonly references: readonly AclReference[];
  readonly on: boolean;
}

export type InterfaceChange =
  | { readonly kind: 'address'; readonly address: InterfaceAddress }
  /** null: every address. */
  | { readonly kind: 'remove-address'; readonly address: Ipv4 | null }
  | { readonly kind: 'addressing'; readonly addressing: Exclude<Interface['addressing'], { kind: 'static' }> }
  | { readonly kind: 'bind'; readonly binding: Binding }
  /** acl null: whichever list stands there. */
  | { readonly kind: 'unbind'; readonly direction: Direction; readonly acl: string | null }
  | { readonly kind: 'shutdown'; readonly shutdown: boolean }
  | { readonly kind: 'vrf'; readonly vrf: string | null }
  | { readonly kind: 'nat-side'; readonly side: 'inside' | 'outside' | 'enabled'; readonly on: boolean }
  | { readonly kind: 'unreachables'; readonly sends: boolean }
  | { readonly kind: 'proxy-arp'; readonly on: boolean }
  | { readonly kind: 'hsrp-version'; readonly version: 1 | 2 }
  | { readonly kind: 'ospf-shutdown'; readonly on: boolean }
  | { readonly kind: 'encapsulation'; readonly encapsulation: string | null }
  | { readonly kind: 'tunnel'; readonly ends: Partial<TunnelEnds> }
  | { readonly kind: 'description'; readonly text: string | null }
  | { readonly kind: 'effect'; readonly effect: UnmodelledEffect; readonly on: boolean }
  /** Joins a routing protocol or a gateway redundancy group from the interface. */
  | {
      readonly kind: 'join-routing';
      readonly protocol: RoutingProcess['protocol'];
      readonly id: string;
      readonly virtualAddress: Ipv4 | null;
      /** Of OSPF. */
      readonly area?: string;
      readonly on: boolean;
    }
  | ({ readonly kind: 'reference' } & Uses)
  | { readonly kind: 'ipv6'; readonly notice: Ipv6Notice; readonly on: boolean };

export type GlobalChange =
  | { readonly kind: 'hostname'; readonly hostname: string | null }
  | { readonly kind: 'version'; readonly version: IosVersion }
  | { readonly kind: 'ip-routing'; readonly on: boolean }
  | { readonly kind: 'ip-classless'; readonly on: boolean }
  | { readonly kind: 'default-gateway'; readonly address: Ipv4 | null }
  | { readonly kind: 'unreachable-interval'; readonly milliseconds: number }
  | { readonly kind: 'tcp-intercept-list'; readonly list: string | null }
  | { readonly kind: 'tcp-intercept-mode'; readonly mode: 'intercept' | 'watch' }
  | { readonly kind: 'http-server'; readonly on: boolean }
  | { readonly kind: 'effect'; readonly effect: UnmodelledEffect; readonly on: boolean };

/** One line that was understood, or why it was not. `on: false` is a line that begins with `no`. */
export type Command = CommandBase &
  (
    | {
        /** `access-list N …`: always appends. */
        readonly kind: 'append-entry';
        readonly list: string;
        readonly listKind: AclKind;
        readonly entry: AclEntry;
      }
    | {
        /** A line in list mode; without a number it appends. */
        readonly kind: 'list-entry';
        readonly entry: AclEntry;
      }
    | {
        /** `no 20`, `no permit …`, or both. At least one is set. */
        readonly kind: 'remove-entry';
        readonly sequence: number | null;
        readonly entry: AclEntry | null;
      }
    | {
        /** `no access-list N [anything]` and `no ip access-list KIND NAME`. */
        readonly kind: 'delete-list';
        readonly list: string;
        /** null: whatever kind it has. */
        readonly listKind: AclKind | null;
        /** The line went on after the list's number: it was probably meant for one entry. */
        readonly meantForOneLine: boolean;
      }
    | { readonly kind: 'enter-list'; readonly list: string; readonly listKind: AclKind }
    | {
        readonly kind: 'resequence-list';
        readonly list: string;
        readonly start: number;
        readonly step: number;
      }
    | { readonly kind: 'enter-interface'; readonly names: readonly string[] }
    | {
        /** `no interface X` removes a logical interface; `default interface X` (`reset`) empties any. */
        readonly kind: 'delete-interface';
        readonly names: readonly string[];
        readonly reset: boolean;
      }
    | { readonly kind: 'interface'; readonly change: InterfaceChange }
    | {
        readonly kind: 'enter-object-group';
        readonly groupKind: 'network' | 'service';
        readonly name: string;
      }
    | {
        readonly kind: 'delete-object-group';
        readonly groupKind: 'network' | 'service';
        readonly name: string;
      }
    | { readonly kind: 'network-member'; readonly member: NetworkGroupMember; readonly on: boolean }
    | { readonly kind: 'service-member'; readonly member: ServiceGroupMember; readonly on: boolean }
    | { readonly kind: 'group-description' }
    | { readonly kind: 'route'; readonly route: StaticRoute }
    | {
        /** `no ip route …`; nextHop null: every route of the prefix. */
        readonly kind: 'remove-route';
        readonly destination: AddressPattern;
        readonly prefixLength: number;
        readonly vrf: string | null;
        readonly nextHop: StaticRoute['nextHop'] | null;
      }
    | { readonly kind: 'nat-rule'; readonly rule: NatRule; readonly on: boolean }
    /** A pool without ranges only opens its mode: what it has, it keeps. */
    | { readonly kind: 'nat-pool'; readonly pool: NatPool }
    | {
        readonly kind: 'nat-pool-range';
        readonly name: string;
        readonly range: NatPoolRange;
        readonly on: boolean;
      }
    | { readonly kind: 'delete-nat-pool'; readonly name: string }
    | { readonly kind: 'enter-time-range'; readonly name: string }
    | { readonly kind: 'delete-time-range'; readonly name: string }
    | { readonly kind: 'time-range-entry'; readonly entry: TimeRangeEntry; readonly on: boolean }
    | { readonly kind: 'enter-line' }
    | {
        /** `no line vty 5 15` removes lines; `default line vty 0 4` (`reset`) empties them. */
        readonly kind: 'delete-lines';
        readonly lineKind: TerminalLine['kind'];
        readonly first: number;
        readonly last: number;
        readonly reset: boolean;
      }
    | {
        readonly kind: 'access-class';
        readonly direction: Direction;
        /** null: none any more. */
        readonly acl: string | null;
        readonly vrfAlso: boolean;
      }
    | { readonly kind: 'transport-input'; readonly protocols: readonly string[] | null }
    | ({ readonly kind: 'reference' } & Uses)
    | {
        readonly kind: 'enter-routing';
        readonly protocol: RoutingProcess['protocol'];
        readonly id: string;
        readonly vrf: string | null;
        readonly autonomousSystem?: string;
      }
    | {
        /** vrf null: with every table that it runs in. */
        readonly kind: 'delete-routing';
        readonly protocol: RoutingProcess['protocol'];
        readonly id: string;
        readonly vrf: string | null;
      }
    /** interface null: all of them. */
    | { readonly kind: 'routing-passive'; readonly interface: string | null; readonly on: boolean }
    | { readonly kind: 'routing-version'; readonly version: number | null }
    /** The whole process, in the table whose mode it was said in. */
    | { readonly kind: 'routing-shutdown'; readonly on: boolean }
    | { readonly kind: 'peer-setting'; readonly setting: PeerSetting; readonly on: boolean }
    | { readonly kind: 'routing-network'; readonly network: RoutingNetwork; readonly on: boolean }
    | {
        readonly kind: 'routing-neighbour';
        readonly neighbour: Ipv4;
        /** What the same line says of it besides. */
        readonly setting?: PeerSetting;
        readonly on: boolean;
      }
    | { readonly kind: 'vrf'; readonly name: string; readonly on: boolean }
    | { readonly kind: 'global'; readonly change: GlobalChange }
    /** `exit`, `end`, `configure terminal`, and headers that only open a mode. */
    | { readonly kind: 'move' }
    /** A command of exec mode, `do …` included: nothing in the configuration changes by it. */
    | { readonly kind: 'exec'; readonly does: ExecDeed; readonly text: string }
    | { readonly kind: 'ipv6'; readonly notice: Ipv6Notice; readonly on: boolean }
    | { readonly kind: 'skipped'; readonly family: string }
    | {
        readonly kind: 'rejected';
        readonly reason: RejectReason;
        /** What the device would say, and which word. */
        readonly message: string;
      }
  );

/** What an exec command does to the running configuration or to the session. */
export type ExecDeed =
  | 'save'
  /** At once. */
  | 'restart'
  | 'schedule-reload'
  | 'cancel-reload'
  | 'leave'
  /** Whatever is not confirmed in time is taken back. */
  | 'configure-on-trial'
  | 'confirm'
  | 'replace-running'
  | 'merge-into-running'
  | 'show'
  | 'other';

export type CommandOf<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** What reading one line gives. In a file, `diagnostics` may stand beside a command that was understood. */
export interface ParsedCommand {
  readonly command: Command;
  readonly diagnostics: readonly Diagnostic[];
}

/** How the core is handed a reader of command lines without seeing the parser. */
export type CommandReader = (line: SourceSpan, mode: Mode) => ParsedCommand;

/** The mode that one `exit` leads to. */
export function parentMode(mode: Mode): Mode {
  switch (mode.kind) {
    case 'closed':
    case 'exec':
      return CLOSED;
    case 'global':
      return EXEC_MODE;
    case 'interface':
    case 'routing':
      return mode.outer ?? GLOBAL_MODE;
    case 'vrf':
    case 'skipped':
      return mode.depth ? { ...mode, depth: mode.depth - 1 } : GLOBAL_MODE;
    default:
      return GLOBAL_MODE;
  }
}

const PROMPT_MODES: readonly (readonly [prefix: string, kinds: readonly Mode['kind'][]])[] = [
  ['config-ext-nacl', ['access-list']],
  ['config-std-nacl', ['access-list']],
  ['config-ipv6-acl', ['ipv6-access-list']],
  ['config-if', ['interface']],
  ['config-subif', ['interface']],
  ['config-network-group', ['object-group']],
  ['config-service-group', ['object-group']],
  ['config-time-range', ['time-range']],
  ['config-line', ['line']],
  ['config-router', ['routing']],
  ['config-vrf', ['vrf']],
  ['config-route-map', ['route-map']],
  ['config-cmap', ['class-map']],
  ['config-crypto-map', ['crypto-map']],
  ['config-ipnat-pool', ['nat-pool']],
  ['config-cp', ['control-plane']],
];

/** The exec mode that a prompt shows, whatever key led there: `''` or `'>'`; undefined for every other prompt. */
export function execAtPrompt(prompt: string | null, mode: Mode): Mode | undefined {
  if (prompt !== '' && prompt !== '>') return undefined;
  const user = prompt === '>';
  if (mode.kind === 'exec' && (mode.user ?? false) === user) return mode;
  return user ? USER_EXEC_MODE : EXEC_MODE;
}

/** Whether a prompt's `(config-if)` may stand for a mode; a word that is not known agrees with everything. */
export function promptAgrees(prompt: string, mode: Mode): boolean {
  if (prompt === 'config') return mode.kind === 'global';
  for (const [prefix, kinds] of PROMPT_MODES)
    if (prompt === prefix || prompt.startsWith(`${prefix}-`)) return kinds.includes(mode.kind);
  return true;
}
