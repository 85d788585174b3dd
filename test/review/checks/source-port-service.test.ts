import { expect } from 'chai';
import { edge, said } from './said.ts';

const saidOf = (line: string): readonly string[] =>
  said('source-port-service', edge(line, 'deny ip any any'));

describe('source-port-service', () => {
  for (const line of [
    'permit udp any eq domain any',
    'permit udp any eq ntp host 192.0.2.5',
    'permit tcp any eq ftp-data any gt 1023',
    'permit tcp any range 20 21 host 192.0.2.14 range 1024 65535',
    'permit tcp any eq 3389 host 192.0.2.12',
    'permit tcp any lt 1024 host 192.0.2.9',
    'permit tcp any range 90 80 host 192.0.2.9',
  ])
    it(`speaks of ${line}`, () => expect(saidOf(line)).to.deep.equal(['8 high']));

  for (const line of [
    'permit udp any gt 65535 any',
    'permit tcp any lt 0 any',
    'permit udp any range 100 90 host 192.0.2.10',
    'permit tcp any range 0 65535 host 192.0.2.9',
    'permit tcp any gt 1023 host 192.0.2.15',
    'permit tcp any eq 777 host 192.0.2.16',
    'permit udp any neq 53 host 192.0.2.13',
    'permit tcp any eq www any established',
    'permit udp any eq domain host 192.0.2.53 eq domain',
    'permit udp host 198.51.100.53 eq domain any',
    'deny udp any eq domain any',
  ])
    it(`is silent about ${line}`, () => expect(saidOf(line)).to.deep.equal([]));
});

describe('a line that no packet can match', () => {
  it('is spoken of as unreadable alone', () => {
    const rules = ['fragments-pass', 'missing-antispoof', 'source-port-service', 'log-on-broad-ace'];
    const text = edge('permit udp any gt 65535 any log', 'deny tcp any any eq 25');
    for (const rule of rules) expect(said(rule, text), rule).to.deep.equal([]);
    expect(said('unparsed-line', text)).to.deep.equal(['8 medium']);
  });
});
