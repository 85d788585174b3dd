import type { Ace, Acl, AclEntry } from '../../src/model/access-list.ts';
import { xorshift } from './generate.ts';

/** A renamed and renumbered copy with ten lines taken out, turned round, moved or put in. */
export function changeTenLines(acl: Acl, seed = 7): Acl {
  const random = xorshift(seed);
  const lines: AclEntry[] = acl.entries.map((e, i) =>
    e.kind === 'ace' ? { ...e, sequence: 10 * i + 10 } : e,
  );
  const place = (): number => Math.floor(random() * lines.length);
  for (let i = 0; i < 10; i++) {
    const at = place();
    const line = lines[at];
    if (line?.kind !== 'ace') continue;
    if (i % 4 === 0) lines.splice(at, 1);
    else if (i % 4 === 1) lines[at] = { ...line, action: line.action === 'permit' ? 'deny' : 'permit' };
    else if (i % 4 === 2) lines.splice(place(), 0, ...lines.splice(at, 1));
    else lines.splice(at, 0, withPort(line, 4711));
  }
  return { ...acl, name: `${acl.name}-NEW`, entries: lines };
}

const withPort = (ace: Ace, port: number): Ace => ({
  ...ace,
  match: {
    protocol: { kind: 'number', number: 6 },
    source: ace.match.source,
    destination: ace.match.destination,
    destinationPorts: { kind: 'ports', operator: 'eq', operands: [port], set: [[port, port]] },
  },
});
