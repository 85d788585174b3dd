import { expect } from 'chai';
import { parseSentProbes } from '../../../parsers/host/sent-probe.ts';
import { hostFile } from './host-text.ts';

describe('a sent probe', () => {
  const good = 'sent 2026-01-02T03:04:05.678Z tcp 192.168.2.50 192.168.2.35 32773 closed';

  it('is read with its time, protocol, both addresses, port and answer', () => {
    const [probe, ...others] = parseSentProbes(hostFile(`# aclscope probe portsentry: words\n${good}\n`));
    expect(others).to.deep.equal([]);
    expect(probe).to.deep.equal({
      sentAt: '2026-01-02T03:04:05.678Z',
      protocol: 'tcp',
      source: '192.168.2.50',
      address: '192.168.2.35',
      port: 32773,
      answer: 'closed',
      line: { file: '/etc/x', line: 2, text: good },
    });
  });

  for (const [name, line] of [
    ['without its zone', good.replace('Z ', ' ')],
    ['of an address that is none', good.replace('192.168.2.50', '192.168.2.500')],
    ['of a port that is none', good.replace('32773', '99999')],
    ['of a third protocol', good.replace('tcp', 'sctp')],
    ['with more behind it', `${good} x y`],
  ] as const)
    it(`${name} is none`, () => expect(parseSentProbes(hostFile(line))).to.deep.equal([]));
});
