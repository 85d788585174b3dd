/**
 * A slow, separate idea of what becomes of one packet: no sets, no parser, nothing of the product. Where the model
 * leaves something open it tries every possibility, so that the answer is the set of all outcomes.
 */
export interface SlowPacket {
  readonly source: number;
  readonly destination: number;
  readonly protocol: 'tcp' | 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly answer: boolean;
}

export interface SlowAce {
  readonly permit: boolean;
  readonly protocol: 'ip' | 'tcp' | 'udp';
  readonly source: SlowNetwork;
  readonly sourcePorts: readonly [number, number] | null;
  readonly destination: SlowNetwork;
  readonly destinationPorts: readonly [number, number] | null;
  readonly established: boolean;
  /** Active or not: nobody knows. */
  readonly timed: boolean;
}

export interface SlowNetwork {
  readonly address: number;
  readonly length: number;
}

export interface SlowInterface {
  readonly name: string;
  readonly address: number;
  readonly length: number;
  readonly in: readonly SlowAce[] | null;
  readonly out: readonly SlowAce[] | null;
  readonly nat: 'inside' | 'outside' | null;
  readonly shutdown: boolean;
}

export interface SlowRoute extends SlowNetwork {
  /** null: Null0. */
  readonly via: number | null;
  readonly distance: number;
}

export interface SlowStatic {
  readonly local: number;
  readonly global: number;
  readonly ports: {
    readonly protocol: 'tcp' | 'udp';
    readonly local: number;
    readonly global: number;
  } | null;
}

export interface SlowRouter {
  readonly name: string;
  readonly interfaces: readonly SlowInterface[];
  readonly routes: readonly SlowRoute[];
  readonly statics: readonly SlowStatic[];
}

export interface Where {
  readonly router: SlowRouter;
  readonly interface: SlowInterface;
}

export type Outcome =
  | { readonly passes: false }
  | {
      readonly passes: true;
      readonly packet: SlowPacket;
      readonly at: Where;
      readonly own: boolean;
      readonly by: readonly Where[];
    };

const DROPPED: Outcome = { passes: false };

export const within = ({ address, length }: SlowNetwork, host: number): boolean =>
  length === 0 || Math.floor(address / 2 ** (32 - length)) === Math.floor(host / 2 ** (32 - length));

const portIn = (range: readonly [number, number] | null, port: number): boolean =>
  range === null || (range[0] <= port && port <= range[1]);

export function matches(ace: SlowAce, p: SlowPacket): boolean {
  return (
    (ace.protocol === 'ip' || ace.protocol === p.protocol) &&
    within(ace.source, p.source) &&
    within(ace.destination, p.destination) &&
    (ace.protocol === 'ip' ||
      (portIn(ace.sourcePorts, p.sourcePort) && portIn(ace.destinationPorts, p.destinationPort))) &&
    (!ace.established || (p.protocol === 'tcp' && p.answer))
  );
}

/** Every verdict that the list may give. */
function listVerdicts(list: readonly SlowAce[] | null, p: SlowPacket): readonly boolean[] {
  if (list === null || list.length === 0) return [true];
  const verdicts = new Set<boolean>();
  for (const ace of list) {
    if (!matches(ace, p)) continue;
    verdicts.add(ace.permit);
    if (!ace.timed) return [...verdicts];
  }
  return [...verdicts.add(false)];
}

type Way = {
  readonly out: SlowInterface;
  readonly hop: number;
  readonly length: number;
  readonly direct: boolean;
} | null;

/**
 * Every egress and next hop that the table may choose; null: dropped by it; none: no route. A next hop is looked up
 * in turn, and a route that only its own next hop leads to is not there.
 */
export function choices(
  router: SlowRouter,
  destination: number,
  asking: readonly SlowRoute[] = [],
): readonly Way[] {
  const up = router.interfaces.filter((i) => !i.shutdown);
  for (let length = 32; length >= 0; length--) {
    const direct = up.filter((i) => i.length === length && within(i, destination));
    if (direct.length > 0) return direct.map((out) => ({ out, hop: destination, length, direct: true }));
    const routes = router.routes.filter((r) => r.length === length && within(r, destination));
    for (const distance of [...new Set(routes.map((r) => r.distance))].sort((a, b) => a - b)) {
      const ways = routes
        .filter((r) => r.distance === distance && !asking.includes(r))
        .flatMap((r) =>
          r.via === null
            ? [null]
            : choices(router, r.via, [...asking, r]).map((w) => w && { ...w, length, direct: false }),
        );
      if (ways.length > 0) return ways;
    }
  }
  return [];
}

const ownerAmong = (routers: readonly SlowRouter[], address: number): Where | undefined =>
  routers
    .flatMap((router) => router.interfaces.map((i) => ({ router, interface: i })))
    .find((w) => !w.interface.shutdown && w.interface.address === address);

const byPorts = (s: readonly SlowStatic[]): readonly SlowStatic[] => [
  ...s.filter((x) => x.ports !== null),
  ...s.filter((x) => x.ports === null),
];

function comeInside(router: SlowRouter, p: SlowPacket): SlowPacket {
  for (const s of byPorts(router.statics)) {
    if (s.global !== p.destination) continue;
    if (s.ports === null) return { ...p, destination: s.local };
    if (s.ports.protocol === p.protocol && s.ports.global === p.destinationPort)
      return { ...p, destination: s.local, destinationPort: s.ports.local };
  }
  return p;
}

function goOutside(router: SlowRouter, p: SlowPacket): SlowPacket {
  for (const s of byPorts(router.statics)) {
    if (s.local !== p.source) continue;
    if (s.ports === null) return { ...p, source: s.global };
    if (s.ports.protocol === p.protocol && s.ports.local === p.sourcePort)
      return { ...p, source: s.global, sourcePort: s.ports.global };
  }
  return p;
}

/** Every outcome of a packet that arrives at an interface. `back`: for a reply, where the request had entered each router. */
export function outcomes(
  routers: readonly SlowRouter[],
  at: Where,
  packet: SlowPacket,
  back: readonly Where[] = [],
  by: readonly Where[] = [],
): readonly Outcome[] {
  if (at.interface.shutdown || by.some((w) => w.router === at.router && w.interface === at.interface))
    return [DROPPED];
  const passed = [...by, at];
  return listVerdicts(at.interface.in, packet).flatMap((permit): readonly Outcome[] => {
    if (!permit) return [DROPPED];
    const inside = at.interface.nat === 'outside' ? comeInside(at.router, packet) : packet;
    const own = at.router.interfaces.find((i) => !i.shutdown && i.address === inside.destination);
    if (own)
      return [
        { passes: true, packet: inside, at: { router: at.router, interface: own }, own: true, by: passed },
      ];
    // From inside nobody translates an outer address; who answers for it is open.
    const outer =
      back.length === 0 &&
      at.interface.nat !== 'outside' &&
      at.router.statics.some((s) => s.global === packet.destination);
    return [...forward(routers, at, inside, back, passed), ...(outer ? [DROPPED] : [])];
  });
}

function forward(
  routers: readonly SlowRouter[],
  at: Where,
  packet: SlowPacket,
  back: readonly Where[],
  by: readonly Where[],
): readonly Outcome[] {
  const ways = choices(at.router, packet.destination);
  const home = back.find((w) => w.router === at.router);
  if (ways.length === 0)
    return home
      ? leave(
          routers,
          at,
          { out: home.interface, hop: packet.destination, length: 0, direct: false },
          packet,
          back,
          by,
        )
      : [DROPPED];
  return ways.flatMap((way) => (way === null ? [DROPPED] : leave(routers, at, way, packet, back, by)));
}

function leave(
  routers: readonly SlowRouter[],
  at: Where,
  way: NonNullable<Way>,
  packet: SlowPacket,
  back: readonly Where[],
  by: readonly Where[],
): readonly Outcome[] {
  const { out, hop } = way;
  if (out.shutdown) return [DROPPED];
  const translates = at.interface.nat === 'inside' && out.nat === 'outside';
  const outside = translates ? goOutside(at.router, packet) : packet;
  return listVerdicts(out.out, outside).flatMap((permit): readonly Outcome[] => {
    if (!permit) return [DROPPED];
    const next = routers
      .filter((r) => r !== at.router)
      .flatMap((router) => router.interfaces.map((i) => ({ router, interface: i })))
      .find((w) => !w.interface.shutdown && w.interface.address === hop && within(out, hop));
    return next
      ? outcomes(routers, next, outside, back, by)
      : [{ passes: true, packet: outside, at: { router: at.router, interface: out }, own: false, by }];
  });
}

/** Every outcome of the answer to a request that arrived at a host. */
export function replies(
  routers: readonly SlowRouter[],
  request: Extract<Outcome, { passes: true }>,
): readonly Outcome[] {
  const { packet, at, by } = request;
  const answer: SlowPacket = {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    sourcePort: packet.destinationPort,
    destinationPort: packet.sourcePort,
    answer: true,
  };
  const gateways = [at];
  if (within(at.interface, packet.destination))
    for (const router of routers)
      for (const i of router.interfaces)
        if (router !== at.router && !i.shutdown && within(at.interface, i.address))
          gateways.push({ router, interface: i });
  return gateways.flatMap((g) => outcomes(routers, g, answer, by));
}

export function verdictOf(all: readonly Outcome[]): 'permit' | 'deny' | 'undetermined' {
  if (all.every((o) => o.passes)) return 'permit';
  return all.some((o) => o.passes) ? 'undetermined' : 'deny';
}

/** Every place where packets of a source may come in: its own network's, else where the longest routes lead back to. */
export function entrances(routers: readonly SlowRouter[], source: number): readonly Where[] {
  const found = routers.flatMap((router) =>
    choices(router, source).flatMap((way) => {
      const owner = way && !way.direct ? ownerAmong(routers, way.hop) : undefined;
      return way && (owner === undefined || owner.router === router)
        ? [{ router, interface: way.out, length: way.length, direct: way.direct }]
        : [];
    }),
  );
  const near = found.some((w) => w.direct) ? found.filter((w) => w.direct) : found;
  const longest = Math.max(...near.map((w) => w.length));
  return near.filter((w) => w.length === longest);
}

/** Hosts of one network, neither of them a router's own or translated address. */
export const areNeighbours = (routers: readonly SlowRouter[], a: number, b: number): boolean =>
  ownerAmong(routers, b) === undefined &&
  !routers.some((r) => r.statics.some((s) => s.global === b)) &&
  routers.some((r) => r.interfaces.some((i) => !i.shutdown && within(i, a) && within(i, b)));
