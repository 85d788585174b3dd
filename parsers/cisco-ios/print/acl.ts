import type { Acl, AclEntry } from '../../../src/model/access-list.ts';
import { mayUse } from '../../../src/model/ios-features.ts';
import type { IosVersion } from '../../../src/model/router-config.ts';
import { printAce } from '../print-ace.ts';

const EXTENDED_ONLY: ReadonlySet<string> = new Set(['evaluate']);

/** One list: by `access-list N` lines where those say it all, else under its header. */
export function printAcl(acl: Acl, version: IosVersion | null = null): string[] {
  const numbers = mayUse(version, 'sequence-numbers');
  const plain = numbers ? numberedByTens(acl.entries) : acl.entries.every((e) => e.sequence === null);
  const flat =
    plain &&
    acl.entries.length > 0 &&
    /^\d+$/.test(acl.name) &&
    !acl.entries.some(
      (e) =>
        EXTENDED_ONLY.has(e.kind) || (e.kind === 'ace' && e.conditions.some((c) => c.kind === 'reflect')),
    );
  if (flat) return acl.entries.map((e) => `access-list ${acl.name} ${printAce(e, acl.kind)}`);
  const sequences = plain ? [] : numbers ? sequencesOf(acl.entries) : acl.entries.map((e) => e.sequence);
  return [
    `ip access-list ${acl.kind} ${acl.name}`,
    ...acl.entries.map(
      (e, i) => ` ${sequences[i] == null ? '' : `${sequences[i]} `}${printAce(e, acl.kind)}`,
    ),
  ];
}

/** What a login added to a shown list has no number: it is given one of those that its neighbours leave free. */
function sequencesOf(entries: readonly AclEntry[]): readonly (number | null)[] {
  const found = entries.map((e) => e.sequence);
  let next = Number.POSITIVE_INFINITY;
  const before = (limit: number, last: number): number | null => (last + 1 < limit ? last + 1 : null);
  const limits = entries.map(() => 0);
  for (let i = entries.length - 1; i >= 0; i--) {
    limits[i] = next;
    next = found[i] ?? next;
  }
  let last = 0;
  entries.forEach((e, i) => {
    if (found[i] === null && e.kind !== 'remark') found[i] = before(limits[i]!, last);
    last = found[i] ?? last;
  });
  return found;
}

/** The numbers that the device gives by itself, so that they need not be written. */
function numberedByTens(entries: readonly AclEntry[]): boolean {
  let next = 10;
  for (const entry of entries) {
    if (entry.kind === 'remark') {
      if (entry.sequence !== null) return false;
      continue;
    }
    if (entry.sequence === null) continue;
    if (entry.sequence !== next) return false;
    next += 10;
  }
  return true;
}
