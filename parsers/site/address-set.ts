import IPCIDR from 'ip-cidr';
import { formatIpv4, parseIpv4 } from '../../src/model/address.ts';
import { type Ranges, subtractRanges, toRanges } from '../../src/model/ports.ts';
import type { Path } from './positions.ts';
import type { SiteValues } from './site-values.ts';

/** Addresses as ranges of 32-bit numbers, canonical. */
export interface AddressSet {
  /** All that the text covers. */
  readonly all: Ranges;
  /** All but the network and broadcast addresses of the networks in it, unless they are also named otherwise. */
  readonly hosts: Ranges;
}

type Range = readonly [number, number];

/** One item: the addresses it covers, and those of them that hosts may have. */
interface Item {
  readonly all: Range;
  readonly hosts: Range;
}

interface Complaint {
  readonly problem: string;
  readonly mend: string;
}

const EXAMPLES =
  'write a network (192.0.2.0/28), a range (192.0.2.10-192.0.2.20), an address, or a list of them';

/** Addresses, ranges `A-B` and networks in CIDR notation; an item that is none of them is named at its place. */
export function readAddressSet(values: SiteValues, raw: string | readonly string[], path: Path): AddressSet {
  const items = [raw].flat().flatMap((text, i): Item[] => {
    const item = readItem(text.trim());
    if (!('problem' in item)) return [item];
    values.error(typeof raw === 'string' ? path : [...path, i], false, item.problem, item.mend);
    return [];
  });
  return { all: toRanges(items.map((i) => i.all)), hosts: toRanges(items.map((i) => i.hosts)) };
}

function readItem(text: string): Item | Complaint {
  if (text.includes('/')) return readNetwork(text);
  const ends = text.split('-').map((end) => parseIpv4(end.trim()));
  const [from, to = from] = ends;
  if (from === undefined || to === undefined || ends.length > 2 || ends.includes(undefined))
    return { problem: `"${text}" is neither an IPv4 address, a range nor a network`, mend: EXAMPLES };
  if (from > to)
    return {
      problem: `the range "${text}" runs backwards`,
      mend: `write ${formatIpv4(to)}-${formatIpv4(from)}`,
    };
  return { all: [from, to], hosts: [from, to] };
}

function readNetwork(text: string): Item | Complaint {
  const [base = ''] = text.split('/');
  const written = parseIpv4(base);
  if (written === undefined || !IPCIDR.isValidCIDR(text))
    return { problem: `"${text}" is not an IPv4 network`, mend: EXAMPLES };
  const [first, last] = new IPCIDR(text).toRange<string>().map(parseIpv4);
  if (first === undefined || last === undefined) throw new Error(`ip-cidr gives no ends of ${text}`);
  // Guessing which of the two was meant would probe up to a whole network that nobody declared.
  if (written !== first)
    return {
      problem: `"${text}" has bits outside its own mask`,
      mend: `write ${formatIpv4(first)}${text.slice(base.length)} for the network, or ${base} for the host`,
    };
  const all: Range = [first, last];
  return { all, hosts: last - first < 3 ? all : [first + 1, last - 1] };
}

/** What of the set no host may have: the ends of its networks. */
export const networkEnds = ({ all, hosts }: AddressSet): Ranges => subtractRanges(all, hosts);
