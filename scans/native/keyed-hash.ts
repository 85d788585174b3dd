/**
 * HalfSipHash-2-4 over three 32-bit words: an initial sequence number that nobody can guess who does not see the
 * packets, and that need not be remembered.
 */
export type KeyedHash = (a: number, b: number, c: number) => number;

export function createKeyedHash(key0: number, key1: number): KeyedHash {
  // Written out as one loop: a closure for each round would be made anew for every packet.
  const words = new Int32Array(4);
  words[3] = 12 << 24;
  return (a, b, c) => {
    words[0] = a;
    words[1] = b;
    words[2] = c;
    let v0 = key0;
    let v1 = key1;
    let v2 = 0x6c796765 ^ key0;
    let v3 = 0x74656462 ^ key1;
    // Two rounds for each of four words, then four more.
    for (let round = 0; round < 12; round++) {
      const word = words[round >>> 1];
      if (word !== undefined && (round & 1) === 0) v3 ^= word;
      else if (round === 8) v2 ^= 0xff;
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
      if (word !== undefined && (round & 1) === 1) v0 ^= word;
    }
    return (v1 ^ v3) >>> 0;
  };
}
