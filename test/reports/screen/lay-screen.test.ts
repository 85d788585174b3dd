import blessed from 'blessed';
import { expect } from 'chai';
import { taggedLine } from '../../../reports/screen/blessed-screen.ts';
import { LEAST_COLUMNS, LEAST_ROWS, layScreen } from '../../../reports/screen/lay-screen.ts';
import { openPlainView, plainLines } from '../../../reports/screen/plain-view.ts';
import type { ScreenEvent } from '../../../reports/screen/screen-events.ts';
import { lineText, span } from '../../../reports/screen/screen-line.ts';
import { EMPTY_MODEL, reduceScreen, type ScreenModel } from '../../../reports/screen/screen-model.ts';
import { displayWidth } from '../../../reports/text/display-width.ts';
import { auditResult } from '../samples/audit-sample.ts';
import { HOSTILE, poison } from '../samples/hostile.ts';
import { list150 } from '../samples/isp-mail.ts';

const flow = { vantage: 'friend', target: 'giant', protocol: 'tcp' } as const;

const EVENTS: readonly ScreenEvent[] = [
  {
    kind: 'start',
    site: 'isp-mail',
    at: 0,
    lists: [list150],
    vantages: [
      {
        name: 'internet',
        targets: [{ name: 'giant', protocol: 'tcp', ports: [[1, 65535]], permitted: null }],
      },
      { name: 'friend', targets: [{ name: 'giant', protocol: 'tcp', ports: [[1, 65535]], permitted: null }] },
    ],
  },
  { kind: 'progress', vantage: 'friend', done: 30000, total: 65535, perSecond: 100, left: 35535 },
  { kind: 'observation', ...flow, ports: [[1, 30000]], state: 'closed', reason: 'rst', icmp: null, at: 1000 },
  {
    kind: 'observation',
    ...flow,
    ports: [[514, 514]],
    state: 'open',
    reason: 'syn-ack',
    icmp: null,
    at: 1000,
  },
  {
    kind: 'observation',
    vantage: 'internet',
    target: 'giant',
    protocol: 'tcp',
    ports: [[1, 10]],
    state: 'filtered',
    reason: 'icmp',
    icmp: { type: 3, code: 13, from: '192.168.1.126' },
    at: 1000,
  },
  {
    kind: 'canary',
    vantage: 'friend',
    target: 'giant',
    port: 110,
    canary: 'positive',
    sent: 1,
    answered: 0,
    at: 1500,
  },
  ...auditResult.findings.map((finding): ScreenEvent => ({ kind: 'finding', finding })),
  ...auditResult.coverage.map((coverage): ScreenEvent => ({ kind: 'coverage', coverage, at: 2000 })),
  { kind: 'note', vantage: 'friend', text: 'the canary failed twice' },
  { kind: 'tick', at: 61_000 },
];
const model = (events: readonly ScreenEvent[]): ScreenModel => events.reduce(reduceScreen, EMPTY_MODEL);
const text = (m: ScreenModel, columns: number, rows: number, unicode = true): string =>
  layScreen(m, { columns, rows, unicode }).map(lineText).join('\n');

const SIZES = [
  [80, 24],
  [200, 50],
  [120, 30],
  [LEAST_COLUMNS, LEAST_ROWS],
  [119, 29],
  [30, 6],
  [10, 1],
] as const;

describe('the laid-out screen', () => {
  for (const [columns, rows] of SIZES) {
    it(`fills exactly ${columns} by ${rows}, empty and full, whatever the text holds`, () => {
      const models = [
        EMPTY_MODEL,
        model(EVENTS),
        reduceScreen(model(EVENTS), { kind: 'view', action: 'open' }),
        reduceScreen(model(EVENTS), { kind: 'view', action: 'help' }),
        ...HOSTILE.map(([, hostile]) =>
          model(EVENTS.map((e) => poison({ ...e, key: '' } as never, hostile) as ScreenEvent)),
        ),
      ];
      for (const m of models) {
        const lines = layScreen(m, { columns, rows, unicode: true });
        expect(lines).to.have.length(rows);
        for (const l of lines) {
          expect(displayWidth(lineText(l)), lineText(l)).to.equal(columns);
          expect(lineText(l)).to.not.match(/[\u0000-\u001f\u007f-\u009f\u202e]/);
        }
      }
    });
  }

  it('shows at 80 by 24 progress with rate and time left, the open port, findings, list, canary and ICMP sender', () => {
    const shown = text(model(EVENTS), 80, 24);
    for (const part of [
      'friend   █████████',
      '45%  30,000/65,535  100/s  5 min 55 s left',
      'Ports internet -> giant tcp (1 of 2',
      'high dead-permit mailfilter -> giant',
      'contradicted',
      'friend -> giant:110 0/1, 1 missed',
      '192.168.1.126 3/13',
      'friend: the canary failed twice',
      'q stop',
    ]) {
      expect(shown).to.include(part);
    }
  });

  it('shows the next map on request, with what differs set off', () => {
    const shown = text(reduceScreen(model(EVENTS), { kind: 'view', action: 'next-map' }), 80, 24);
    expect(shown).to.include('Ports friend -> giant tcp (2 of 2');
    expect(shown).to.include('! differs 514');
  });

  it('shows one finding in full', () => {
    const shown = text(reduceScreen(model(EVENTS), { kind: 'view', action: 'open' }), 80, 24);
    expect(shown).to.include('gw.cfg:23: access-list 150 permit tcp host 192.168.1.30');
    expect(shown).to.include('to do');
  });

  it('uses nothing but ASCII where the terminal has nothing else', () => {
    expect(text(model(EVENTS), 80, 24, false)).to.match(/^[\n\x20-\x7e]*$/);
    expect(text(model(EVENTS), 80, 24, true)).to.not.match(/^[\n\x20-\x7e]*$/);
  });

  it('says so when the terminal is too small, and still shows progress', () => {
    const shown = text(model(EVENTS), 40, 8);
    expect(shown).to.include('at least 50 by 14');
    expect(shown).to.include('45%');
  });
});

describe('lines for blessed', () => {
  it('escape the braces of a text and keep its own colours', () => {
    expect(taggedLine([span('{red-fg}x{/}', 'good')])).to.equal(
      '{green-fg}{open}red-fg{close}x{open}/{close}{/}',
    );
  });

  it('come out of blessed as the text that went in', () => {
    for (const [name, hostile] of HOSTILE) {
      const shown = span(hostile);
      expect(
        blessed
          .stripTags(taggedLine([shown]))
          .replaceAll('{open}', '{')
          .replaceAll('{close}', '}').length,
        name,
      ).to.be.greaterThan(0);
      expect(taggedLine([shown])).to.not.match(/\u001b/);
    }
  });
});

describe('the plain view', () => {
  it('says what changes the verdict, and a tenth of progress at a time', () => {
    const lines: string[] = [];
    const view = openPlainView((l) => lines.push(l));
    for (const e of EVENTS) view.emit(e);
    expect(lines[0]).to.equal('watching isp-mail from internet, friend');
    expect(lines).to.include('friend: 45%, 30,000 of 65,535 ports, 100/s, 5 min 55 s left');
    expect(lines).to.include('friend -> giant: tcp/514 open');
    expect(lines).to.include('canary friend -> giant:110: no answer');
    expect(lines.some((l) => l.startsWith('high exposed: '))).to.equal(true);
  });

  it('is silent about progress that crosses no tenth', () => {
    const m = model(EVENTS);
    const progress = (done: number): ScreenEvent => ({
      kind: 'progress',
      vantage: 'friend',
      done,
      total: 65535,
      perSecond: 100,
      left: 1,
    });
    expect(plainLines(m, progress(32000))).to.deep.equal([]);
    expect(plainLines(m, progress(33000))).to.have.length(1);
  });

  it('lets no escape of a hostile text through', () => {
    const lines: string[] = [];
    const view = openPlainView((l) => lines.push(l));
    view.emit({ kind: 'note', vantage: null, text: '\u001b]0;owned\u0007' });
    expect(lines).to.deep.equal(['\\x1b]0;owned\\x07']);
  });
});
