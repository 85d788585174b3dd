import type { HostListener } from '../../src/model/host.ts';
import type { PortProtocol } from '../../src/model/site.ts';
import { type HostFile, linesOf } from './host-file.ts';
import { type ServicePorts, servicePort } from './services.ts';

function endpoint(
  text: string,
  services: ServicePorts,
  protocol: PortProtocol,
): { readonly address: string; readonly port: number } | null {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return null;
  const port = servicePort(services, text.slice(colon + 1), protocol);
  return port === null ? null : { address: text.slice(0, colon).replace(/^\[|\]$/g, '') || '*', port };
}

/** `tcp 0 0 0.0.0.0:514 0.0.0.0:* LISTEN 612/xinetd` */
function fromNetstat(raw: string, services: ServicePorts): Omit<HostListener, 'line'> | null {
  const words = raw.trim().split(/\s+/);
  const protocol = /^(tcp|udp)6?$/.exec(words[0] ?? '')?.[1] as PortProtocol | undefined;
  if (protocol === undefined || words[3] === undefined) return null;
  const listening = words[5] === 'LISTEN';
  if (protocol === 'tcp' ? !listening : !/:\*$/.test(words[4] ?? '')) return null;
  const where = endpoint(words[3], services, protocol);
  const owner = /^(\d+)\/(.*)$/.exec(words.slice(protocol === 'tcp' ? 6 : 5).join(' '));
  return (
    where && { protocol, ...where, process: owner?.[2]?.trim() || null, pid: owner ? Number(owner[1]) : null }
  );
}

/** `tcp LISTEN 0 64 *:514 *:* users:(("xinetd",pid=612,fd=5))` */
function fromSs(raw: string, services: ServicePorts): Omit<HostListener, 'line'> | null {
  const m = /^(?:(tcp|udp)\s+)?(LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S+)\s+\S+\s*(.*)$/.exec(raw.trim());
  if (!m) return null;
  const protocol: PortProtocol = m[1] === 'udp' || (m[1] === undefined && m[2] === 'UNCONN') ? 'udp' : 'tcp';
  const where = endpoint(m[3]!.replace(/%[^:\]]+/, ''), services, protocol);
  const owner = /\(\("([^"]+)",(?:pid=)?(\d+)/.exec(m[4]!);
  return where && { protocol, ...where, process: owner?.[1] ?? null, pid: owner ? Number(owner[2]) : null };
}

/** Listening sockets of `netstat -tulnp` or `ss -tulnp`, with the process where the host named one. */
export function parseListeningSockets(file: HostFile, services: ServicePorts): readonly HostListener[] {
  return linesOf(file).flatMap(({ raw, line }): HostListener[] => {
    const found = fromNetstat(raw, services) ?? fromSs(raw, services);
    return found === null ? [] : [{ ...found, line }];
  });
}
