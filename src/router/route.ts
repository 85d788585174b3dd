import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { AddressPattern, Ipv4 } from '../model/address.ts';

export type Egress =
  | { readonly kind: 'interface'; readonly interface: string; readonly nextHop: Ipv4 | null }
  | { readonly kind: 'null' }
  /** The text does not say where these packets leave. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Route {
  readonly destination: AddressPattern;
  readonly prefixLength: number;
  /** Administrative distance: connected 0, static 1 unless written. */
  readonly distance: number;
  readonly vrf: string | null;
  readonly egress: Egress;
  /** Tracked: present or withdrawn by an object that the text does not decide. */
  readonly conditional: boolean;
  readonly connected: boolean;
  /** The default route that a DHCP lease usually brings; no statement of the text says so. */
  readonly learned: boolean;
  readonly span: SourceSpan;
}

/** What to say where such a route carries packets; null for every other. */
export const learnedDefault = (route: Route): string | null =>
  route.learned
    ? `a default route is taken to come with the address that DHCP assigns (line ${route.span.line})`
    : null;
