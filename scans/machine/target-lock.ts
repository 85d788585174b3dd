import { createServer, type Server } from 'node:net';

/** Held while a target is probed; the system releases it when the process dies. */
export interface TargetLocks {
  readonly release: () => void;
}

export type LockResult =
  | { readonly kind: 'held'; readonly locks: TargetLocks }
  | { readonly kind: 'busy'; readonly address: string };

const listen = (name: string): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    // An abstract socket belongs to the network namespace and leaves no file behind.
    server.listen({ path: `\0${name}` }, () => resolve(server.unref()));
  });

/** Two scans of one target would count each other's probes as its load, and trip its defences together. */
export async function lockTargets(addresses: readonly string[]): Promise<LockResult> {
  if (process.platform !== 'linux') return { kind: 'held', locks: { release: () => undefined } };
  const held: Server[] = [];
  const release = () => {
    for (const server of held) server.close();
  };
  for (const address of new Set(addresses)) {
    const server = await listen(`aclscope.scan.${address}`);
    if (!server) {
      release();
      return { kind: 'busy', address };
    }
    held.push(server);
  }
  return { kind: 'held', locks: { release } };
}
