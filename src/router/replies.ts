import {
  type Box,
  boxDestination,
  boxHasPorts,
  boxIcmp,
  boxIsWholeTcp,
  boxSource,
  makeBox,
  swapEnds,
} from '../headerspace/box.ts';
import { ACK, ICMP, SYN } from '../model/packet.ts';

const ICMP_REPLIES: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
]);

/** The packets that answer a box's: ends exchanged; SYN/ACK to a SYN; echo-reply to an echo. Null where nothing answers. */
export function replyBox(box: Box): Box | null {
  const swapped = swapEnds(box);
  if (boxIsWholeTcp(box)) return { ...swapped, tcpFlags: [[SYN | ACK, SYN | ACK]] };
  const icmp = boxIcmp(box);
  if (icmp) {
    const asked = icmp.types.length === 1 ? icmp.types[0]! : [0, 255];
    const answer = asked[0] === asked[1] ? ICMP_REPLIES.get(asked[0]!) : undefined;
    if (answer === undefined) return null;
    return makeBox({
      source: boxDestination(box),
      destination: boxSource(box),
      protocol: ICMP,
      icmp: { type: answer, code: 0 },
      fragments: 'whole',
    });
  }
  return swapped;
}

/** The requests among these that packets of `answers` answer; what has no ports is told apart by its ends alone. */
export const requestBox = (answers: Box, requests: Box): Box =>
  boxHasPorts(requests)
    ? { ...swapEnds(answers), tcpFlags: requests.tcpFlags }
    : { ...requests, source: answers.destination, destination: answers.source };
