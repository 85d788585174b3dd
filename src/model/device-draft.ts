import type { Reading } from './command.ts';
import type { Device } from './device.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type TableName = {
  [K in keyof Device]: Device[K] extends ReadonlyMap<string, unknown> ? K : never;
}[keyof Device];
type ValueOf<K extends TableName> = Device[K] extends ReadonlyMap<string, infer V> ? V : never;

/**
 * A device being changed. Tables and arrays are copied once, when first written; what the draft made itself it
 * changes in place. One draft over a whole file is linear in the file, one draft per pasted command copies only
 * the list and the tables that the command touches, and everything else is shared with the state before.
 */
export class Draft {
  readonly device: Writable<Device>;
  readonly reading: Reading;
  private readonly own = new Set<object>();

  constructor(device: Device, reading: Reading) {
    this.device = { ...device };
    this.reading = reading;
  }

  /** The table, ready to be written. */
  table<K extends TableName>(name: K): Map<string, ValueOf<K>> {
    const table = this.device[name] as unknown as Map<string, ValueOf<K>>;
    if (this.own.has(table)) return table;
    const copy = new Map(table);
    this.own.add(copy);
    this.device[name] = copy as unknown as Writable<Device>[K];
    return copy;
  }

  /** The array itself when this draft made it, else a copy that it may change. */
  writable<T>(array: readonly T[]): T[] {
    if (this.own.has(array)) return array as T[];
    const copy = array.slice();
    this.own.add(copy);
    return copy;
  }
}
