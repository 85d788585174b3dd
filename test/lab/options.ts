/** Which list stands on the router's outside interface. */
export type LabAcl = 'none' | 'short' | 'full';

/** rsh on 514: absent, listening on the server behind an unchanged list, or also let through by the router. */
export type LabLeak = 'off' | 'listening' | 'through';

/** How a denied packet ends: silence, ICMP 3/13 each time, or ICMP 3/13 twice a second and silence between. */
export type LabDenial = 'drop' | 'reject' | 'reject-limited';

/** PortSentry on the server: off, on sockets of its own (`-tcp`), or reading raw SYNs (`-stcp`). It blocks for real. */
export type LabPortSentry = 'off' | 'tcp' | 'stcp';

/**
 * Something that answers for ports that nobody serves: a SYN proxy at the provider in front of the router,
 * a server that holds every handshake (tarpit), or one that answers each SYN with a bare SYN/ACK (decoy).
 */
export type LabPretender = 'off' | 'syn-proxy' | 'tarpit' | 'decoy';

export interface LabOptions {
  readonly acl: LabAcl;
  readonly leak: LabLeak;
  readonly denial: LabDenial;
  /** Loss each way between the scanner and the server, in percent; steps of 0.1. */
  readonly lossPercent: number;
  /** The router passes at most 10,000 packets a second from outside. */
  readonly policer: boolean;
  readonly portSentry: LabPortSentry;
  readonly pretender: LabPretender;
  /** xinetd's `cps` line: connections a second, seconds of rest; the distribution's own default is `50 10`. */
  readonly xinetdCps: string;
  /** tcpserver's `-c`: connections served at once; its own default is 40. */
  readonly tcpserverLimit: number;
}

/** The network as the operator describes it: short list, silent denial, nothing in the way. */
export const usualLab: LabOptions = {
  acl: 'short',
  leak: 'off',
  denial: 'drop',
  lossPercent: 0,
  policer: false,
  portSentry: 'off',
  pretender: 'off',
  xinetdCps: '5000 1',
  tcpserverLimit: 1000,
};
