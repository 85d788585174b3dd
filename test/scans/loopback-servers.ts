import { createServer, type Server, Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

export type Manner = 'speaks' | 'waits' | 'closes' | 'resets';

export interface LoopbackServers {
  /** The port on which a server of this manner listens. */
  readonly port: (manner: Manner) => number;
  /** A port whose listener drops SYNs, as a filter does. */
  readonly silent: readonly number[];
  /** A port where nothing listens. */
  readonly closed: number;
  readonly close: () => Promise<void>;
}

const behave: Readonly<Record<Manner, (socket: Socket) => void>> = {
  speaks: (socket) => socket.write('220 mail.example.net ready\r\n'),
  waits: () => undefined,
  closes: (socket) => socket.end(),
  resets: (socket) => setTimeout(() => socket.resetAndDestroy(), 50),
};

const listen = (address: string, manner: Manner): Promise<{ server: Server; port: number }> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      behave[manner](socket);
    });
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      resolve({ server, port: typeof bound === 'object' && bound ? bound.port : 0 });
    });
  });

/**
 * A listener whose queue is full drops further SYNs: the thread that should accept is asleep, and two connections
 * fill its backlog of one.
 */
async function listenSilently(address: string): Promise<{ port: number; close: () => Promise<void> }> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: workerData.address, backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setTimeout(() => Atomics.wait(workerData.flag, 0, 0, 120000), 5);
    });`;
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(code, { eval: true, workerData: { address, flag } });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const fillers = [new Socket(), new Socket()];
  await Promise.all(
    fillers.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('error', () => resolve());
          socket.connect(port, address, () => resolve());
        }),
    ),
  );
  return {
    port,
    async close() {
      for (const socket of fillers) socket.destroy();
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      await worker.terminate();
    },
  };
}

/** Real listeners on one loopback address, one for each manner, and ports that drop or refuse. */
export async function startLoopbackServers(address: string, silentCount = 1): Promise<LoopbackServers> {
  const manners: readonly Manner[] = ['speaks', 'waits', 'closes', 'resets'];
  const servers = await Promise.all(manners.map((m) => listen(address, m)));
  const silent = await Promise.all(Array.from({ length: silentCount }, () => listenSilently(address)));
  const spare = await listen(address, 'closes');
  await new Promise((resolve) => spare.server.close(resolve));
  return {
    port: (manner) => servers[manners.indexOf(manner)]!.port,
    silent: silent.map((s) => s.port),
    closed: spare.port,
    async close() {
      for (const { server } of servers) server.close();
      await Promise.all(silent.map((s) => s.close()));
    },
  };
}
