import { diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import type { ShownInterface } from '../../src/model/device-evidence.ts';
import { canonicalInterface } from './interface-name.ts';
import { cutLines, firstNonBlank, looksBinary, spanOf } from './lines.ts';

type Draft = { -readonly [K in keyof ShownInterface]: ShownInterface[K] };

const HEADER = /^(\S+) is (administratively down|up|down|deleted|reset)[^,]*, line protocol is (up|down)/i;
const ADDRESS = /^(Internet|Secondary) address (?:is )?(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})/i;
const LIST = /^(Outgoing|Inbound)\s+(Common )?access list is (?:not set|([^\s,]+))/i;
const UNNUMBERED = /^Interface is unnumbered\. Using address of (\S+)/i;

/** What each interface filters, from `show ip interface`; other lines of the output decide nothing here. */
export function parseShowIpInterface(text: string, file: string): Parsed<readonly ShownInterface[]> {
  const found: Draft[] = [];
  const diagnostics: Diagnostic[] = [];
  if (looksBinary(text))
    return {
      value: [],
      diagnostics: [diagnose('binary-input', null, 'the text is binary: nothing was read')],
    };
  cutLines(text).forEach(({ text: line, overlong }, i) => {
    const from = overlong ? -1 : firstNonBlank(line);
    if (from < 0) return;
    const header = from === 0 ? HEADER.exec(line) : null;
    if (header) {
      const name = canonicalInterface(header[1]!)?.name ?? header[1]!;
      found.push({
        name,
        administrativelyDown: /^admin/i.test(header[2]!),
        lineUp: /^up$/i.test(header[3]!),
        addresses: [],
        inbound: null,
        outbound: null,
        commonInbound: null,
        commonOutbound: null,
        sendsUnreachables: true,
        proxyArp: true,
        vrf: null,
        unnumbered: null,
        span: spanOf(line, 0, file, i + 1),
      });
      return;
    }
    const current = found.at(-1);
    if (current) readDetail(current, line.slice(from));
  });
  if (found.length === 0)
    diagnostics.push(
      diagnose('empty-input', null, 'the text names no interface', {
        mend: 'Save the output of `show ip interface`.',
      }),
    );
  return { value: found, diagnostics };
}

function readDetail(current: Draft, text: string): void {
  const address = ADDRESS.exec(text);
  if (address) {
    const value = parseIpv4(address[2]!);
    const prefixLength = Number(address[3]);
    if (value !== undefined && prefixLength <= 32)
      current.addresses = [
        ...current.addresses,
        { address: value, prefixLength, secondary: /^sec/i.test(address[1]!) },
      ];
    return;
  }
  const list = LIST.exec(text);
  if (list) {
    const name = list[3] ?? null;
    const inbound = /^in/i.test(list[1]!);
    if (list[2]) current[inbound ? 'commonInbound' : 'commonOutbound'] = name;
    else current[inbound ? 'inbound' : 'outbound'] = name;
    return;
  }
  const unreachables = /^ICMP unreachables are (always|never) sent/i.exec(text);
  if (unreachables) current.sendsUnreachables = /^always/i.test(unreachables[1]!);
  const proxyArp = /^Proxy ARP is (enabled|disabled)/i.exec(text);
  if (proxyArp) current.proxyArp = /^enabled/i.test(proxyArp[1]!);
  const vrf = /^VPN Routing\/Forwarding "([^"]*)"/i.exec(text);
  if (vrf) current.vrf = vrf[1]! === '' ? null : vrf[1]!;
  const unnumbered = UNNUMBERED.exec(text);
  if (unnumbered) current.unnumbered = canonicalInterface(unnumbered[1]!)?.name ?? unnumbered[1]!;
}
