import type { PortProtocol } from '../../src/model/site.ts';
import { type HostFile, linesOf } from './host-file.ts';

export type ServicePorts = ReadonlyMap<string, number>;

/** Services that super-servers usually start, for a bundle without /etc/services. */
const WELL_KNOWN: readonly (readonly [string, PortProtocol, number])[] = [
  ['echo', 'tcp', 7],
  ['discard', 'tcp', 9],
  ['daytime', 'tcp', 13],
  ['chargen', 'tcp', 19],
  ['ftp', 'tcp', 21],
  ['ssh', 'tcp', 22],
  ['telnet', 'tcp', 23],
  ['smtp', 'tcp', 25],
  ['time', 'tcp', 37],
  ['tftp', 'udp', 69],
  ['finger', 'tcp', 79],
  ['pop2', 'tcp', 109],
  ['pop3', 'tcp', 110],
  ['pop-3', 'tcp', 110],
  ['auth', 'tcp', 113],
  ['ntp', 'udp', 123],
  ['imap', 'tcp', 143],
  ['imap2', 'tcp', 143],
  ['exec', 'tcp', 512],
  ['login', 'tcp', 513],
  ['shell', 'tcp', 514],
  ['syslog', 'udp', 514],
  ['talk', 'udp', 517],
  ['ntalk', 'udp', 518],
  ['rsync', 'tcp', 873],
  ['imaps', 'tcp', 993],
  ['pop3s', 'tcp', 995],
];

const key = (name: string, protocol: string): string => `${name}/${protocol}`;

/** /etc/services: `shell 514/tcp cmd`; the first entry of a name wins, and the well-known ones fill gaps. */
export function parseServices(file: HostFile | null): ServicePorts {
  const ports = new Map<string, number>();
  for (const { raw } of file === null ? [] : linesOf(file)) {
    const [name, portText, ...aliases] = raw.replace(/#.*/, '').trim().split(/\s+/);
    const m = /^(\d{1,5})\/(tcp|udp)$/.exec(portText ?? '');
    if (!name || !m) continue;
    for (const n of [name, ...aliases]) {
      if (!ports.has(key(n, m[2]!))) ports.set(key(n, m[2]!), Number(m[1]));
    }
  }
  for (const [name, protocol, port] of WELL_KNOWN) {
    if (!ports.has(key(name, protocol))) ports.set(key(name, protocol), port);
  }
  return ports;
}

/** A service name or a number. */
export function servicePort(services: ServicePorts, name: string, protocol: PortProtocol): number | null {
  if (/^\d{1,5}$/.test(name)) return Number(name);
  return services.get(key(name, protocol)) ?? null;
}
