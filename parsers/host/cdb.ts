import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { TcpRule } from '../../src/model/host.ts';

export interface CdbRecord {
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

const HEADER = 2048;
const MAX_RECORDS = 200_000;
/** A file made so that every key collides would cost the square of its size. */
const MAX_PROBES = 5_000_000;

/** The constant database's hash: start 5381, then (h * 33) xor byte, 32 bits. */
export function cdbHash(key: Uint8Array): number {
  let h = 5381;
  for (const octet of key) h = ((h + (h << 5)) ^ octet) >>> 0;
  return h >>> 0;
}

/**
 * Records of a constant database in file order: 256 table pointers, then key length, data length, key, data,
 * then the tables. Each record must be found through its table, as the reader at run time would look it up.
 */
export function readCdb(file: string, bytes: Uint8Array): Parsed<readonly CdbRecord[]> {
  const diagnostics: Diagnostic[] = [];
  const fail = (message: string): Parsed<readonly CdbRecord[]> => ({
    value: [],
    diagnostics: [
      {
        code: 'host-cdb-damaged',
        severity: 'error',
        message: `${file}: ${message}`,
        span: null,
        mend: 'compile it again with tcprules',
      },
    ],
  });
  if (bytes.length < HEADER) return fail(`${bytes.length} bytes are too few for a compiled database`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length;
  for (let t = 0; t < 256; t++) {
    const position = view.getUint32(t * 8, true);
    const slots = view.getUint32(t * 8 + 4, true);
    if (position < HEADER || position + slots * 8 > bytes.length)
      return fail(`hash table ${t} lies outside the file`);
    end = Math.min(end, position);
  }
  const records: CdbRecord[] = [];
  let probes = 0;
  for (let at = HEADER; at < end; ) {
    if (at + 8 > end) return fail(`a record at byte ${at} is cut off`);
    const keyLength = view.getUint32(at, true);
    const dataLength = view.getUint32(at + 4, true);
    const next = at + 8 + keyLength + dataLength;
    if (next > end) return fail(`a record at byte ${at} is cut off`);
    if (records.length >= MAX_RECORDS) return fail(`more than ${MAX_RECORDS} records`);
    const key = bytes.subarray(at + 8, at + 8 + keyLength);
    const tried = probesTo(view, key, at);
    if (tried === null) return fail(`the record at byte ${at} is in no hash table`);
    probes += tried;
    if (probes > MAX_PROBES) return fail('its keys collide too often to be checked');
    records.push({ key, data: bytes.subarray(at + 8 + keyLength, next) });
    at = next;
  }
  return { value: records, diagnostics };
}

/** Slots looked at until the record at `at` is found; null when it is not. */
function probesTo(view: DataView, key: Uint8Array, at: number): number | null {
  const hash = cdbHash(key);
  const position = view.getUint32((hash & 255) * 8, true);
  const slots = view.getUint32((hash & 255) * 8 + 4, true);
  for (let probe = 0; probe < slots; probe++) {
    const slot = position + (((hash >>> 8) + probe) % slots) * 8;
    const record = view.getUint32(slot + 4, true);
    if (record === 0) return null;
    if (record === at && view.getUint32(slot, true) === hash) return probe + 1;
  }
  return null;
}

const latin1 = new TextDecoder('latin1');

/** tcprules' records: the address is the key; the data is `D` for deny, then `+NAME=value` each closed by NUL. */
export function readCompiledTcpRules(file: string, bytes: Uint8Array): Parsed<readonly TcpRule[]> {
  const { value, diagnostics } = readCdb(file, bytes);
  const rules = value.map(({ key, data }): TcpRule => {
    const parts = latin1.decode(data).split('\0');
    const deny = parts[0]?.startsWith('D') ?? false;
    return {
      address: latin1.decode(key),
      action: deny ? 'deny' : 'allow',
      environment: parts.filter((p) => p.startsWith('+')).map((p) => p.slice(1)),
      line: null,
    };
  });
  return { value: rules, diagnostics };
}
