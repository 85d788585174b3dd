import { expect } from 'chai';
import { type Lab, upLab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import type { LabOptions } from './options.ts';
import {
  audit,
  buildProgram,
  differences,
  engines,
  flowsFrom,
  labRate,
  planAndScan,
  portRange,
} from './product.ts';
import { requireLab } from './require-lab.ts';

// One vantage's evidence leaves the others' flows open (3) unless something differs (1).
// All 65,535 ports, each engine, from outside the list and from the server's own segment: every port's state is the truth.

const labs: readonly (readonly [string, Partial<LabOptions>, LabVantage, exit: number])[] = [
  ['from the Internet through a silent list', { acl: 'short' }, 'internet', 3],
  ['from the Internet through a list that says so', { acl: 'short', denial: 'reject' }, 'internet', 3],
  ['from the Internet without a list', { acl: 'none', leak: 'listening' }, 'internet', 1],
  ['from the segment', { acl: 'short' }, 'friend', 3],
  ['from the segment, with rsh', { acl: 'short', leak: 'listening' }, 'friend', 1],
];

describe('every port of the server, as the built program sees it', () => {
  for (const [title, options, vantage, exit] of labs) {
    describe(title, () => {
      let lab: Lab | undefined;

      before(async function () {
        this.timeout(60_000);
        requireLab(this, ['nmap']);
        buildProgram();
        lab = await upLab(options);
      });
      after(() => lab?.down());

      for (const engine of engines) {
        it(`${engine} calls no port what it is not`, async function () {
          this.timeout(400_000);
          const sweep = { engine, ports: '1-65535', rate: labRate(engine) };
          const evidence = await planAndScan(lab!, vantage, sweep);
          const { code, document } = await audit(lab!, [evidence]);
          const flows = flowsFrom(document, vantage);
          expect(flows.size).to.equal(65_535);
          expect(differences(lab!.truth(vantage), flows, portRange(1, 65_535), engine)).to.deep.equal([]);
          expect(code).to.equal(exit);
        });
      }
    });
  }

  describe('from all four vantages together', () => {
    let lab: Lab | undefined;

    before(async function () {
      this.timeout(60_000);
      requireLab(this);
      buildProgram();
      lab = await upLab({ acl: 'short', denial: 'reject' });
    });
    after(() => lab?.down());

    it('the network is exposed exactly as intended', async function () {
      this.timeout(300_000);
      const vantages = ['internet', 'mailfilter', 'admin', 'friend'] as const;
      const sweep = { engine: 'connect', ports: '1-65535', rate: labRate('connect') };
      const evidence = [];
      for (const vantage of vantages) evidence.push(await planAndScan(lab!, vantage, sweep));
      const { code, document } = await audit(lab!, evidence);
      for (const vantage of vantages) {
        const flows = flowsFrom(document, vantage);
        expect(
          differences(lab!.truth(vantage), flows, portRange(1, 65_535), 'connect'),
          vantage,
        ).to.deep.equal([]);
        expect(new Set([...flows.values()].map(({ verdict }) => verdict)), vantage).to.deep.equal(
          new Set(['pass']),
        );
      }
      expect(document.findings.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
      expect(code).to.equal(0);
    });
  });
});
