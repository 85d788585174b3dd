import { expect } from 'chai';
import { lintText } from '../typed.ts';

const messages = (text: string): readonly string[] =>
  lintText(text)
    .filter((f) => f.rule === 'shadowed-ace' || f.rule === 'redundant-ace')
    .map((f) => f.message);

describe('what is said of a dead line', () => {
  it('names the one line that decides it first', () => {
    expect(
      messages('access-list 101 deny ip any any\naccess-list 101 permit tcp any host 192.0.2.35 eq 80\n'),
    ).to.deep.equal([
      '"access-list 101 permit tcp any host 192.0.2.35 eq 80" never matches: line 1 decides its packets first, the other way',
    ]);
  });

  it('says of several lines that they cover it, and which of them decides the other way', () => {
    expect(
      messages(
        'access-list 101 permit tcp any host 192.0.2.35 eq 80\naccess-list 101 deny ip any any\naccess-list 101 deny tcp any any\n',
      ),
    ).to.deep.equal([
      '"access-list 101 deny tcp any any" never matches: lines 1 and 2 together cover its packets; line 1 decides some of them the other way',
    ]);
  });

  it('says of several lines of the same action that they do the same', () => {
    expect(
      messages(
        'access-list 101 deny ip 0.0.0.0 127.255.255.255 any\naccess-list 101 deny ip 128.0.0.0 127.255.255.255 any\naccess-list 101 deny tcp any any\n',
      ),
    ).to.deep.equal([
      '"access-list 101 deny tcp any any" never matches: lines 1 and 2 already do the same to its packets',
    ]);
  });
});
