import { diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import type { AccessListLog, LoggedPacket } from '../../src/model/device-evidence.ts';
import { ICMP, IGMP } from '../../src/model/packet.ts';
import { canonicalInterface } from './interface-name.ts';
import { cutLines, firstNonBlank, looksBinary, spanOf } from './lines.ts';
import { PROTOCOLS } from './names/protocols.ts';
import { readNumber } from './words.ts';

const MESSAGE = /%([A-Z0-9_-]+)-6-((?:IP)?ACCESSLOG[A-Z]*): ?/;
const TIME = /([*.]?[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d+)?(?: [A-Z]{2,5})?):? *$/;

/** Reads what routers log of their lists out of any syslog text; lines of other messages are passed over. */
export function parseAccessListLog(text: string, file: string): Parsed<AccessListLog> {
  const packets: LoggedPacket[] = [];
  const diagnostics: Diagnostic[] = [];
  let missed = 0;
  if (looksBinary(text))
    return {
      value: { packets, missed },
      diagnostics: [diagnose('binary-input', null, 'the text is binary: nothing was read')],
    };
  cutLines(text).forEach(({ text: line, overlong }, i) => {
    if (overlong || !line.includes('ACCESSLOG')) return;
    const message = MESSAGE.exec(line);
    if (!message) return;
    const span = spanOf(line, Math.max(0, firstNonBlank(line)), file, i + 1);
    const mnemonic = message[2]!;
    const body = line.slice(message.index + message[0].length);
    if (!mnemonic.startsWith('IP')) {
      diagnostics.push(diagnose('ipv6-not-modelled', span, 'a message of an IPv6 list'));
      return;
    }
    if (mnemonic === 'IPACCESSLOGRL') {
      missed += Number(/(\d+) packets?/.exec(body)?.[1] ?? 0);
      return;
    }
    const at = TIME.exec(line.slice(0, message.index))?.[1] ?? null;
    const packet = readBody(mnemonic, body, at, span);
    if (packet) packets.push(packet);
    else diagnostics.push(diagnose('unparsed-line', span, `this ${mnemonic} message could not be read`));
  });
  return { value: { packets, missed }, diagnostics };
}

const HEAD = /^(?:.{0,80}?: +)?list (\S+) (denied|permitted) (.*)$/;
const TAIL = /, ?(\d+) packets?\s*(?:\[([^\]]*)\])?\s*$|\s(\d+) packets?\s*(?:\[([^\]]*)\])?\s*$/;
const ENDPOINT = /^(\d+\.\d+\.\d+\.\d+)(?:\((\d+)\))?$/;
const ARRIVAL = /\(([^()]*)\)\s*$/;
const MAC = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;

/** `list X denied tcp S(sp) (IF MAC) -> D(dp), N packets [tag]`, with the variants of each mnemonic. */
function readBody(
  mnemonic: string,
  body: string,
  at: string | null,
  span: SourceSpan,
): LoggedPacket | undefined {
  const head = HEAD.exec(body);
  const tail = head ? TAIL.exec(head[3]!) : null;
  if (!head || !tail) return undefined;
  const count = Number(tail[1] ?? tail[3]);
  const base = {
    list: head[1]!,
    action: head[2] === 'denied' ? ('deny' as const) : ('permit' as const),
    packets: count,
    tag: tail[2] ?? tail[4] ?? null,
    at,
    span,
    interface: null,
    mac: null,
    sourcePort: null,
    destinationPort: null,
    icmp: null,
    igmpType: null,
  };
  let middle = head[3]!.slice(0, tail.index).trim();
  if (mnemonic === 'IPACCESSLOGS') {
    const source = parseIpv4(middle.replace(/,$/, ''));
    return source === undefined ? undefined : { ...base, protocol: null, source, destination: null };
  }
  const space = middle.indexOf(' ');
  const protocol = protocolOf(middle.slice(0, space));
  middle = middle.slice(space + 1);
  const arrow = middle.indexOf('->');
  if (protocol === undefined || space < 0 || arrow < 0) return undefined;
  const from = readSource(middle.slice(0, arrow).trim());
  const [to = '', types = ''] = middle
    .slice(arrow + 2)
    .trim()
    .split(/\s+(?=\()/, 2);
  const destination = ENDPOINT.exec(to);
  const destinationAddress = destination ? parseIpv4(destination[1]!) : undefined;
  if (!from || destination === null || destinationAddress === undefined) return undefined;
  const numbers = /^\((\d+)(?:\/(\d+))?\)$/.exec(types);
  return {
    ...base,
    protocol,
    ...from,
    destination: destinationAddress,
    destinationPort: portOf(destination[2]),
    icmp:
      protocol === ICMP && numbers?.[2] !== undefined
        ? { type: Number(numbers[1]), code: Number(numbers[2]) }
        : null,
    igmpType: protocol === IGMP && numbers ? Number(numbers[1]) : null,
  };
}

function protocolOf(word: string): number | undefined {
  const number = readNumber(word);
  if (number !== undefined) return number <= 255 ? number : undefined;
  return PROTOCOLS.exact.get(word.toLowerCase())?.number ?? undefined;
}

const portOf = (digits: string | undefined): number | null => {
  const port = digits === undefined ? undefined : readNumber(digits);
  return port === undefined || port > 65535 ? null : port;
};

/** `S(sp) (IF MAC)`; some platforms put the MAC before the address, or leave the brackets out. */
function readSource(
  text: string,
): Pick<LoggedPacket, 'source' | 'sourcePort' | 'interface' | 'mac'> | undefined {
  let rest = text;
  let mac: string | null = null;
  let name: string | null = null;
  const [first = ''] = rest.split(' ', 1);
  if (MAC.test(first)) {
    mac = first;
    rest = rest.slice(first.length).trim();
  }
  const arrival = / \(/.test(rest) ? ARRIVAL.exec(rest) : null;
  if (arrival) {
    const [word = '', second] = arrival[1]!.trim().split(/\s+/);
    name = canonicalInterface(word)?.name ?? (word === '' ? null : word);
    if (second !== undefined && MAC.test(second)) mac = second;
    rest = rest.slice(0, arrival.index).trim();
  }
  const [address = '', bare, ...more] = rest.split(/\s+/);
  if (bare !== undefined && more.length === 0) {
    name = canonicalInterface(bare)?.name ?? null;
    rest = name === null ? rest : address;
  }
  const endpoint = ENDPOINT.exec(rest);
  const source = endpoint ? parseIpv4(endpoint[1]!) : undefined;
  return endpoint === null || source === undefined
    ? undefined
    : { source, sourcePort: portOf(endpoint[2]), interface: name, mac };
}
