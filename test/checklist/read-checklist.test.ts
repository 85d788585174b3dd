import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as z from 'zod';
import { answersSchema, checklistEditorSchema, itemSchema } from '../../src/checklist/checklist-schema.ts';
import { CHECKS } from '../../src/checklist/items/registry.ts';
import { readAnswers } from '../../src/checklist/read-answers.ts';
import { readChecklist, standardChecklist } from '../../src/checklist/read-checklist.ts';
import { runChecklist } from '../../src/checklist/run-checklist.ts';
import { breaks, doubt, holds, missing, note, resultOf } from '../../src/checklist/statement.ts';
import { TWENTY_ITEMS } from '../../src/checklist/twenty-items.ts';
import { openQuestions, writeAnswers } from '../../src/checklist/write-answers.ts';
import type { Checklist, ChecklistResult } from '../../src/model/checklist.ts';
import { editorSchemas } from './editor-schemas.ts';
import { attachment, outcomeOf, sampleBundle } from './sample-audit.ts';

const NEW_ITEM = `
  - id: X1
    title: Banner before login
    reference: ours
    objective: o
    risk: r
    compliance: c
    tests: [t]
    assessment: objective
    check: file-lines
    parameters: { file: /etc/ssh/sshd_config, requires: ["^Banner /"], forbids: ["^X11Forwarding yes"] }
    mitigation: m
    residual: { fail: low }
    cost: { hours: 1 }
`;
const read = (text: string): Checklist => {
  const { value, diagnostics } = readChecklist('list.yaml', text);
  if (value === null) throw new Error(diagnostics.map((d) => d.message).join('; '));
  return value;
};
const complaints = (text: string): readonly string[] =>
  readChecklist('list.yaml', text).diagnostics.map(
    (d) => `${d.span?.line}: ${d.message}${d.mend ? ` (${d.mend})` : ''}`,
  );

describe('the twenty items', () => {
  const list = standardChecklist();

  it('are twenty, numbered, each whole and each with its own words', () => {
    expect(list.items.map((i) => i.id)).to.deep.equal(Array.from({ length: 20 }, (_, n) => String(n + 1)));
    for (const field of ['title', 'objective', 'risk', 'compliance', 'mitigation'] as const) {
      expect(new Set(list.items.map((i) => i[field])).size, field).to.equal(20);
    }
    for (const item of list.items) {
      expect(item.tests.length, item.id).to.be.greaterThan(0);
      expect(item.cost.hours, item.id).to.be.greaterThan(0);
    }
  });

  it('bear the residual risks that the audit gave', () => {
    const risk = (id: string): readonly string[] => {
      const found = list.items.find((i) => i.id === id)!;
      return [found.residual.pass, found.residual.fail];
    };
    expect(risk('4')[1]).to.equal('medium');
    expect(risk('5')[1]).to.equal('low');
    expect(risk('9')[1]).to.equal('low');
    expect(risk('14')[1]).to.equal('low');
    expect(risk('19')[1]).to.equal('high');
    expect(['3', '6', '11'].map((id) => risk(id)[0])).to.deep.equal(['none', 'none', 'none']);
    expect(risk('10')[0]).to.equal('very-low');
    expect(risk('13')[0]).to.equal('low');
  });

  it('name only checks that exist, with parameters that these take; each check but the open one serves an item', () => {
    const used = list.items.flatMap((i) => (i.judge.kind === 'check' ? [i.judge.check] : []));
    expect(CHECKS.map((c) => c.id).filter((id) => !used.includes(id))).to.deep.equal(['file-lines']);
    for (const item of list.items) {
      if (item.judge.kind !== 'check') continue;
      const { check: id, parameters } = item.judge;
      const check = CHECKS.find((c) => c.id === id);
      expect(check?.parameters.safeParse(parameters).success, item.id).to.equal(true);
    }
    expect(list.items.filter((i) => i.judge.kind === 'auditor').map((i) => i.id)).to.deep.equal(['1']);
  });

  it('are all not assessed without evidence, but for the policy that is then not written', () => {
    const result = runChecklist({
      checklist: list,
      answers: [],
      bundle: null,
      audit: null,
      history: null,
      site: null,
    });
    expect(result.counts).to.deep.equal({
      pass: 0,
      fail: 1,
      undetermined: 0,
      'not-assessed': 19,
      'not-applicable': 0,
    });
    expect(outcomeOf(result, '19').summary).to.contain('no policy is written');
  });

  it('pass nothing on an empty bundle, file by file', () => {
    const bundle = sampleBundle();
    const empty = {
      ...bundle,
      attachments: [],
      pieces: new Map(),
      facts: Object.fromEntries(
        Object.keys(bundle.facts).map((k) => [
          k,
          k === 'tcpRules' || k === 'pam'
            ? new Map()
            : { kind: 'uncollected', origin: k, reason: 'not collected' },
        ]),
      ) as unknown as typeof bundle.facts,
    };
    const result = runChecklist({
      checklist: list,
      answers: [],
      bundle: empty,
      audit: null,
      history: null,
      site: null,
    });
    expect(result.counts.pass).to.equal(0);
    expect(result.counts.undetermined).to.equal(0);
  });

  it('are a checklist file like any other', () => expect(read(TWENTY_ITEMS)).to.deep.equal(list));
});

describe('every check', () => {
  for (const check of CHECKS) {
    it(`${check.id} is described, and its parameters have a JSON Schema`, () => {
      expect(check.id).to.match(/^[a-z-]+$/);
      expect(check.description).to.match(/^\S.*\.$/);
      expect(z.toJSONSchema(check.parameters, { io: 'input' })).to.have.property('type', 'object');
    });
  }
  it('has an id of its own', () => expect(new Set(CHECKS.map((c) => c.id)).size).to.equal(CHECKS.length));
});

describe('a checklist file', () => {
  it('extends the twenty: changes by id, parameter by parameter, additions, omissions', () => {
    const list = read(
      `checklist: mine\nextends: twenty-items\nomit: [1, 12]\nitems:\n  - { id: 7, parameters: { administrators: [op] }, cost: { hours: 9 } }\n  - { id: 18, parameters: { current: { qmail: "1.06" } } }${NEW_ITEM}`,
    );
    expect(list.items).to.have.length(19);
    const seven = list.items.find((i) => i.id === '7')!;
    expect([seven.title, seven.cost.hours, seven.judge]).to.deep.equal([
      'End users have /bin/false',
      9,
      { kind: 'check', check: 'user-shells', parameters: { administrators: ['op'] } },
    ]);
    expect(list.items.at(-1)?.id).to.equal('X1');
  });

  it('may stand alone', () =>
    expect(read(`checklist: mine\nitems:${NEW_ITEM}`).items.map((i) => i.id)).to.deep.equal(['X1']));

  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['a mistyped key', 'checklist: mine\nitemz: []', /^1: unknown key "itemz"$/m],
    ['no title', 'items: []', /^1: checklist is missing$/m],
    [
      'a new item that is not whole',
      'checklist: m\nitems:\n  - id: X\n    title: t',
      /^3: items\.0\.reference is missing$/m,
    ],
    [
      'a mistyped check',
      `checklist: m\nextends: twenty-items\nitems:\n  - { id: 5,\n      check: super-server-servcies }`,
      /^5: there is no check "super-server-servcies" \(did you mean super-server-services\?\)/,
    ],
    [
      'a parameter that the check does not know',
      `checklist: m\nextends: twenty-items\nitems:\n  - id: 7\n    parameters:\n      admins: [op]`,
      /^\d+: unknown key "admins" in items\.0\.parameters$/m,
    ],
    [
      'a parameter of the wrong kind',
      `checklist: m\nextends: twenty-items\nitems:\n  - id: 7\n    parameters:\n      administrators: op`,
      /^6: items\.0\.parameters\.administrators should be a list$/m,
    ],
    [
      'an expression that is none',
      `checklist: m\nitems:${NEW_ITEM.replace('"^Banner /"', '"("')}`,
      /requires\.0: a regular expression/,
    ],
    [
      'an item to omit that is not there',
      'checklist: m\nextends: twenty-items\nomit: [99]',
      /there is no item 99/,
    ],
    [
      'an item twice',
      'checklist: m\nextends: twenty-items\nitems:\n  - { id: 5 }\n  - { id: 5 }',
      /^5: item 5 stands twice/,
    ],
    [
      'a risk that is none',
      `checklist: m\nitems:${NEW_ITEM.replace('fail: low', 'fail: awful')}`,
      /items\.0\.residual\.fail should be one of [a-z]+, /,
    ],
    ['no YAML', 'checklist: [', /^\d: /],
    ['a key twice', 'checklist: a\nchecklist: b', /^2: /],
    ['a swarm of aliases', `a: &a [x]\nchecklist: [${'*a,'.repeat(100)}]\n`, /alias|Unrecognized|string/i],
  ];
  for (const [what, text, expected] of rows) {
    it(`with ${what} is refused, with its line`, () => {
      expect(readChecklist('list.yaml', text).value).to.equal(null);
      expect(complaints(text).join('\n')).to.match(expected);
    });
  }

  it('has JSON Schemas for editors', () => {
    for (const schema of [checklistEditorSchema, answersSchema, itemSchema]) {
      expect(z.toJSONSchema(schema, { io: 'input' })).to.have.property('properties');
    }
  });

  it('has its schemas for editors in docs, as the code has them (write-schemas.ts)', () => {
    for (const { path, text } of editorSchemas()) expect(readFileSync(path, 'utf8'), path).to.equal(text);
  });

  it('may ask for lines of files by its own items', () => {
    const list = read(`checklist: mine\nitems:${NEW_ITEM}`);
    const run = (change = {}): ChecklistResult =>
      runChecklist({
        checklist: list,
        answers: [],
        bundle: sampleBundle(change),
        audit: null,
        history: null,
        site: null,
      });
    const SSHD = 'files/etc/ssh/sshd_config';
    expect(outcomeOf(run(), 'X1').result).to.equal('fail');
    expect(outcomeOf(run({ [SSHD]: (t: string) => `${t}Banner /etc/issue\n` }), 'X1').result).to.equal(
      'pass',
    );
    expect(outcomeOf(run({ [SSHD]: (t: string) => `${t}#Banner /etc/issue\n` }), 'X1').result).to.equal(
      'fail',
    );
    expect(
      outcomeOf(run({ [SSHD]: (t: string) => `${t}Banner /etc/issue\nX11Forwarding yes\n` }), 'X1').result,
    ).to.equal('fail');
    expect(outcomeOf(run({ [SSHD]: null }), 'X1').result).to.equal('not-assessed');
  });
});

describe("the auditor's answers", () => {
  const list = standardChecklist();
  const answers = (...items: readonly string[]): string =>
    items.length === 0 ? 'answers: []\n' : `answers:\n${items.map((i) => `  - { ${i} }\n`).join('')}`;
  const FULL = 'role: auditor, date: 2004-04-10, reason: seen';
  const run = (text: string): ChecklistResult => {
    const given = readAnswers('answers.yaml', text, list);
    expect(given.diagnostics).to.deep.equal([]);
    return runChecklist({
      checklist: list,
      answers: given.value,
      bundle: sampleBundle(),
      audit: null,
      history: null,
      site: null,
      attachments: [attachment('ssh-methods', 'debug1: Authentications that can continue: publickey\n')],
    });
  };

  it('decide what a person must judge', () => {
    expect(outcomeOf(run(answers(`item: 1, result: pass, ${FULL}`)), '1')).to.deep.include({
      result: 'pass',
      automatic: null,
      residual: 'low',
    });
    expect(outcomeOf(run(answers(`item: 1, result: fail, ${FULL}`)), '1').result).to.equal('fail');
    expect(outcomeOf(run(answers()), '1').result).to.equal('not-assessed');
  });

  it('decide what the evidence leaves open, when they say what was seen', () => {
    const outcome = outcomeOf(
      run(answers(`item: 2, result: pass, ${FULL}, evidence: up2date showed nothing`)),
      '2',
    );
    expect(outcome.result).to.equal('pass');
    expect(outcome.evidence.map((e) => e.output).join()).to.contain('up2date showed nothing');
  });

  it('do not count for an objective item without that, and are told so', () => {
    const result = run(answers(`item: 2, result: pass, ${FULL}`));
    expect(outcomeOf(result, '2').result).to.equal('not-assessed');
    expect(result.diagnostics.map((d) => [d.code, d.span?.line])).to.deep.equal([
      ['answer-without-evidence', 2],
    ]);
  });

  it('cannot talk a breach away', () => {
    const outcome = outcomeOf(run(answers(`item: 5, result: pass, ${FULL}, evidence: he said so`)), '5');
    expect(outcome.result).to.equal('fail');
    expect(outcome.statements.at(-1)?.text).to.contain('the evidence says otherwise');
    expect(outcomeOf(run(answers(`item: 5, result: not-applicable, ${FULL}`)), '5').result).to.equal('fail');
  });

  it('may fail what the evidence passes, and set aside what does not apply', () => {
    expect(outcomeOf(run(answers(`item: 8, result: fail, ${FULL}`)), '8').result).to.equal('fail');
    expect(outcomeOf(run(answers(`item: 17, result: not-applicable, ${FULL}`)), '17')).to.deep.include({
      result: 'not-applicable',
      residual: 'none',
    });
  });

  it('are written as they are read, whatever stands in them', () => {
    const given = [
      {
        item: '1',
        result: 'pass',
        role: 'lead: auditor',
        date: '2004-04-10',
        reason: 'locked # really\nand "dry"',
        evidence: null,
      },
      {
        item: '2',
        result: 'not-applicable',
        role: 'owner',
        date: '2004-04-11',
        reason: '- no',
        evidence: '{x}',
      },
    ] as const;
    const { value, diagnostics } = readAnswers('answers.yaml', writeAnswers(given), list);
    expect(diagnostics).to.deep.equal([]);
    expect(value.map(({ line: _, ...answer }) => answer)).to.deep.equal(given);
    expect(readAnswers('answers.yaml', writeAnswers([]), list)).to.deep.equal({ value: [], diagnostics: [] });
  });

  it('are still wanted where evidence does not decide and nobody answered', () => {
    const ids = (text: string): readonly string[] => openQuestions(run(text)).map((o) => o.item.id);
    expect(ids(answers())).to.include('1').and.to.include('15').and.not.include('5').and.not.include('8');
    expect(ids(answers(`item: 1, result: pass, ${FULL}`))).to.not.include('1');
  });

  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['no role', answers('item: 1, result: pass, date: 2004-04-10, reason: x'), /^2: answers\.0\.role/],
    ['no reason', answers('item: 1, result: pass, role: a, date: 2004-04-10'), /reason/],
    ['an empty reason', answers('item: 1, result: pass, role: a, date: 2004-04-10, reason: " "'), /reason/],
    ['no date', answers('item: 1, result: pass, role: a, reason: x'), /date/],
    ['a date that is none', answers('item: 1, result: pass, role: a, date: 2004-13-45, reason: x'), /date/],
    [
      '"not assessed", which is for the tool to say',
      answers(`item: 1, result: not-assessed, ${FULL}`),
      /result/,
    ],
    [
      'an item that the list has not',
      answers(`item: 21, result: pass, ${FULL}`),
      /^2: the checklist has no item 21/,
    ],
    [
      'an item twice',
      answers(`item: 1, result: pass, ${FULL}`, `item: 1, result: fail, ${FULL}`),
      /^3: item 1 is answered twice/,
    ],
  ];
  for (const [what, text, expected] of rows) {
    it(`with ${what} are refused, with the line`, () => {
      const { diagnostics } = readAnswers('answers.yaml', text, list);
      expect(diagnostics.map((d) => `${d.span?.line}: ${d.message}`).join('\n')).to.match(expected);
    });
  }
});

describe('reasons and results', () => {
  const rows: readonly (readonly [string, Parameters<typeof resultOf>[0], string])[] = [
    ['nothing at all', [], 'not-assessed'],
    ['only notes', [note('n')], 'not-assessed'],
    ['only missing evidence', [missing('m')], 'not-assessed'],
    ['something holds', [holds('h'), note('n')], 'pass'],
    ['something holds and something is missing', [holds('h'), missing('m')], 'undetermined'],
    ['something is in doubt', [holds('h'), doubt('d')], 'undetermined'],
    ['doubt and nothing else', [doubt('d')], 'undetermined'],
    ['one breach among all that holds', [holds('h'), breaks('b'), missing('m'), doubt('d')], 'fail'],
  ];
  for (const [what, statements, expected] of rows) {
    it(`${what}: ${expected}`, () => expect(resultOf(statements)).to.equal(expected));
  }
});
