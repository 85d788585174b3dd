import { ACCEPTED, type Hold } from '../engine.ts';

/** What is known of the probes of one address: arrays, since any port may be asked at any time. */
export class AddressTable {
  readonly address: number;
  readonly state = new Uint8Array(65536);
  readonly attempt = new Uint8Array(65536);
  readonly keys = new Float64Array(65536);
  readonly sentAt = new Float64Array(65536);
  usedAt = 0;
  /** Probes and handshakes whose end is still to be told. */
  underWay = 0;
  private readonly holds: Hold[] = [ACCEPTED];
  private readonly holdOf = new Uint8Array(65536);

  constructor(address: number) {
    this.address = address;
  }

  /** A scan knows a handful of holds only. */
  setHold(port: number, hold: Hold): void {
    const known = this.holds.indexOf(hold);
    this.holdOf[port] = known >= 0 ? known : this.holds.push(hold) - 1;
  }

  holdFor(port: number): Hold {
    return this.holds[this.holdOf[port]!]!;
  }
}

/** Tables kept at once; the one used longest ago goes, of those that wait for nothing. */
const MOST_TABLES = 64;

/** The tables of the addresses asked lately. */
export class AddressTables {
  private readonly tables = new Map<number, AddressTable>();
  /** Most questions are about the same address as the one before. */
  private latest: AddressTable | undefined;

  find(address: number): AddressTable | undefined {
    if (this.latest?.address !== address) this.latest = this.tables.get(address);
    return this.latest;
  }

  use(address: number, now: number): AddressTable {
    let table = this.find(address);
    if (!table) {
      if (this.tables.size >= MOST_TABLES) {
        const idle = [...this.tables].filter(([, { underWay }]) => underWay === 0);
        const [oldest] = idle.sort((a, b) => a[1].usedAt - b[1].usedAt);
        if (oldest) this.tables.delete(oldest[0]);
      }
      table = new AddressTable(address);
      this.tables.set(address, table);
      this.latest = table;
    }
    table.usedAt = now;
    return table;
  }
}
