import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** What one port of an emulated host does with a connection. */
export type Behaviour =
  /** Accepts and speaks; the greeting may be empty. */
  | { readonly kind: 'open'; readonly greeting: string }
  /** Accepts and closes at once, as a wrapper that refuses the source does. */
  | { readonly kind: 'wrapped' }
  /** Drops every SYN, as a filter without ICMP does. */
  | { readonly kind: 'silent' };

export interface EmulatedPort {
  /** One of this host's own: in 127.0.0.0/8, or of the namespace that the demo made. */
  readonly address: string;
  readonly port: number;
  readonly behaviour: Behaviour;
}

export interface EmulatedHost {
  readonly close: () => Promise<void>;
}

/**
 * Real listeners. Ports without an entry are closed by the kernel itself.
 *
 * Silence is the kernel's too: a worker listens with a backlog of 1 and then blocks for good, so that nothing is ever
 * accepted; two connections fill the queue, and from then on Linux drops every SYN.
 */
export async function startEmulatedHost(ports: readonly EmulatedPort[]): Promise<EmulatedHost> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  let worker: Worker | null = null;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((s) => new Promise<void>((done) => s.close(() => done()))));
    await worker?.terminate();
  };
  try {
    for (const { address, port, behaviour } of ports) {
      if (behaviour.kind === 'silent') continue;
      servers.push(await listen(address, port, behaviour, sockets));
    }
    const silent = ports.filter((p) => p.behaviour.kind === 'silent');
    if (silent.length > 0) {
      worker = await listenSilently(silent);
      await Promise.all(silent.flatMap((p) => [fill(p, sockets), fill(p, sockets)]));
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(
  address: string,
  port: number,
  behaviour: Exclude<Behaviour, { kind: 'silent' }>,
  sockets: Set<Socket>,
): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    if (behaviour.kind === 'wrapped') socket.end();
    else if (behaviour.greeting !== '') socket.write(behaviour.greeting);
    socket.resume();
  });
  server.listen({ host: address, port });
  await once(server, 'listening');
  return server;
}

// Plain script text: it must run from source and from the build alike, without a loader.
const SILENT_WORKER = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
let left = workerData.length;
for (const { address, port } of workerData) {
  const server = createServer();
  server.on('error', (error) => { throw error; });
  server.listen({ host: address, port, backlog: 1 }, () => {
    if (--left > 0) return;
    parentPort.postMessage('listening');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}`;

async function listenSilently(ports: readonly EmulatedPort[]): Promise<Worker> {
  const worker = new Worker(SILENT_WORKER, {
    eval: true,
    workerData: ports.map(({ address, port }) => ({ address, port })),
  });
  await Promise.race([
    once(worker, 'message'),
    once(worker, 'error').then(([error]) => Promise.reject(error)),
  ]);
  return worker;
}

async function fill({ address, port }: EmulatedPort, sockets: Set<Socket>): Promise<void> {
  const socket = connect({ host: address, port });
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
}
