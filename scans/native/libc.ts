import { createRequire } from 'node:module';

/** Memory outside the JavaScript heap, at an address that system calls can be given. */
export interface NativeMemory {
  readonly address: number;
  readonly bytes: Buffer;
  /** The same octets; numbers are read and written at a fraction of what Buffer's methods cost. */
  readonly view: DataView;
}

/** The few calls of libc that the engines make. All pointers are plain addresses into `NativeMemory`. */
export interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: number, length: number) => number;
  readonly connect: (fd: number, address: number, length: number) => number;
  readonly getsockname: (fd: number, address: number, length: number) => number;
  readonly getsockopt: (fd: number, level: number, name: number, value: number, length: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: number, length: number) => number;
  readonly recv: (fd: number, buffer: number, length: number, flags: number) => number;
  readonly send: (fd: number, buffer: number, length: number, flags: number) => number;
  readonly recvmsg: (fd: number, message: number, flags: number) => number;
  readonly recvmmsg: (fd: number, messages: number, count: number, flags: number, timeout: number) => number;
  readonly sendmmsg: (fd: number, messages: number, count: number, flags: number) => number;
  /** The same in a thread of the process's pool: `done` gets the result once this thread's event loop turns. */
  readonly sendmmsgAside: (
    fd: number,
    messages: number,
    count: number,
    flags: number,
    done: (sent: number) => void,
  ) => void;
  readonly epollCreate: (flags: number) => number;
  readonly epollCtl: (epoll: number, operation: number, fd: number, event: number) => number;
  readonly epollWait: (epoll: number, events: number, count: number, timeoutMs: number) => number;
  readonly poll: (fds: number, count: number, timeoutMs: number) => number;
  readonly close: (fd: number) => number;
  readonly errno: () => number;
  readonly errnoName: (errno: number) => string;
  readonly allocate: (bytes: number) => NativeMemory;
  readonly release: (memory: NativeMemory) => void;
}

export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const IPPROTO_IP = 0;
export const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;
export const MSG_NOSIGNAL = 0x4000;
export const IP_RECVERR = 11;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const SOCKADDR_SIZE = 16;
/** Sizes of `struct mmsghdr` and `struct iovec`. */
export const MMSGHDR = 64;
export const IOVEC = 16;

const PROTECTION = 3; // read and write
const PRIVATE_ANONYMOUS = 0x22;

/**
 * Structures are laid out by hand for Linux on 64-bit little-endian machines, which is where koffi ships binaries that
 * this was tried on; elsewhere the engines that need no native calls take over.
 */
export function loadLibc(): { readonly libc: Libc } | { readonly why: string } {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    return {
      why: `native calls are laid out for Linux on x64 and arm64, not ${process.platform} ${process.arch}`,
    };
  }
  try {
    return { libc: bindLibc() };
  } catch (error) {
    return { why: `koffi does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function bindLibc(): Libc {
  // Required, not imported: without its binary the module throws, and that must not keep the program from starting.
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const c = koffi.load('libc.so.6');
  const mmap = c.func(
    'void *mmap(uintptr_t at, size_t length, int protection, int flags, int fd, int64_t offset)',
  );
  const munmap = c.func('int munmap(uintptr_t at, size_t length)');
  const sendmmsg = c.func('int sendmmsg(int, uintptr_t, uint32_t, int)');
  const names = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]));
  return {
    socket: c.func('int socket(int, int, int)'),
    bind: c.func('int bind(int, uintptr_t, uint32_t)'),
    connect: c.func('int connect(int, uintptr_t, uint32_t)'),
    getsockname: c.func('int getsockname(int, uintptr_t, uintptr_t)'),
    getsockopt: c.func('int getsockopt(int, int, int, uintptr_t, uintptr_t)'),
    setsockopt: c.func('int setsockopt(int, int, int, uintptr_t, uint32_t)'),
    recv: c.func('int64_t recv(int, uintptr_t, size_t, int)'),
    send: c.func('int64_t send(int, uintptr_t, size_t, int)'),
    recvmsg: c.func('int64_t recvmsg(int, uintptr_t, int)'),
    recvmmsg: c.func('int recvmmsg(int, uintptr_t, uint32_t, int, uintptr_t)'),
    sendmmsg,
    sendmmsgAside: (fd, messages, count, flags, done) =>
      sendmmsg.async(fd, messages, count, flags, (error: unknown, sent: number) => done(error ? -1 : sent)),
    epollCreate: c.func('int epoll_create1(int)'),
    epollCtl: c.func('int epoll_ctl(int, int, int, uintptr_t)'),
    epollWait: c.func('int epoll_wait(int, uintptr_t, int, int)'),
    poll: c.func('int poll(uintptr_t, uint64_t, int)'),
    close: c.func('int close(int)'),
    errno: () => koffi.errno(),
    errnoName: (errno) => names.get(errno) ?? `errno ${errno}`,
    allocate(length) {
      const pointer: unknown = mmap(0, length, PROTECTION, PRIVATE_ANONYMOUS, -1, 0);
      const address = Number(koffi.address(pointer));
      if (!Number.isSafeInteger(address) || address <= 0) throw new Error('mmap failed');
      const bytes = Buffer.from(koffi.view(pointer, length));
      return { address, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, length) };
    },
    release(memory) {
      munmap(memory.address, memory.bytes.length);
    },
  };
}

/** Writes a `sockaddr_in`; address as an unsigned 32-bit number. */
export function writeSockaddr(view: DataView, at: number, address: number, port: number): void {
  view.setUint16(at, AF_INET, true);
  view.setUint16(at + 2, port);
  view.setUint32(at + 4, address);
  view.setUint32(at + 8, 0);
  view.setUint32(at + 12, 0);
}

/** Writes an address or a length, as they stand in structures. */
export function writeWord(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, value / 2 ** 32, true);
}
