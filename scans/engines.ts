import { connectEngine } from './connect.ts';
import type { ScanEngine } from './engine.ts';
import { nmapEngine } from './nmap/nmap.ts';
import { netSocketEngine } from './sockets/net-socket.ts';
import { synEngine } from './syn.ts';

/** Every engine, best first: the order in which `auto` tries them. nmap is chosen only by name. */
export const ENGINES: readonly ScanEngine[] = [synEngine, connectEngine, netSocketEngine, nmapEngine];

export const findEngine = (id: string): ScanEngine | undefined => ENGINES.find((e) => e.id === id);

/** The best engine that works here, and why it and none before it. */
export async function chooseEngine(): Promise<{ readonly engine: ScanEngine; readonly why: string }> {
  const passedOver: string[] = [];
  for (const engine of ENGINES) {
    const availability = await engine.checkAvailability();
    if (availability.ok) {
      const reason = [...passedOver, ...(availability.note ? [availability.note] : [])].join('; ');
      return { engine, why: reason === '' ? engine.description : reason };
    }
    passedOver.push(`not ${engine.id}: ${availability.why}`);
  }
  throw new Error('net-socket works everywhere');
}
