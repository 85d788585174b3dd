import { expect } from 'chai';
import { warnOfPlace } from '../../src/cli/scan-place.ts';
import type { World } from '../../src/cli/world.ts';
import type { Plan } from '../../src/model/plan.ts';

/** All of it loopback: where a socket would leave from is asked, and nothing is sent. */
const planFrom = (vantageAddress: string): Plan => ({
  schema: 'aclscope/plan/1',
  site: 'loopback',
  siteSha256: '0'.repeat(64),
  vantage: 'outside',
  vantageAddress,
  created: '2026-11-27T10:00:00.000Z',
  coverage: 'exhaustive',
  targets: [
    {
      name: 'server',
      address: '127.0.3.5',
      protocol: 'tcp',
      ports: [[20110, 20110]],
      first: [],
      expectedOpen: [],
      canary: null,
      negativeCanaries: [],
      onLink: false,
    },
  ],
  pace: { perHost: 100, total: 300, overrideCeiling: false },
  warnings: [],
});

async function warned(vantageAddress: string, behindNat?: string): Promise<string> {
  let said = '';
  const stderr = { write: (text: string) => (said += text), isTTY: false, columns: null };
  await warnOfPlace({ stderr } as unknown as World, planFrom(vantageAddress), behindNat);
  return said;
}

describe('a scan from another place than its plan says', () => {
  it('is warned of before it begins, with the way to say that a NAT hides the box', async () => {
    const said = await warned('203.0.113.77');
    expect(said).to.match(/^warning: the probes leave from 127\.0\.0\.1, not from 203\.0\.113\.77/);
    expect(said).to.include('--behind-nat 203.0.113.77');
  });

  it('is not warned of where the box has the address, or is said to be seen under it', async () => {
    expect(await warned('127.0.0.9')).to.equal('');
    expect(await warned('203.0.113.77', '203.0.113.77')).to.equal('');
  });

  it('is warned of where the NAT shows another address still', async () => {
    expect(await warned('203.0.113.77', '203.0.113.78')).to.match(/leave from 203\.0\.113\.78, not from/);
  });
});
