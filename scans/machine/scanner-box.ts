import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { formatIpv4, parseIpv4 } from '../../src/model/address.ts';
import type { ScannerBox } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';

export interface Route {
  readonly interface: string;
  readonly destination: number;
  readonly mask: number;
  /** 0 where the network is on-link. */
  readonly gateway: number;
  readonly metric: number;
}

/** /proc/net/route: hexadecimal words in the machine's byte order, which is little-endian on all we run on. */
export function parseRoutes(text: string): readonly Route[] {
  const swap = (hex: string) => {
    const value = Number.parseInt(hex, 16);
    return (
      (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
    );
  };
  const UP = 1;
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((f) => f.length >= 8 && (Number.parseInt(f[3]!, 16) & UP) !== 0)
    .map((f) => ({
      interface: f[0]!,
      destination: swap(f[1]!),
      gateway: swap(f[2]!),
      metric: Number(f[6]),
      mask: swap(f[7]!),
    }));
}

/** The most specific route, of several the one of least metric. */
export function findRoute(routes: readonly Route[], address: number): Route | undefined {
  return routes
    .filter((r) => ((address ^ r.destination) & r.mask) === 0)
    .sort((a, b) => b.mask - a.mask || a.metric - b.metric)[0];
}

/** The interface of this machine that carries an address, if any does. */
function interfaceOf(address: string): string | undefined {
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    if (entries?.some((e) => e.address === address)) return name;
  }
  return isLoopback(address) ? 'lo' : undefined;
}

const isLoopback = (address: string): boolean => address.startsWith('127.');

/** Source address that the system picks towards a target. Connecting a UDP socket sends nothing. */
async function sourceTowards(address: string): Promise<string | null> {
  const socket = createSocket('udp4');
  try {
    return await new Promise((resolve) => {
      socket.once('error', () => resolve(null));
      socket.connect(9, address, () => resolve(socket.address().address));
    });
  } finally {
    socket.close();
  }
}

/**
 * Where probes to a target really leave from: the address bound where there is one, else the system's choice, with
 * interface and gateway of its route. Null where no route leads there.
 */
export async function describeBox(
  target: string,
  bound: string | null,
  behindNat: string | null,
): Promise<ScannerBox | null> {
  const address = bound ?? (await sourceTowards(target));
  if (address === null) return null;
  const local = interfaceOf(target);
  if (local !== undefined) return { address, interface: local, gateway: null, onLink: true, behindNat };
  let routes: readonly Route[] = [];
  try {
    routes = parseRoutes(readFileSync('/proc/net/route', 'utf8'));
  } catch {
    return { address, interface: interfaceOf(address) ?? null, gateway: null, onLink: false, behindNat };
  }
  const route = findRoute(routes, parseIpv4(target) ?? 0);
  const gateway = route && route.gateway !== 0 ? formatIpv4(route.gateway) : null;
  return {
    address,
    interface: route?.interface ?? interfaceOf(address) ?? null,
    gateway,
    onLink: route !== undefined && gateway === null,
    behindNat,
  };
}

/** Where the probes of a plan leave from. */
export interface ScanPlace {
  /** Dotted quad to send from; null leaves it to the system. */
  readonly source: string | null;
  /** null: no route leads to the plan's first target. */
  readonly box: ScannerBox | null;
}

export async function placeOf(
  { vantageAddress, targets }: Pick<Plan, 'vantageAddress' | 'targets'>,
  behindNat: string | null,
): Promise<ScanPlace> {
  const addresses = targets.map((t) => t.address);
  const source = chooseSource(vantageAddress, addresses);
  return { source, box: await describeBox(addresses[0]!, source, behindNat) };
}

/**
 * The address to bind to: the vantage's, when this machine carries it. Any 127.x.x.x serves towards loopback, and
 * nothing but those.
 */
export function chooseSource(vantageAddress: string, targets: readonly string[]): string | null {
  const loopbackTargets = targets.filter(isLoopback).length;
  if (isLoopback(vantageAddress)) return loopbackTargets === targets.length ? vantageAddress : null;
  if (loopbackTargets > 0) return null;
  return interfaceOf(vantageAddress) === undefined ? null : vantageAddress;
}
