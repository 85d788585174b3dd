/**
 * HalfSipHash-2-4 over three 32-bit words: an initial sequence number that nobody can guess who does not see the
 * packets, and that need not be remembered.
 */
export type KeyedHash = (a: number, b: number, c: number) => number;

export function createKeyedHash(key0: number, key1: number): KeyedHash {
  return (a, b, c) => {
    let v0 = key0;
    let v1 = key1;
    let v2 = 0x6c796765 ^ key0;
    let v3 = 0x74656462 ^ key1;
    const round = () => {
      v0 = (v0 + v1) | 0;
      v1 = (v1 << 5) | (v1 >>> 27);
      v1 ^= v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = (v3 << 8) | (v3 >>> 24);
      v3 ^= v2;
      v0 = (v0 + v3) | 0;
      v3 = (v3 << 7) | (v3 >>> 25);
      v3 ^= v0;
      v2 = (v2 + v1) | 0;
      v1 = (v1 << 13) | (v1 >>> 19);
      v1 ^= v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    };
    for (const word of [a, b, c, 12 << 24]) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }
    v2 ^= 0xff;
    round();
    round();
    round();
    round();
    return (v1 ^ v3) >>> 0;
  };
}
