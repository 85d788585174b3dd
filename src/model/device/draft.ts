import type { Reading } from '../command.ts';
import type { Device } from './device.ts';
import type { OpenList } from './open-list.ts';

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
  /** How many entries and members name a group; counted when first asked for. */
  groupUses: Map<string, number> | null = null;
  /** The lists that a file's lines have touched, by their entries. */
  readonly lists = new Map<readonly unknown[], OpenList>();
  private readonly own = new WeakSet<object>();
  private readonly behind = new Map<unknown[], () => readonly unknown[]>();

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
    return this.own.has(array) ? (array as T[]) : this.made(array.slice());
  }

  /** Lets the draft change an array that was made for it. */
  made<T>(array: T[]): T[] {
    this.own.add(array);
    return array;
  }

  /**
   * From here on `values` knows better than the array what it holds. A file's lines would otherwise move all rows
   * behind each one that they take out.
   */
  fallBehind<T>(array: T[], values: () => readonly T[]): void {
    this.behind.set(array, values);
  }

  isBehind(array: readonly unknown[]): boolean {
    return this.behind.has(array as unknown[]);
  }

  /** Brings every array up to what it should hold. */
  catchUp(): void {
    for (const [array, values] of this.behind) {
      array.length = 0;
      for (const value of values()) array.push(value);
    }
    this.behind.clear();
  }
}
