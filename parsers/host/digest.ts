// Hashes computed here, not by node:crypto: parsers take bytes and touch nothing of the machine.

const rotateRight = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
const rotateLeft = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** The first 32 bits of the fractional parts of the square or cube roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function fractionalRoots(count: number, root: (n: number) => number): Uint32Array {
  const out = new Uint32Array(count);
  for (let n = 2, found = 0; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    const r = root(n);
    out[found++] = Math.floor((r - Math.floor(r)) * 2 ** 32);
  }
  return out;
}

const SHA256_K = fractionalRoots(64, Math.cbrt);
const SHA256_START = fractionalRoots(8, Math.sqrt);

const toHex = (words: Iterable<number>): string =>
  [...words].map((w) => (w >>> 0).toString(16).padStart(8, '0')).join('');

/** Message padding common to SHA-1 and SHA-256: a 1 bit, zeros, the length in bits, 64-byte blocks. */
function* paddedBlocks(bytes: Uint8Array): Generator<DataView> {
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) yield new DataView(bytes.buffer, bytes.byteOffset + at, 64);
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
  for (let at = 0; at < tail.length; at += 64) yield new DataView(tail.buffer, at, 64);
}

export function sha256Hex(bytes: Uint8Array): string {
  const h = Uint32Array.from(SHA256_START);
  const w = new Uint32Array(64);
  for (const block of paddedBlocks(bytes)) {
    for (let t = 0; t < 16; t++) w[t] = block.getUint32(t * 4);
    for (let t = 16; t < 64; t++) {
      const a = w[t - 15]!;
      const b = w[t - 2]!;
      const s0 = rotateRight(a, 7) ^ rotateRight(a, 18) ^ (a >>> 3);
      const s1 = rotateRight(b, 17) ^ rotateRight(b, 19) ^ (b >>> 10);
      w[t] = w[t - 16]! + s0 + w[t - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, i] = h as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
      const t1 = (i + s1 + ((e & f) ^ (~e & g)) + SHA256_K[t]! + w[t]!) | 0;
      const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [i, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [k, v] of [a, b, c, d, e, f, g, i].entries()) h[k] = h[k]! + v;
  }
  return toHex(h);
}

export function sha1Hex(bytes: Uint8Array): string {
  const h = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const w = new Uint32Array(80);
  for (const block of paddedBlocks(bytes)) {
    for (let t = 0; t < 16; t++) w[t] = block.getUint32(t * 4);
    for (let t = 16; t < 80; t++) w[t] = rotateLeft(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
    let [a, b, c, d, e] = h as unknown as [number, number, number, number, number];
    for (let t = 0; t < 80; t++) {
      const [f, k] =
        t < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : t < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : t < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotateLeft(a, 5) + f + e + k + w[t]!) | 0;
      [e, d, c, b, a] = [d, c, rotateLeft(b, 30), a, next];
    }
    for (const [k, v] of [a, b, c, d, e].entries()) h[k] = h[k]! + v;
  }
  return toHex(h);
}

/** POSIX cksum: CRC-32 of the bytes and then of their count, most significant bit first. */
export function posixCksum(bytes: Uint8Array): string {
  let crc = 0;
  const feed = (octet: number): void => {
    crc ^= octet << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  };
  for (const octet of bytes) feed(octet);
  for (let n = bytes.length; n > 0; n = Math.floor(n / 256)) feed(n & 255);
  return String(~crc >>> 0);
}
