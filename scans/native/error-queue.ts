import { formatIpv4 } from '../../src/model/address.ts';
import {
  IP_RECVERR,
  IPPROTO_IP,
  type Libc,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  type NativeMemory,
  writeWord,
} from './libc.ts';

/** An ICMP error as the kernel queued it on the socket whose packet it quotes. */
export interface QueuedIcmp {
  readonly type: number;
  readonly code: number;
  readonly from: string;
}

export interface ErrorQueueReader {
  /** The next queued ICMP; null when none is left. Errors of local origin are passed over. */
  readonly next: (fd: number) => QueuedIcmp | null;
  readonly close: () => void;
}

const ICMP_ORIGIN = 2;
const HEADER_SIZE = 56;
const AT_VECTOR = 64;
const AT_CONTROL = 80;
const CONTROL_SIZE = 256;
const AT_DATA = AT_CONTROL + CONTROL_SIZE;
const DATA_SIZE = 1024;

/** Reads what IP_RECVERR keeps: type, code and sender, for any user. */
export function createErrorQueueReader(libc: Libc): ErrorQueueReader {
  const memory: NativeMemory = libc.allocate(AT_DATA + DATA_SIZE);
  const { address, bytes, view } = memory;
  writeWord(view, AT_VECTOR, address + AT_DATA);
  writeWord(view, AT_VECTOR + 8, DATA_SIZE);
  writeWord(view, 16, address + AT_VECTOR);
  writeWord(view, 24, 1);
  writeWord(view, 32, address + AT_CONTROL);
  writeWord(view, 40, CONTROL_SIZE);
  const header = Uint8Array.from(bytes.subarray(0, HEADER_SIZE));
  let written = false;
  const receive = (fd: number): boolean => {
    // The kernel writes into the header only where it had something to say.
    if (written) bytes.set(header);
    written = Number(libc.recvmsg(fd, address, MSG_ERRQUEUE | MSG_DONTWAIT)) >= 0;
    return written;
  };
  return {
    next(fd) {
      while (receive(fd)) {
        // cmsghdr: length 8, level 4, type 4; then sock_extended_err (16) and the sender's sockaddr_in.
        const isError =
          view.getUint32(40, true) >= 48 &&
          view.getInt32(AT_CONTROL + 8, true) === IPPROTO_IP &&
          view.getInt32(AT_CONTROL + 12, true) === IP_RECVERR;
        if (!isError || bytes[AT_CONTROL + 20] !== ICMP_ORIGIN) continue;
        return {
          type: bytes[AT_CONTROL + 21]!,
          code: bytes[AT_CONTROL + 22]!,
          from: formatIpv4(view.getUint32(AT_CONTROL + 36)),
        };
      }
      return null;
    },
    close: () => libc.release(memory),
  };
}
