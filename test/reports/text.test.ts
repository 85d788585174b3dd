import { expect } from 'chai';
import { renderReport } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { displayWidth } from '../../reports/text/display-width.ts';
import { wrap } from '../../reports/text/styled.ts';
import type { ChangedSpace } from '../../src/model/review.ts';
import { SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';

const plain = (text: string) => text.replaceAll(/\u001b\[[\d;]*m/g, '');

describe('the text format', () => {
  it('starts with the verdict', () => {
    expect(renderReport(SAMPLES.audit, 'text')).to.match(/^DIFFERS {2}isp-mail\n/);
    expect(renderReport(SAMPLES.lint, 'text')).to.match(/^FAIL {2}/);
    expect(renderReport(SAMPLES.explain, 'text')).to.match(/^DENY {2}tcp 192\.168\.1\.30/);
  });

  it('fits the width it is given, except where a problem line must stay whole for editors', () => {
    for (const kind of REPORT_KINDS.filter((k) => k !== 'lint' && k !== 'review')) {
      for (const width of [80, 100, 120]) {
        const longest = Math.max(
          ...renderReport(SAMPLES[kind], 'text', { width }).split('\n').map(displayWidth),
        );
        expect(longest, `${kind} at ${width}`).to.be.at.most(width);
      }
    }
  });

  it('names each lint finding as file:line: severity rule message, on one line', () => {
    const text = renderReport(SAMPLES.lint, 'text', { width: 60 });
    expect(text).to.match(/^gw\.cfg:23: critical shadowed-ace permits the mail filter, .* first$/m);
    expect(text).to.match(/^ {4}blocked by {2}gw\.cfg:17: access-list 150 deny/m);
  });

  it('shows a failing flow with its deciding line, its observation and what to do', () => {
    const text = renderReport(SAMPLES.audit, 'text', { width: 200 });
    const flow = text.slice(
      text.indexOf('FAIL high'),
      text.indexOf('FAIL high', text.indexOf('FAIL high') + 1),
    );
    expect(flow).to.include('decided by  gw.cfg:25: access-list 150 deny   ip any any log');
    expect(flow).to.include('observed    1-109, 111-65535 closed (listed) from internet');
    expect(flow).to.include('to do       see on the router whether list 150 is bound');
  });

  it('shows twenty spaces of a change one by one, and more by the two lines that decide them', () => {
    const { result } = SAMPLES.review;
    const [space] = result.gained;
    const lineAt = (line: number) => ({ file: 'gw.cfg', line, text: `permit tcp any any eq ${line}` });
    const gaining = (gained: readonly ChangedSpace[]): string =>
      renderReport({ ...SAMPLES.review, result: { ...result, lost: [], gained } }, 'text', { width: 120 });
    const ofOneLine = (count: number, after: number): readonly ChangedSpace[] =>
      Array.from({ length: count }, (_, i) => ({ ...space!, after: lineAt(after), packets: `${i + 1}` }));
    const instances = (text: string): number => text.match(/for instance/g)!.length;
    const few = gaining(ofOneLine(20, 4));
    const many = gaining([...ofOneLine(100, 4), ...ofOneLine(1, 5)]);
    expect(instances(few) - instances(many)).to.equal(18);
    expect(few).to.not.include('every space');
    expect(many).to.match(/100 spaces, 5,050 packets\n(.*\n)+? {6}after +gw\.cfg:4: permit/);
    expect(many.match(/among them/g)).to.have.length(3);
    expect(many).to.match(/after +gw\.cfg:5: permit/);
    const pairs = gaining(Array.from({ length: 25 }, (_, i) => ofOneLine(2, i + 1)).flat());
    expect(pairs).to.include('15 packets more in 10 spaces of 5 other pairs of lines');
  });

  it('tells a pair of lines as the lists put it, where the review did', () => {
    const { result } = SAMPLES.review;
    const [space] = result.gained;
    const gained = Array.from({ length: 21 }, () => space!);
    const told = (moreLess: number): string => {
      const [mail, web, ssh, log] = [4, 5, 6, 7].map((line) => ({
        file: 'gw.cfg',
        line,
        text: `permit ${line}`,
      }));
      const { interface: name, direction, before, after } = space!;
      const less = [mail!, web!, ssh!, log!];
      const pair = {
        spaces: 'gained',
        interface: name,
        direction,
        before,
        after,
        match: [space!],
        less,
        moreLess,
      } as const;
      return renderReport({ ...SAMPLES.review, result: { ...result, gained, pairs: [pair] } }, 'text', {
        width: 120,
      });
    };
    expect(told(0)).to.match(/that is +tcp .*\n( +less +gw\.cfg:[4-7]: permit [4-7]\n){4} +for instance/);
    expect(told(0)).to.not.include('among them');
    expect(told(9)).to.match(/gw\.cfg:6: permit 6\n +less +what 10 more lines decide\n/);
  });

  it('shows of many spaces a packet of a protocol that readers know', () => {
    const { result } = SAMPLES.review;
    const [space] = result.gained;
    const gained = Array.from({ length: 40 }, (_, protocol) => ({
      ...space!,
      protocol,
      witness: { ...space!.witness, protocol },
    }));
    const told = renderReport({ ...SAMPLES.review, result: { ...result, gained, lost: [] } }, 'text', {
      width: 120,
    });
    expect(told.match(/for instance +\w+/g)?.map((fact) => fact.split(/ +/).at(-1))).to.include('icmp');
    expect(told).to.not.match(/for instance +protocol/);
  });

  it('says which protocols and how many addresses a space is limited to', () => {
    const { result } = SAMPLES.review;
    const space: ChangedSpace = {
      ...[...result.gained, ...result.lost][0]!,
      protocol: 'ip',
      protocols: [
        [0, 5],
        [7, 255],
      ],
      destination: '10.0.0.0 0.0.0.3',
      destinations: ['10.0.0.0 0.0.0.0', '10.0.0.3 0.0.0.0'],
      condition: 'destination one of 2',
    };
    const report = { ...SAMPLES.review, result: { ...result, lost: [], gained: [space] } };
    expect(plain(renderReport(report, 'text', { width: 200 }))).to.match(
      /ip \(protocols 0-5, 7-255\) .* -> 10\.0\.0\.0 0\.0\.0\.3.*, destination one of 2/,
    );
    expect(renderReport(report, 'csv')).to.match(
      /,0-5 7-255,.*,"10\.0\.0\.0 0\.0\.0\.0; 10\.0\.0\.3 0\.0\.0\.0",/,
    );
    expect(JSON.parse(renderReport(report, 'json')).gained[0].destinations).to.deep.equal(space.destinations);
  });

  it('shows the gravest hazards of very many, and counts the rest', () => {
    const { result } = SAMPLES.review;
    const mild = {
      step: 1,
      command: 'x',
      kind: 'never-matches',
      severity: 'low',
      message: 'm',
      witness: null,
    } as const;
    const hazards = [
      ...new Array(60).fill(mild),
      { ...mild, step: 61, severity: 'critical', message: 'grave one' },
    ];
    const text = renderReport({ ...SAMPLES.review, result: { ...result, hazards } }, 'text');
    expect(text).to.include('grave one').and.to.include('and 11 more hazards');
  });

  it('says how far a space is known to go, and what a change leaves open', () => {
    const { result } = SAMPLES.review;
    const [space] = result.gained;
    const condition = 'less what 512 earlier lines decide';
    const outlined = { ...space!, condition, packets: '4096', atLeast: true as const };
    const text = renderReport(
      { ...SAMPLES.review, result: { ...result, gained: [outlined], undetermined: [space!] } },
      'text',
      { width: 200 },
    );
    expect(text).to.match(/^ {2}\+ {2}.*, less what 512 earlier lines decide$/m);
    expect(text).to.include('Gained: at least 4,096 packets in 1 space');
    expect(text).to.match(/^Undetermined: .+ packets in 1 space$/m);
  });

  it('colours only when asked, and says the same either way', () => {
    const coloured = renderReport(SAMPLES.audit, 'text', { colour: true });
    const without = renderReport(SAMPLES.audit, 'text', { colour: false });
    expect(without).to.not.include('\u001b');
    expect(coloured).to.include('\u001b[1;31mDIFFERS');
    expect(plain(coloured)).to.equal(without);
  });

  it('in colour emits nothing but its own colours, whatever the text holds', () => {
    for (const kind of REPORT_KINDS) {
      for (const [name, text] of HOSTILE) {
        const coloured = renderReport(poison(SAMPLES[kind], text), 'text', { colour: true });
        expect(coloured.match(/\u001b(?!\[(?:0|1|2|32|33|1;31)m)/), `${kind}: ${name}`).to.equal(null);
      }
    }
  });
});

describe('wrapping', () => {
  const wrapText = (text: string, width: number) =>
    wrap([{ text, tone: 'plain' }], width).map((l) => l.map((p) => p.text).join(''));

  it('breaks at blanks', () => {
    expect(wrapText('permit tcp any any', 10)).to.deep.equal(['permit tcp', 'any any']);
  });

  it('keeps runs of blanks inside a line', () => {
    expect(wrapText('deny   ip any', 20)).to.deep.equal(['deny   ip any']);
  });

  it('breaks a word that no line can hold', () => {
    expect(wrapText('abcdefgh', 3)).to.deep.equal(['abc', 'def', 'gh']);
  });

  it('counts wide characters as two columns', () => {
    expect(wrapText('漢字漢字', 4)).to.deep.equal(['漢字', '漢字']);
    expect(displayWidth('漢a')).to.equal(3);
  });
});
