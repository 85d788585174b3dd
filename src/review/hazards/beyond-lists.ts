import type { Box } from '../../headerspace/box.ts';
import type { Device } from '../../model/device/device.ts';
import { NO_ACCOUNT, toRouterConfig } from '../../model/device/device.ts';
import type { Doubt } from '../../model/exposure.ts';
import type { Interface, RouterConfig } from '../../model/router-config.ts';
import { buildRouter, type Router } from '../../router/network.ts';
import { followPath } from '../../router/path.ts';
import type { PathPiece } from '../../router/walk.ts';
import type { DeviceState } from './device-state.ts';

/** Packets that arrive at one interface. */
interface Asked {
  readonly arrival: string;
  readonly boxes: readonly Box[];
}

/** One state with all that its text says beside lists, and with what commands are blamed for. */
interface Views {
  readonly whole: Router;
  readonly followed: Router;
}

const CONTROL_PLANE_POLICY = /^control-plane service-policy /i;

/**
 * Watches what becomes of packets to the router itself besides its lists: translation may lead them to another host,
 * the check of their source or the policy of a zone pair to `self` may drop them. Of lists nothing is asked here, nor of
 * the control plane's policy, which limits rates more often than it refuses a login: it is told that nobody follows it.
 */
export class BeyondLists {
  private readonly start: DeviceState;
  private readonly excerpt: boolean;
  private last: { readonly device: Device; readonly router: Router } | null = null;
  private readonly passed = new Map<string, boolean>();

  constructor(config: RouterConfig, start: DeviceState) {
    this.start = start;
    this.excerpt = config.excerpt;
  }

  /** Why packets that reached the router at the start do not any more, or may not; null: they do, or did not then. */
  whyStopped(state: DeviceState, arrival: string, key: string, box: Box): string | null {
    if (isSame(state.device, this.start.device)) return null;
    const place = `${arrival} ${key}`;
    const first = this.passed.get(place) ?? this.ask(this.start.device, arrival, box) === null;
    this.passed.set(place, first);
    return first ? this.ask(state.device, arrival, box) : null;
  }

  /**
   * What may stop packets to the router itself at the start or at the end without any command being blamed for it: the
   * control plane's policy, and all of it where something else left open already at the start whether they pass.
   */
  unfollowed(end: Device, asked: readonly Asked[]): readonly Doubt[] {
    const start = this.start.device;
    const [first, last] = [start, end].map((device) => ({
      whole: this.buildWith(device, []),
      followed: this.buildWith(device, [CONTROL_PLANE_POLICY]),
    })) as [Views, Views];
    return asked.flatMap((place) => {
      const all = [...doubtsAt(first.whole, place), ...doubtsAt(last.whole, place)];
      if (doubtsAt(first.followed, place).length > 0) return all;
      const told = new Set(doubtsAt(last.followed, place).map((d) => d.reason));
      return all.filter((d) => !told.has(d.reason));
    });
  }

  private ask(device: Device, arrival: string, box: Box): string | null {
    const router = this.routerOf(device);
    const ingress = router.config.interfaces.get(arrival);
    if (!ingress) return `${arrival} is gone`;
    for (const piece of pathsOf(router, ingress, [box])) {
      if (piece.verdict === 'permit' && piece.arrival.kind === 'router') continue;
      if (piece.verdict === 'undetermined')
        return piece.doubts[0]?.reason ?? 'the text leaves open whether they pass';
      return piece.arrival.kind === 'dropped'
        ? (piece.assumptions.at(-1) ?? 'they are dropped')
        : 'translation leads them to another address';
    }
    return null;
  }

  private routerOf(device: Device): Router {
    if (this.last && isSame(this.last.device, device)) return this.last.router;
    const router = this.buildWith(device, [CONTROL_PLANE_POLICY]);
    this.last = { device, router };
    return router;
  }

  private buildWith(device: Device, ignored: readonly RegExp[]): Router {
    return buildRouter({ name: '', config: withoutLists(device, this.excerpt, ignored) }, { clock: null });
  }
}

function doubtsAt(router: Router, { arrival, boxes }: Asked): readonly Doubt[] {
  const ingress = router.config.interfaces.get(arrival);
  return ingress ? pathsOf(router, ingress, boxes).flatMap((piece) => piece.doubts) : [];
}

const pathsOf = (router: Router, ingress: Interface, boxes: readonly Box[]): readonly PathPiece[] =>
  followPath({ routers: [router] }, router, ingress, boxes, { egress: null, replyTo: null });

/** The same for all that is asked here: lists, and who may log in, aside. */
const isSame = (a: Device, b: Device): boolean =>
  a === b ||
  (alikeButLists(a.interfaces, b.interfaces) &&
    a.routes === b.routes &&
    a.nat === b.nat &&
    a.natPools === b.natPools &&
    a.routing === b.routing &&
    a.settings === b.settings);

type Interfaces = Device['interfaces'];
const knownAlike = new WeakMap<Interfaces, WeakMap<Interfaces, boolean>>();

/** Whether nothing but the lists bound to them parts two states of the interfaces. */
function alikeButLists(a: Interfaces, b: Interfaces): boolean {
  if (a === b) return true;
  const others = knownAlike.get(a) ?? new WeakMap<Interfaces, boolean>();
  knownAlike.set(a, others);
  const alike = others.get(b) ?? compareButLists([...a.values()], [...b.values()]);
  others.set(b, alike);
  return alike;
}

const compareButLists = (some: readonly Interface[], others: readonly Interface[]): boolean =>
  some.length === others.length && some.every((one, i) => sameButLists(one, others[i]!));

function sameButLists(a: Interface, b: Interface): boolean {
  if (a === b) return true;
  const { bindings: _a, ...one } = a;
  const { bindings: _b, ...other } = b;
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof typeof one>;
  return [...fields].every((field) => one[field] === other[field]);
}

function withoutLists(device: Device, excerpt: boolean, ignored: readonly RegExp[]): RouterConfig {
  const config = toRouterConfig({ ...device, lines: new Map() }, { file: '', excerpt, account: NO_ACCOUNT });
  const unbound = ([name, i]: readonly [string, Interface]) =>
    [name, { ...i, bindings: { in: null, out: null } }] as const;
  const effects = config.settings.effects.filter((e) => !ignored.some((i) => i.test(e.name ?? '')));
  return {
    ...config,
    interfaces: new Map([...config.interfaces].map(unbound)),
    settings: { ...config.settings, effects },
  };
}
