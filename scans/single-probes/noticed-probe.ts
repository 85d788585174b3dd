import type { PortProtocol } from '../../src/model/site.ts';
import { ACCEPTED, type ProbeOutcome } from '../engine.ts';
import { createHandshaker } from '../sockets/handshake.ts';

export interface NoticedProbe {
  /** Dotted quads: of the host, and of this box where it is to be bound (else the system chooses). */
  readonly address: string;
  readonly source: string | null;
  readonly protocol: PortProtocol;
  readonly port: number;
}

const WAIT_MS = 3000;

/**
 * One connection (or one datagram) that is meant to be noticed by what watches the port, such as PortSentry: what was
 * made of it stands in that host's log, not in the answer. Says nothing on a connection that is taken.
 */
export async function sendNoticedProbe(probe: NoticedProbe, signal: AbortSignal): Promise<ProbeOutcome> {
  signal.throwIfAborted();
  const handshaker = createHandshaker(probe.address, probe.source, probe.protocol);
  const stop = (): void => handshaker.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await handshaker.ask(probe.port, WAIT_MS, ACCEPTED);
  } finally {
    signal.removeEventListener('abort', stop);
    handshaker.close();
  }
}
