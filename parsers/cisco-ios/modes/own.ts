import type { Command, Mode } from '../../../src/model/command.ts';
import { readListLine } from '../access-list.ts';
import { readPartLine, withPart } from '../interface/parts.ts';
import { readInterfaceLine } from '../interface.ts';
import type { Indent } from '../layout.ts';
import { readPoolLine } from '../nat.ts';
import { readGroupLine } from '../object-group.ts';
import { readRoutingLine } from '../routing.ts';
import { Failure, type Statement } from '../statement.ts';
import { readTerminalLine } from '../terminal-line.ts';
import { readTimeRangeLine } from '../time-range.ts';
import { readClassMapLine } from './class-map.ts';
import { readControlPlaneLine } from './control-plane.ts';
import { readCryptoMapLine } from './crypto-map.ts';
import { readIpv6Entry } from './ipv6-access-list.ts';
import { readRouteMapLine } from './route-map.ts';
import { readVrfDetail } from './vrf.ts';

/** The mode's own grammar; undefined where it has none beside the global one. */
export function readOwn(s: Statement, indent: Indent): Command | Failure | undefined {
  const { mode } = s;
  switch (mode.kind) {
    case 'access-list':
      return readListLine(s, mode);
    case 'interface':
      return readUnderInterface(s, mode, indent);
    case 'line':
      return readTerminalLine(s);
    case 'object-group':
      return readGroupLine(s, mode);
    case 'time-range':
      return readTimeRangeLine(s);
    case 'nat-pool':
      return readPoolLine(s, mode.name);
    case 'routing':
      return readRoutingLine(s);
    case 'route-map':
      return readRouteMapLine(s, `route-map ${mode.name}`);
    case 'class-map':
      return readClassMapLine(s, `class-map ${mode.name}`);
    case 'crypto-map':
      return readCryptoMapLine(s, mode.name);
    case 'vrf':
      return readVrfDetail(s);
    case 'ipv6-access-list':
      return readIpv6Entry(s);
    case 'control-plane':
      return readControlPlaneLine(s);
    case 'closed':
    case 'exec':
    case 'global':
    case 'skipped':
      return undefined;
  }
}

function readUnderInterface(
  s: Statement,
  mode: Extract<Mode, { kind: 'interface' }>,
  indent: Indent,
): Command | Failure {
  const statement = s.words.rest();
  const inPart = readPartLine(s, mode, indent);
  if (inPart) return inPart;
  const command = readInterfaceLine(s);
  return command instanceof Failure ? command : withPart(s, mode, statement, command);
}
