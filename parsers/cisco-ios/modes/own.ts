import type { Command } from '../../../src/model/command.ts';
import { readListLine } from '../access-list.ts';
import { readInterfaceLine } from '../interface.ts';
import { readPoolLine } from '../nat.ts';
import { readGroupLine } from '../object-group.ts';
import { readRoutingLine } from '../routing.ts';
import type { Failure, Statement } from '../statement.ts';
import { readTerminalLine } from '../terminal-line.ts';
import { readTimeRangeLine } from '../time-range.ts';
import { readClassMapLine } from './class-map.ts';
import { readControlPlaneLine } from './control-plane.ts';
import { readCryptoMapLine } from './crypto-map.ts';
import { readIpv6Entry } from './ipv6-access-list.ts';
import { readRouteMapLine } from './route-map.ts';
import { readVrfDetail } from './vrf.ts';

/** The mode's own grammar; undefined where it has none beside the global one. */
export function readOwn(s: Statement): Command | Failure | undefined {
  const { mode } = s;
  switch (mode.kind) {
    case 'access-list':
      return readListLine(s, mode);
    case 'interface':
      return readInterfaceLine(s);
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
