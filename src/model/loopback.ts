/** True for what a listing or a config calls the host's own loopback: 127/8, ::1 and its names; nobody else reaches it. */
export const isLoopback = (address: string): boolean =>
  /^((::ffff:)?127\.|::1$|\[::1\]$|localhost(\.localdomain)?$|ip6-(localhost|loopback)$)/i.test(address);
