import { expect } from 'chai';
import { riskAfterRepair, summariseForOwner } from '../../reports/checklist-summary.ts';
import { readChecklist, standardChecklist } from '../../src/checklist/read-checklist.ts';
import { runChecklist } from '../../src/checklist/run-checklist.ts';
import type { ChecklistResult } from '../../src/model/checklist.ts';
import { sampleAttachments, sampleBundle } from '../checklist/sample-audit.ts';

const run = (text: string): ChecklistResult => {
  const { value } = readChecklist('list.yaml', `checklist: t\nextends: twenty-items\n${text}`);
  if (value === null) throw new Error('a broken list');
  const attachments = sampleAttachments();
  return runChecklist({
    checklist: value,
    answers: [],
    bundle: sampleBundle(),
    audit: null,
    history: null,
    site: null,
    attachments,
  });
};
const only = (...ids: readonly number[]): string =>
  `omit: [${standardChecklist()
    .items.map((i) => Number(i.id))
    .filter((id) => !ids.includes(id))
    .join(', ')}]\n`;

describe('the summary for an owner', () => {
  it('says how it stands, what is worst, what it costs and what remains', () => {
    expect(summariseForOwner(run(`currency: EUR\nhourlyRate: 80\n${only(1, 4, 5, 8)}`))).to.deep.equal([
      'Of 4 items, 1 pass, 2 fail and 1 were not assessed for want of evidence. ' +
        'What was not shown to be in order counts here as a risk, as if it were not.',
      'The gravest failure is 4 (Remote syslog complete), of medium risk. An intruder removes the traces; a dead disk takes them along.',
      'To repair what fails takes 0.75 hours of work, together 60 EUR.',
      'Once that is done, the gravest risk left among the items that were judged is very low. Still to be looked at: 1 (Physical security).',
    ]);
  });

  it('names what goes quickly where not everything does', () => {
    const text = summariseForOwner(run(`${only(5, 16)}items:\n  - { id: 5, cost: { hours: 12 } }\n`)).join(
      ' ',
    );
    expect(text)
      .to.contain('takes 12 hours of work')
      .and.not.contain('begin there')
      .and.not.contain('together');
    const both = summariseForOwner(run(`${only(4, 5)}items:\n  - { id: 5, cost: { hours: 12 } }\n`)).join(
      ' ',
    );
    expect(both).to.contain('4 (Remote syslog complete) takes an hour or less: begin there.');
  });

  it('says so when nothing fails, and which costs nobody estimated', () => {
    expect(summariseForOwner(run(only(8)))).to.deep.equal([
      'Of 1 item, 1 pass.',
      'Nothing that was judged fails.',
      'The gravest risk left among the items that were judged is very low.',
    ]);
    const open = summariseForOwner(
      run(`${only(5)}items:\n  - { id: 5, cost: { note: ask the vendor } }\n`),
    ).join(' ');
    expect(open).to.contain('takes 0 hours of work; 5 not counted.');
  });

  it('is empty for an empty list', () => expect(summariseForOwner(run(only()))).to.deep.equal([]));

  it('takes what does not apply for no risk', () => {
    const [outcome] = run(only(5)).outcomes;
    expect(riskAfterRepair(outcome!)).to.equal('none');
    expect(
      riskAfterRepair({ ...outcome!, item: { ...outcome!.item, residual: { pass: 'low', fail: 'high' } } }),
    ).to.equal('low');
    expect(
      riskAfterRepair({
        ...outcome!,
        result: 'not-applicable',
        item: { ...outcome!.item, residual: { pass: 'low', fail: 'high' } },
      }),
    ).to.equal('none');
  });
});
