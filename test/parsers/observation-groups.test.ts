import { expect } from 'chai';
import { groupObservations, type ImportedAnswer } from '../../parsers/observation-groups.ts';

const OPEN: ImportedAnswer = { state: 'open', reason: 'syn-ack' };
const SILENT: ImportedAnswer = { state: 'filtered', reason: 'timeout' };
const CLOSED: ImportedAnswer = { state: 'closed', reason: 'rst' };
const UNTOLD: ImportedAnswer = { state: 'unobserved', reason: 'no-response' };

/** The states of a text that answers so, by ports. */
function states(...told: readonly [number | [number, number], ImportedAnswer][]): Record<string, string> {
  const groups = groupObservations(null);
  for (const [ports, answer] of told) groups.add(typeof ports === 'number' ? ports : [ports], answer);
  return Object.fromEntries(groups.list().map((o) => [JSON.stringify(o.ports), o.state]));
}

describe('answers for ports, as other tools print them', () => {
  it('are joined where they are alike', () => {
    expect(states([22, OPEN], [[80, 90], SILENT], [23, OPEN])).to.deep.equal({
      '[[22,23]]': 'open',
      '[[80,90]]': 'filtered',
    });
  });

  it('that contradict one another make a port unstable, and no other', () => {
    expect(states([[20, 30], SILENT], [22, OPEN])).to.deep.equal({
      '[[20,21],[23,30]]': 'filtered',
      '[[22,22]]': 'unstable',
    });
    expect(states([22, OPEN], [[20, 30], SILENT], [22, CLOSED])).to.deep.equal({
      '[[20,21],[23,30]]': 'filtered',
      '[[22,22]]': 'unstable',
    });
  });

  it('that say the same twice say it once, as it was told first', () => {
    expect(states([110, { ...OPEN, ttl: 60 }], [110, { ...OPEN, ttl: 61 }])).to.deep.equal({
      '[[110,110]]': 'open',
    });
  });

  it('give way to what was seen where nothing was, before or after', () => {
    expect(states([[50, 60], UNTOLD], [53, OPEN])).to.deep.equal({
      '[[50,52],[54,60]]': 'unobserved',
      '[[53,53]]': 'open',
    });
    expect(states([53, OPEN], [[50, 60], UNTOLD])).to.deep.equal({
      '[[53,53]]': 'open',
      '[[50,52],[54,60]]': 'unobserved',
    });
  });

  it('tell in their reason what contradicted what', () => {
    const groups = groupObservations(null);
    groups.add(22, OPEN);
    groups.add(22, SILENT);
    expect(groups.list().map((o) => o.reason)).to.deep.equal(['open (syn-ack), then filtered (timeout)']);
  });
});
