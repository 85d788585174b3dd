import { expect } from 'chai';
import fc from 'fast-check';
import { parseCommand } from '../../../parsers/cisco-ios/parse-command.ts';
import { parseSnippet } from '../../../parsers/cisco-ios/parse-snippet.ts';
import type { Acl, AclEntry } from '../../../src/model/access-list.ts';
import { applyCommand } from '../../../src/model/device/apply-command.ts';
import type { Device } from '../../../src/model/device/device.ts';
import { editBetween } from '../../../src/model/device/list-history.ts';
import { deviceFrom, paste } from './paste.ts';

const TWO_LINES = ['ip access-list extended A', ' permit tcp any any eq 1', ' permit tcp any any eq 2'];

const listOf = (device: Device | undefined): Acl => device!.acls.get('A')!;
const textsOf = (device: Device | undefined): readonly string[] =>
  listOf(device).entries.map((e) => e.span.text.trim());

/** A state whose lists hold their own entries, as a file's do. */
const withOwnEntries = (device: Device): Device => ({
  ...device,
  acls: new Map([...device.acls].map(([name, acl]) => [name, { ...acl, entries: [...acl.entries] }])),
});

/** A line put in or taken out, by its number or at the end, and remarks. */
const edit = fc
  .tuple(fc.nat(7), fc.integer({ min: 1, max: 60 }), fc.nat(40))
  .map(([what, number, port]) =>
    what < 3
      ? ` permit tcp any any eq ${port}`
      : what < 5
        ? ` ${number} deny udp any any eq ${port}`
        : what === 5
          ? ` remark about ${port}`
          : what === 6
            ? ` no ${10 * (number % 6)}`
            : ` no permit tcp any any eq ${port}`,
  );

describe('the entries of a list through the states of a snippet', () => {
  it('are the same whether each state holds its own or they are made when asked for, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(40), { maxLength: 30 }),
        (edits, asked) => {
          const start = deviceFrom(TWO_LINES.join('\n'), '15.1');
          const { value } = parseSnippet(['ip access-list extended A', ...edits].join('\n'), 'snippet');
          const states: Device[] = [];
          const wanted: (readonly AclEntry[])[] = [];
          let [now, slow]: Device[] = [start, start] as [Device, Device];
          for (const { line } of value.steps) {
            const { command } = parseCommand(line, now!.mode, start.version);
            now = applyCommand(now!, command).device;
            slow = withOwnEntries(applyCommand(slow!, command).device);
            states.push(now);
            wanted.push(listOf(slow).entries);
            // Somebody may look at a state before the next command, or at an earlier one.
            const look = asked[states.length];
            const looked = states[(look ?? 0) % states.length];
            if (look !== undefined)
              expect(listOf(looked).entries).to.deep.equal(wanted[look % states.length]);
          }
          for (const at of [...asked.map((n) => n % states.length), ...states.keys()])
            expect(listOf(states[at]).entries).to.deep.equal(wanted[at]);
        },
      ),
    );
  });

  it('stay as somebody saw them', () => {
    const { states } = paste(
      deviceFrom(TWO_LINES.join('\n'), '15.1'),
      'ip access-list extended A',
      'permit tcp any any eq 3',
    );
    const seen = listOf(states[1]).entries;
    const { last } = paste(states[1]!, 'ip access-list extended A', 'no 10', 'permit tcp any any eq 4');
    expect(seen.map((e) => e.sequence)).to.deep.equal([10, 20, 30]);
    expect(listOf(last).entries.map((e) => e.sequence)).to.deep.equal([20, 30, 40]);
  });

  it('go two ways from one state', () => {
    const { states } = paste(
      deviceFrom(TWO_LINES.join('\n'), '15.1'),
      'ip access-list extended A',
      'permit tcp any any eq 3',
      'permit tcp any any eq 4',
    );
    const { last } = paste(states[1]!, 'ip access-list extended A', 'permit tcp any any eq 5');
    expect(textsOf(last).at(-1)).to.equal('permit tcp any any eq 5');
    expect(textsOf(states[2]).at(-1)).to.equal('permit tcp any any eq 4');
  });

  it('are copied along with a list, which then is of no history', () => {
    const { states } = paste(
      deviceFrom(TWO_LINES.join('\n'), '15.1'),
      'ip access-list extended A',
      'no 10',
      'no 20',
    );
    const copy = { ...listOf(states[1]) };
    expect(copy.entries.map((e) => e.sequence)).to.deep.equal([20]);
    expect(editBetween(copy, listOf(states[2]))).to.equal(null);
  });

  it('differ between neighbouring states by the edit that is told', () => {
    const start = deviceFrom(TWO_LINES.join('\n'), '15.1');
    const { states } = paste(
      start,
      'ip access-list extended A',
      'remark about the rest',
      '15 permit udp any any',
      'no 20',
    );
    const [, remark, put, taken] = states.map(listOf);
    expect(editBetween(listOf(start), remark!)).to.deep.include({ at: 2, atMatching: 2, gone: null });
    expect(editBetween(remark!, put!)).to.deep.include({ at: 1, atMatching: 1, added: put!.entries[1] });
    expect(editBetween(put!, taken!)).to.deep.include({ at: 2, gone: put!.entries[2], added: null });
    expect(editBetween(remark!, taken!)).to.equal(null);
  });
});
