/** How lines name the rows of one kind. */
export interface RowKind<T> {
  /** Everything by which a line may name the row; rows may share a key. */
  keys(row: T): readonly string[];
  /** The row stands before all others whenever it is entered, such as an interface's primary address. */
  leads?(row: T): boolean;
}

/** A row's place, kept when another value is put there. */
export interface Row<T> {
  readonly value: T;
}

type Writable<T> = { -readonly [K in keyof Row<T>]: Row<T>[K] };

/**
 * Rows in the order of their entry, found, replaced and taken out by what a line says of them, each in constant time
 * whatever their number.
 */
export class KeyedRows<T> {
  private readonly kind: RowKind<T>;
  private readonly leading = new Set<Row<T>>();
  private readonly others = new Set<Row<T>>();
  private readonly named = new Map<string, Set<Row<T>>>();

  constructor(kind: RowKind<T>, values: readonly T[]) {
    this.kind = kind;
    for (const value of values) this.add(value);
  }

  get size(): number {
    return this.leading.size + this.others.size;
  }

  add(value: T): void {
    const row = { value };
    (this.kind.leads?.(value) ? this.leading : this.others).add(row);
    this.name(row);
  }

  /** The rows that one of the keys names. */
  find(...keys: readonly string[]): ReadonlySet<Row<T>> {
    if (keys.length === 1) return this.named.get(keys[0]!) ?? NONE;
    return new Set(keys.flatMap((key) => [...(this.named.get(key) ?? NONE)]));
  }

  replace(row: Row<T>, value: T): void {
    this.unname(row);
    (row as Writable<T>).value = value;
    this.name(row);
  }

  delete(row: Row<T>): void {
    if (!this.others.delete(row)) this.leading.delete(row);
    this.unname(row);
  }

  values(): T[] {
    const values: T[] = [];
    for (const row of this.leading) values.push(row.value);
    for (const row of this.others) values.push(row.value);
    return values;
  }

  private name(row: Row<T>): void {
    for (const key of this.kind.keys(row.value)) {
      const rows = this.named.get(key);
      if (rows) rows.add(row);
      else this.named.set(key, new Set([row]));
    }
  }

  /** A key keeps its empty set: a map slows down where one key is deleted and set again and again. */
  private unname(row: Row<T>): void {
    for (const key of this.kind.keys(row.value)) this.named.get(key)?.delete(row);
  }
}

const NONE: ReadonlySet<never> = new Set<never>();
