import { choices, type SlowInterface, type SlowRouter, within } from './slow-path.ts';

/** `0.0.0.0/8`, `127.0.0.0/8`, `224.0.0.0/4`: no host sends from these. */
const isNobody = (address: number): boolean =>
  address < 2 ** 24 ||
  Math.floor(address / 2 ** 24) === 127 ||
  Math.floor(address / 2 ** 28) === 14 ||
  address === 2 ** 32 - 1;

/**
 * A slow, separate idea of who may honestly speak at an interface: whom nothing places anywhere, and whom some route of
 * the longest prefix, the best or one that stands in for it, places there.
 */
export function mayBeHonest(
  router: SlowRouter,
  entered: SlowInterface,
  address: number,
  strangersEnter: boolean,
): boolean {
  if (isNobody(address)) return false;
  for (let length = 32; length >= 0; length--) {
    const direct = router.interfaces.filter((i) => !i.shutdown && i.length === length && within(i, address));
    const ways = router.routes
      .filter((r) => r.length === length && within(r, address))
      .flatMap((r) => (r.via === null ? [null] : choices(router, r.via, [r]).map((way) => way?.out)));
    const all = [...direct, ...ways];
    if (all.length > 0) return all.includes(entered) || (length === 0 && strangersEnter);
  }
  return true;
}
