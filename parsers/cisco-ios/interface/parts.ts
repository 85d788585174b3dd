import { parseIpv4 } from '../../../src/model/address.ts';
import type { Command, Mode } from '../../../src/model/command.ts';
import type { Indent } from '../layout.ts';
import { type Statement, skipHere } from '../statement.ts';
import { change, effect } from './change.ts';

type InterfaceMode = Extract<Mode, { kind: 'interface' }>;

/** A part of an interface that has a mode of its own, one `exit` above the interface's. */
interface Part {
  /** What leads into it from the interface, without `no`. */
  readonly opens: RegExp;
  /** First words of its own statements: what an interface knows as well means the part here. */
  readonly words: readonly string[];
  /** What leads one mode deeper from it. */
  readonly inner?: RegExp;
  /** A list bound to the part alone, whose packets are not told apart from the interface's. */
  readonly filters?: RegExp;
}

const part = (opens: RegExp, words: string, inner?: RegExp, filters?: RegExp): Part => ({
  opens,
  words: words.split(' '),
  ...(inner ? { inner } : {}),
  ...(filters ? { filters } : {}),
});

const XCONNECT = /^xconn\w*\s/i;

/** VRRP 3, once `fhrp version vrrp v3` stands: a group has an address family of its own. */
const VRRP_FAMILY = /^vrrp\s+(\d+)\s+address-f\w*\s/i;

const PARTS: readonly Part[] = [
  part(
    /^serv\w*\s+ins\w*\s/i,
    'description shutdown encapsulation rewrite bridge-domain ethernet cfm l2protocol snmp storm-control errdisable ' +
      'split-horizon group mac service-policy load-balancing mtu backup default',
    XCONNECT,
    /^ip\s+access-group\s/i,
  ),
  part(
    /^(?:pvc|svc)\s/i,
    'abr broadcast bump cbr class-vc create dialer encapsulation ilmi inarp management oam oam-bundle oam-pvc ppp ' +
      'pppoe-client precedence protect protocol random-detect service-policy transmit-priority tx-ring-limit ubr ubr+ ' +
      'vbr-nrt vbr-rt vc-hold-queue vcci',
    XCONNECT,
  ),
  part(
    /^(?:bundle|range\s+pvc|pvc-bundle|pvc-in-range)\s/i,
    'shutdown broadcast bump class-bundle class-range class-vc encapsulation inarp oam oam-bundle oam-pvc precedence ' +
      'protect protocol service-policy ubr ubr+ vbr-nrt vbr-rt',
    /^(?:pvc-bundle|pvc-in-range)\s/i,
  ),
  part(
    /^frame-r\w*\s+(?:interface-d|vc-b)\w*\s/i,
    'auto class encapsulation match ppp protocol vc-bundle x25',
    /^pvc\s/i,
  ),
  part(/^cem\s+\d/i, 'dejitter-buffer emulation-mode idle-pattern payload-size service-policy', XCONNECT),
  part(/^xconn\w*\s+\S+\s+\d+\s+(?:en|pw)\w*\s/i, 'backup mtu preferred-path'),
  part(/^cts\s+manual\b/i, 'policy sap propagate'),
  part(/^ethernet\s+cfm\s+mep\s/i, 'alarm cos rmep service'),
  part(
    VRRP_FAMILY,
    'address description exit-vrrp match-address preempt priority shutdown timers track vrrpv2 vrrs',
  ),
  part(/^member\s+vni\s/i, 'ingress-replication mcast-group suppress-arp'),
];

const partOf = ({ part: open }: InterfaceMode): Part | undefined =>
  open && PARTS.find(({ opens }) => opens.test(open.header));

const knows = ({ words }: Part, word: string): boolean =>
  word.length > 1 && words.some((known) => known.startsWith(word));

/** Whether the part of an interface that is being edited begins a statement with the word, in lower case. */
export function isPartWord(mode: InterfaceMode, word: string): boolean {
  const open = partOf(mode);
  return open !== undefined && knows(open, word);
}

/**
 * A line under a part of an interface, such as `shutdown` under `service instance 10 ethernet`, which stops that
 * instance alone; undefined where the part does not know it: IOS then asks the interface, as the lines show that a
 * device prints behind a circuit (`dsl operating-mode auto`) without an `exit` between.
 */
export function readPartLine(s: Statement, mode: InterfaceMode, indent: Indent): Command | undefined {
  const { words } = s;
  const open = partOf(mode);
  if (open === undefined || standsBeside(s, mode, indent)) return undefined;
  const text = words.rest();
  if (s.on && open.inner?.test(text)) return { ...skipAll(s), next: within(mode, text, s) };
  if (open.filters?.test(text)) {
    words.at = words.count;
    return effect(s, 'unparsed', { name: `${mode.part?.header}: ${text}` });
  }
  const group = VRRP_FAMILY.exec(mode.part?.header ?? '')?.[1];
  const shared = group === undefined ? null : /^address\s+(\d[\d.]*)(?:\s+primary)?$/i.exec(text);
  if (group !== undefined && shared) {
    words.at = words.count;
    const virtualAddress = parseIpv4(shared[1]!) ?? null;
    return change(s, { kind: 'join-routing', protocol: 'vrrp', id: group, virtualAddress, on: s.on });
  }
  if (knows(open, words.peekLower()) && /^service-\w/i.test(text)) {
    words.at = words.count;
    return effect(s, 'service-policy', { name: `${mode.part?.header}: ${text}` });
  }
  if (!opensPart(text) && knows(open, words.peekLower())) return skipAll(s);
  const outer = mode.outer?.kind === 'interface' ? mode.outer : mode;
  const command = outer === mode ? undefined : readPartLine(s, outer, indent);
  return command?.next === 'same' ? { ...command, next: outer } : command;
}

function skipAll(s: Statement): Command {
  s.words.keepComment();
  s.words.at = s.words.count;
  return skipHere(s, 'ATM circuits and service instances');
}

const opensPart = (statement: string): boolean => PARTS.some(({ opens }) => opens.test(statement));

/** Where a file indents, a line that stands no deeper than the part's header is the interface's again. */
const standsBeside = (s: Statement, mode: InterfaceMode, indent: Indent): boolean =>
  s.reading === 'file' && indent !== 'unknown' && s.words.line.column <= (mode.part?.column ?? 0);

const within = (mode: InterfaceMode, header: string, s: Statement): Mode => ({
  kind: 'interface',
  names: mode.names,
  part: { header, column: s.words.line.column },
  outer: mode,
});

/** The interface itself, whichever of its parts the mode is. */
export const interfaceOf = (mode: InterfaceMode): InterfaceMode =>
  mode.outer?.kind === 'interface' ? interfaceOf(mode.outer) : mode;

/** The command with the mode that it leads to: a part that it opens, or the interface whose statement it was. */
export function withPart(s: Statement, mode: InterfaceMode, statement: string, command: Command): Command {
  if (command.next !== 'same') return command;
  const itself = interfaceOf(mode);
  if (s.on && opensPart(statement)) return { ...command, next: within(itself, statement, s) };
  return itself === mode ? command : { ...command, next: itself };
}
