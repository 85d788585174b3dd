import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmulatedHost, type EmulatedPort, startEmulatedHost } from '../../scans/emulated-host.ts';

/** The server of this site: an address of this machine, so that no packet leaves it; two runs at once do not share it. */
export const SERVER = `127.0.3.${1 + (process.pid % 120)}`;

const CONFIG = `version 12.2
hostname gw
!
interface FastEthernet0/0
 ip address 127.0.0.126 255.255.255.128
 ip access-group 150 in
!
interface FastEthernet0/1
 ip address 127.0.3.126 255.255.255.0
!
access-list 150 permit tcp any host ${SERVER} eq 20110
access-list 150 permit tcp host 127.0.0.30 host ${SERVER} eq 20025
access-list 150 deny   tcp any host ${SERVER} eq 20514
access-list 150 deny   ip any any
!
end
`;

const SITE = `site: loopback
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: 127.0.3.0/24 }
targets: { server: { address: ${SERVER}, segment: servers, listeners: [20025, 20110] } }
vantages:
  outside: { address: 127.0.0.1, sources: any, enters: gw FastEthernet0/0 }
policy:
  - { from: any, to: server, tcp: [20110], why: customers read their mail }
canaries: { server: 20110 }
`;

/** Writes `site.yaml` and `gw.cfg` of a site whose addresses are all loopback. */
export function writeLoopbackSite(folder: string): void {
  writeFileSync(join(folder, 'gw.cfg'), CONFIG);
  writeFileSync(join(folder, 'site.yaml'), SITE);
}

const open = (port: number, greeting = ''): EmulatedPort => ({
  address: SERVER,
  port,
  behaviour: { kind: 'open', greeting },
});

/** POP3 as intended, and rsh leaks; whatever else is asked is closed by the kernel. */
export const startServer = (): Promise<EmulatedHost> =>
  startEmulatedHost([
    open(20110, '+OK POP3 server.example.net ready\r\n'),
    open(20514),
    { address: SERVER, port: 20025, behaviour: { kind: 'silent' } },
  ]);
