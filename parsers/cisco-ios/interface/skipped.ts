import { type StatementReader, skipHere, wrongWord } from '../statement.ts';

export const skip =
  (family: string): StatementReader =>
  (s) => {
    s.words.at = s.words.count;
    return skipHere(s, family);
  };

export const skipRows = (family: string, words: string): [string, StatementReader][] =>
  words.split(' ').map((w) => [w, skip(family)]);

/** The reader, where one of these words follows. */
export function only(words: readonly string[], reader: StatementReader): StatementReader {
  return (s) => {
    const word = s.words.peekLower();
    return word !== '' && words.some((w) => w.startsWith(word))
      ? reader(s)
      : wrongWord(s.words, words.join(' or '));
  };
}

/** Words that few interfaces have, so that they must not make the short form of a common one ambiguous. */
export const RARE =
  'multilink-group if-state queue-set propagate sap autostate vlan-range down-when-looped flow-sampler ' +
  'l2transport nat66 transport-mode wanphy video synchronous esmc fabric-mode aps multiring smds dspu ' +
  'hw-switch unidirectional lre cwdm counter fec vnet timeslot trunk cdma gsm alps mobility ' +
  'endpoint-tracker local-ip policy nve member source-interface host-reachability plat-wccp analysis-module ' +
  'virtual-ppp bstun stun dlsw rep ptp avb lan-name mac-address-table mvrp otv ip-address pvst spd ' +
  'route-cache tx-limit keepalive-timer vines xns apollo rip esp local tos crypto-engine ima ' +
  'framing-type yellow remote ds0-group ds3 e3 t1 t3 color allow-service border last-resort-circuit ' +
  'low-bandwidth-link vbond-as-stun-server hello-tolerance vmanage-connection-preference port-hop ' +
  'nat-refresh-interval tloc-extension max-control-connections exclude-controller-group-list encryption l2-filter bgp-policy peakdetect stbc dfs';
