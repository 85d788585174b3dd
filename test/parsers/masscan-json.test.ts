import { expect } from 'chai';
import { parseMasscanJson } from '../../parsers/masscan-json.ts';
import { observed, summary } from './evidence-assertions.ts';

const record = (port: number, extra = '"status": "open", "reason": "syn-ack", "ttl": 63') =>
  `{   "ip": "192.0.2.1",   "timestamp": "1700000000", "ports": [ {"port": ${port}, "proto": "tcp", ${extra}} ] }`;

describe('masscan JSON', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['the 1.3 form', `[\n${record(22)}\n,\n${record(80)}\n]\n`],
    ['a comma after the last element', `[\n${record(22)},\n${record(80)},\n]\n`],
    ['the unquoted {finished: 1}', `[\n${record(22)},\n${record(80)},\n{finished: 1}\n]\n`],
  ];
  for (const [name, text] of forms) {
    it(`reads ${name}`, () => {
      const { value, diagnostics } = parseMasscanJson(text, 'x');
      expect(diagnostics).to.deep.equal([]);
      expect(summary(value.targets[0])).to.deep.equal(['open syn-ack: 22, 80']);
      expect(observed(value.targets[0], 22)).to.include({ ttl: 63, confirmed: false });
      expect(value.completeness.kind).to.equal('complete');
    });
  }

  it('reads one object a line', () => {
    const { value } = parseMasscanJson(`${record(22)}\n${record(80)}\n`, 'x');
    expect(summary(value.targets[0])).to.deep.equal(['open syn-ack: 22, 80']);
    expect(value.completeness.kind).to.equal('incomplete');
  });

  it('keeps whole records of a cut file, and says that it is cut', () => {
    const { value, diagnostics } = parseMasscanJson(`[\n${record(22)}\n,\n${record(80).slice(0, 60)}`, 'x');
    expect(summary(value.targets[0])).to.deep.equal(['open syn-ack: 22']);
    expect(value.completeness.kind).to.equal('incomplete');
    expect(diagnostics).to.have.length(1);
    expect(diagnostics[0]).to.deep.include({
      code: 'masscan-unread',
      message: 'the last record is cut short',
    });
    expect(diagnostics[0]?.span?.line).to.equal(4);
  });

  it('takes a banner as proof of a handshake, closed as closed, and leaves all else unobserved', () => {
    const banner = record(25, '"service": {"name": "smtp", "banner": "220 } mail\\u001b[2J"}');
    const closed = record(26, '"status": "closed", "reason": "rst-ack", "ttl": 63');
    const { value } = parseMasscanJson(`[\n${banner}\n,\n${closed}\n]\n`, 'x');
    expect(observed(value.targets[0], 25)).to.include({
      state: 'open',
      confirmed: true,
      banner: '220 } mail\\x1b[2J',
    });
    expect(observed(value.targets[0], 26)).to.include({ state: 'closed', reason: 'rst' });
    expect(observed(value.targets[0], 27)).to.equal(undefined);
    expect(value.notes.join()).to.contain('does not say which ports it asked');
  });

  it('diagnoses entries that are no ports', () => {
    const { diagnostics } = parseMasscanJson(
      `[\n${record(70000)}\n,\n${record(1, '"status": "ajar"')}\n]`,
      'x',
    );
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['masscan-port-unread', 'masscan-port-unread']);
  });
});
