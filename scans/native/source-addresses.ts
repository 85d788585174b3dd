import {
  AF_INET,
  type Libc,
  type NativeMemory,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCKADDR_SIZE,
  writeSockaddr,
} from './libc.ts';
import { RawSocketError } from './raw-socket.ts';

const AT_LENGTH = 32;

/** The addresses that packets leave from: one for all, or what the system's routes say of each target. */
export class SourceAddresses {
  private readonly libc: Libc;
  private readonly fixed: number | null;
  private readonly memory: NativeMemory;
  private readonly known = new Map<number, number>();

  constructor(libc: Libc, fixed: number | null) {
    this.libc = libc;
    this.fixed = fixed;
    this.memory = libc.allocate(64);
  }

  /** Lets a raw socket hear only what comes to the one address, if there is one. Throws RawSocketError. */
  bind(fd: number): void {
    if (this.fixed === null) return;
    const { libc, memory } = this;
    writeSockaddr(memory.view, 0, this.fixed, 0);
    if (libc.bind(fd, memory.address, SOCKADDR_SIZE) < 0) {
      throw new RawSocketError(libc.errnoName(libc.errno()));
    }
  }

  /** Towards a target, or −errno. Connecting a UDP socket sends nothing. */
  towards(address: number): number {
    if (this.fixed !== null) return this.fixed;
    const known = this.known.get(address);
    if (known !== undefined) return known;
    const { libc } = this;
    const { address: at, view } = this.memory;
    const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -libc.errno();
    writeSockaddr(view, 0, address, 9);
    view.setUint32(AT_LENGTH, SOCKADDR_SIZE, true);
    const failed = libc.connect(fd, at, SOCKADDR_SIZE) < 0 || libc.getsockname(fd, at, at + AT_LENGTH) < 0;
    const errno = failed ? libc.errno() : 0;
    libc.close(fd);
    if (failed) return -errno;
    const source = view.getUint32(4);
    this.known.set(address, source);
    return source;
  }

  close(): void {
    this.libc.release(this.memory);
  }
}
