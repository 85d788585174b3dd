import type { LabVantage } from './naming.ts';
import type { LabAcl, LabLeak, LabOptions } from './options.ts';

/** What a patient, unhindered observer sees; silence and a refusal by ICMP are both `filtered`. */
export type TrueState = 'open' | 'wrapped' | 'closed' | 'filtered';

export interface Truth {
  readonly ports: ReadonlyMap<number, TrueState>;
  /** Every port that `ports` does not name. */
  readonly others: TrueState;
}

type Row = readonly [seen: Readonly<Record<number, TrueState>>, others: TrueState];

// Written by hand from the network's description. 25 closes at once on everybody but the mail filter (tcpserver's rules).
const asHost: Row = [{ 22: 'open', 25: 'wrapped', 110: 'open', 143: 'open' }, 'closed'];
const asHostToFilter: Row = [{ 22: 'open', 25: 'open', 110: 'open', 143: 'open' }, 'closed'];
const nothing: Row = [{}, 'filtered'];

const rows: Readonly<Record<LabVantage, Readonly<Record<LabAcl, Row>>>> = {
  internet: {
    none: asHost,
    short: [{ 110: 'open' }, 'filtered'],
    full: [{ 110: 'open' }, 'filtered'],
  },
  mailfilter: {
    none: asHostToFilter,
    short: [{ 25: 'open', 110: 'open' }, 'filtered'],
    // 192.168.0.0/16 is denied before its SMTP is permitted.
    full: nothing,
  },
  admin: {
    none: asHost,
    short: [{ 22: 'open', 110: 'open' }, 'filtered'],
    // 10.0.0.0/8 is denied before its SSH is permitted.
    full: nothing,
  },
  // On the server's own segment: no list stands between.
  friend: { none: asHost, short: asHost, full: asHost },
};

function rshFrom(vantage: LabVantage, acl: LabAcl, leak: LabLeak): TrueState | null {
  if (leak === 'off') return null;
  const reached = leak === 'through' || vantage === 'friend' || acl === 'none';
  return reached ? 'open' : null;
}

/** What each port of giant is, seen from a vantage. Pretenders and PortSentry hide this from a scanner; they do not change it. */
export function truthFrom(vantage: LabVantage, options: Pick<LabOptions, 'acl' | 'leak'>): Truth {
  const [seen, others] = rows[vantage][options.acl];
  const ports = new Map(Object.entries(seen).map(([port, state]) => [Number(port), state]));
  const rsh = rshFrom(vantage, options.acl, options.leak);
  if (rsh !== null) ports.set(514, rsh);
  return { ports, others };
}

export function stateOf(truth: Truth, port: number): TrueState {
  return truth.ports.get(port) ?? truth.others;
}
