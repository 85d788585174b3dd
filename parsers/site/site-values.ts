import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { nearest } from '../../src/diagnostics/nearest.ts';
import { type AddressPattern, hostPattern, type Ipv4, parseIpv4 } from '../../src/model/address.ts';
import { ALL_PORTS, type PortSet, toRanges } from '../../src/model/ports.ts';
import { parsePattern } from './address-pattern.ts';
import type { Path, Positions } from './positions.ts';
import type { RawPorts } from './schema.ts';

/** Reads single values of the file. What is wrong becomes a diagnostic at its place, and a harmless value stands in. */
export class SiteValues {
  readonly diagnostics: Diagnostic[] = [];
  readonly pos: Positions;

  constructor(pos: Positions) {
    this.pos = pos;
  }

  error(path: Path, key: boolean, message: string, mend: string): void {
    this.diagnostics.push({
      code: 'site-invalid',
      severity: 'error',
      message,
      span: this.pos.of(path, key),
      mend,
    });
  }

  unknown(path: Path, kind: string, name: string, choices: Iterable<string>): void {
    const all = [...choices];
    const close = nearest(name, all);
    this.error(
      path,
      false,
      `there is no ${kind} "${name}"`,
      close ? `did you mean "${close}"?` : `known: ${all.join(', ') || 'none'}`,
    );
  }

  duplicates(names: readonly string[], path: (index: number) => Path, kind: string): void {
    names.forEach((name, i) => {
      if (names.indexOf(name) !== i)
        this.error(path(i), false, `the ${kind} "${name}" stands twice`, 'give each its own name');
    });
  }

  ipv4(text: string, path: Path): Ipv4 {
    const parsed = parseIpv4(text);
    if (parsed === undefined) {
      this.error(
        path,
        false,
        `"${text}" is not an IPv4 address`,
        'write four numbers from 0 to 255, such as 192.0.2.1',
      );
      return hostPattern(0).address;
    }
    return parsed;
  }

  pattern(text: string, path: Path): AddressPattern {
    const pattern = parsePattern(text);
    if (pattern) return pattern;
    this.error(
      path,
      false,
      `"${text}" is not an address or network`,
      'write any, 192.0.2.1, 192.0.2.0/24 or "192.0.2.0 0.0.0.255"',
    );
    return hostPattern(0);
  }

  ports(raw: RawPorts | undefined, path: Path): PortSet {
    if (raw === undefined) return [];
    const items = Array.isArray(raw) ? raw : [raw];
    if (items.includes('any')) return ALL_PORTS;
    return toRanges(
      items.map((item): [number, number] => {
        const [lo, hi = lo] = String(item).split('-').map(Number) as [number, number?];
        if (lo > hi || hi > 65535 || lo < 1)
          this.error(
            path,
            false,
            `"${item}" is not a port or an ascending range of ports`,
            'ports run from 1 to 65535, for example 22 or 1024-2047',
          );
        return [lo, hi];
      }),
    );
  }
}
