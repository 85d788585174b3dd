import { formatIpv4 } from '../../../src/model/address.ts';
import type { RouterConfig, TerminalLine } from '../../../src/model/router-config.ts';
import { asItStood } from './words.ts';

export function printSettings({ settings }: RouterConfig): string[] {
  const lines: string[] = [];
  if (!settings.ipRouting) lines.push('no ip routing');
  if (!settings.ipClassless) lines.push('no ip classless');
  if (settings.defaultGateway !== null)
    lines.push(`ip default-gateway ${formatIpv4(settings.defaultGateway)}`);
  if (settings.unreachableIntervalMs === 0) lines.push('no ip icmp rate-limit unreachable');
  else if (settings.unreachableIntervalMs !== 500)
    lines.push(`ip icmp rate-limit unreachable ${settings.unreachableIntervalMs}`);
  if (settings.tcpIntercept) {
    if (settings.tcpIntercept.mode === 'watch') lines.push('ip tcp intercept mode watch');
    lines.push(`ip tcp intercept list ${settings.tcpIntercept.list}`);
  }
  if (settings.httpServer !== null) lines.push(`${settings.httpServer ? '' : 'no '}ip http server`);
  for (const e of settings.effects) {
    if (e.name?.startsWith('control-plane ')) lines.push('control-plane', ` ${asItStood(e.span)}`);
    else if (e.name?.startsWith('route-map ') && e.name.includes(': '))
      lines.push(e.name.slice(0, e.name.indexOf(': ')), ` ${asItStood(e.span)}`);
    else lines.push(asItStood(e.span));
  }
  return lines;
}

/** Uses of lists, each under the header that it stood under. */
export function printUses(config: RouterConfig): string[][] {
  const blocks = new Map<string, string[]>();
  const seen = new Set(config.settings.effects.map((e) => asItStood(e.span)));
  for (const { owner } of config.references) {
    if (owner === undefined || owner.startsWith('interface ') || seen.has(owner)) continue;
    seen.add(owner);
    const cut = owner.indexOf(': ');
    const header = cut < 0 ? '' : owner.slice(0, cut);
    const lines = blocks.get(header) ?? (header === '' ? [] : [printedHeader(header)]);
    lines.push(header === '' ? owner : ` ${owner.slice(cut + 2)}`);
    blocks.set(header, lines);
  }
  return [...blocks.values()];
}

/** `crypto map M 10` opens its mode only with its kind behind it. */
const printedHeader = (header: string): string =>
  header.startsWith('crypto map ') ? `${header} ipsec-isakmp` : header;

export function printLine(l: TerminalLine): string[] {
  const kind = l.kind === 'console' ? 'con' : l.kind;
  const lines = [`line ${kind} ${l.first}${l.last === l.first ? '' : ` ${l.last}`}`];
  for (const [use, direction] of [
    [l.accessClassIn, 'in'],
    [l.accessClassOut, 'out'],
  ] as const)
    if (use) lines.push(` access-class ${use.acl} ${direction}${use.vrfAlso ? ' vrf-also' : ''}`);
  if (l.transportInput !== null) lines.push(` transport input ${l.transportInput.join(' ')}`);
  return lines;
}
