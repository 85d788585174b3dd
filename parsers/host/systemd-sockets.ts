import type { SuperService } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** `[::]:22`, `0.0.0.0:23`, `127.0.0.1:631`, `22`. */
function listenAddress(text: string): { readonly address: string | null; readonly port: number } | null {
  const m = /^(?:(\[[^\]]*\]|[\d.*]+):)?(\d{1,5})$/.exec(text);
  if (!m) return null;
  return { address: m[1]?.replace(/^\[|\]$/g, '') ?? null, port: Number(m[2]) };
}

/**
 * `systemctl list-sockets`: sockets that systemd holds open for a service. Unix sockets, FIFOs and the like
 * have no port and are no network service. The list does not say udp; units named so are taken so.
 */
export function parseListSockets(file: HostFile): readonly SuperService[] {
  const services: SuperService[] = [];
  for (const { raw, line } of linesOf(file)) {
    const [listen, unit, activates] = raw.trim().split(/\s+/);
    const where = listen === undefined ? null : listenAddress(listen);
    if (where === null || unit === undefined || !unit.endsWith('.socket')) continue;
    services.push({
      via: 'systemd',
      name: unit,
      enabled: true,
      decidedBy: null,
      protocol: /udp|dgram/i.test(unit) ? 'udp' : 'tcp',
      port: where.port,
      server: activates ?? null,
      onlyFrom: null,
      bind: where.address,
      line,
    });
  }
  return services;
}
