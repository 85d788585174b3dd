import { expect } from 'chai';
import {
  describePacket,
  describePatternText,
  describePorts,
  describeSpace,
  formatCount,
  plural,
} from '../../reports/wording.ts';
import { makePacket } from '../../src/model/packet.ts';
import { SAMPLES } from './samples/all-samples.ts';
import { synTo } from './samples/isp-mail.ts';

describe('wording', () => {
  it('groups digits by three', () => {
    expect(formatCount(65534)).to.equal('65,534');
    expect(formatCount('1099511627776')).to.equal('1,099,511,627,776');
    expect(formatCount(999)).to.equal('999');
  });

  it('counts one thing as one', () => {
    expect(plural(1, 'port')).to.equal('1 port');
    expect(plural(2, 'port')).to.equal('2 ports');
    expect(plural(0, 'port')).to.equal('0 ports');
  });

  it('names ports by runs, and says how many runs it leaves out', () => {
    expect(describePorts([[0, 65535]])).to.equal('all');
    expect(describePorts([[1, 65535]])).to.equal('1-65535');
    expect(describePorts([])).to.equal('none');
    expect(
      describePorts(
        [
          [1, 1],
          [3, 3],
          [5, 9],
        ],
        2,
      ),
    ).to.equal('1, 3 and 1 more run');
  });

  it('says any and host where an engineer would', () => {
    expect(describePatternText('0.0.0.0 255.255.255.255')).to.equal('any');
    expect(describePatternText('192.0.2.1 0.0.0.0')).to.equal('host 192.0.2.1');
    expect(describePatternText('192.0.2.0 0.0.0.255')).to.equal('192.0.2.0 0.0.0.255');
  });

  it('describes packets by the fields their protocol has', () => {
    const syn = synTo('203.0.113.77', '192.168.2.35', 110);
    expect(describePacket(syn)).to.equal('tcp 203.0.113.77:49152 -> 192.168.2.35:110 syn');
    expect(describePacket({ ...syn, nonInitialFragment: true })).to.equal(
      'tcp 203.0.113.77 -> 192.168.2.35 non-initial fragment',
    );
    expect(
      describePacket(
        makePacket({
          source: syn.source,
          destination: syn.destination,
          protocol: 1,
          icmpType: 3,
          icmpCode: 13,
        }),
      ),
    ).to.equal('icmp 203.0.113.77 -> 192.168.2.35 type 3 code 13');
    expect(describePacket({ ...syn, protocol: 47 })).to.equal('gre 203.0.113.77 -> 192.168.2.35');
  });

  it('describes a space with its ports and flags, and leaves out what is any', () => {
    const review = SAMPLES.review;
    if (review.kind !== 'review') throw new Error('the sample changed');
    const [smtp, all] = review.result.gained;
    const [pop] = review.result.lost;
    expect(smtp && describeSpace(smtp)).to.equal('tcp host 192.168.1.30 -> host 192.168.2.35 port 25');
    expect(all && describeSpace(all)).to.equal('ip any -> 192.168.2.0 0.0.0.255');
    expect(pop && describeSpace(pop)).to.equal(
      'tcp 203.0.113.0 0.0.0.255 -> host 192.168.2.35 port 110, syn,!ack',
    );
  });
});
