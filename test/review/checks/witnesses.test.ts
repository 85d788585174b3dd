import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { formatIpv4 } from '../../../src/model/address.ts';
import { lintText } from '../typed.ts';
import { edge } from './said.ts';

const ends = (text: string): readonly string[] =>
  lintText(text).flatMap((f) =>
    f.witness ? [formatIpv4(f.witness.source), formatIpv4(f.witness.destination)] : [],
  );

const sample = (name: string): string =>
  readFileSync(new URL(`../../../samples/isp-mail/${name}`, import.meta.url), 'utf8');

/** Documentation networks, private and reserved blocks: no stranger's host. */
const NOBODYS =
  /^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|10\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|22[4-9]\.|2[3-5]\d\.)/;

describe('witnesses of findings', () => {
  for (const name of ['gw-full.cfg', 'gw-short.cfg'])
    it(`name nobody else's address in ${name}`, () => {
      const found = ends(sample(name));
      expect(found).to.have.length.above(4);
      for (const address of found) expect(address).to.match(NOBODYS);
    });

  it('keep to what the list leaves where it denies the usual ones', () => {
    const text = edge(
      'deny ip 198.51.100.0 0.0.0.255 any',
      'deny ip 203.0.113.0 0.0.0.255 any',
      'deny ip 192.0.2.0 0.0.0.255 any',
      'permit tcp any host 192.0.2.35 eq 110',
    );
    const [hole] = lintText(text).filter((f) => f.rule === 'fragments-pass');
    expect(formatIpv4(hole!.witness!.source)).to.equal('10.0.0.1');
    expect(formatIpv4(hole!.witness!.destination)).to.equal('192.0.2.35');
  });

  it('keep to nobody’s addresses where single hosts are cut out of everything', () => {
    const text = edge('permit tcp any host 192.0.2.80 eq 80', 'permit tcp any any established')
      .replace(
        ' ip address 192.0.2.1 255.255.255.0\n',
        ' ip address 192.0.2.1 255.255.255.0\n ip access-group 102 in\n',
      )
      .concat(
        'access-list 102 permit tcp host 192.0.2.80 eq 80 any\naccess-list 102 permit icmp any any echo\n',
      );
    const [echo] = lintText(text).filter((f) => f.rule === 'reply-blocked');
    expect(echo!.line!.text).to.contain('echo');
    expect(formatIpv4(echo!.witness!.destination)).to.match(NOBODYS);
  });
});
