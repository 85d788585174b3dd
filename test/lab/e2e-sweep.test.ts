import { expect } from 'chai';
import { type Lab, upLab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import type { LabOptions } from './options.ts';
import {
  audit,
  buildProgram,
  differences,
  type Engine,
  flowsFrom,
  planAndScan,
  portRange,
} from './product.ts';
import { requireLab } from './require-lab.ts';

// All 65,535 ports, each engine, from outside the list and from the server's own segment: every port's state is the truth.

const labs: readonly (readonly [string, Partial<LabOptions>, LabVantage])[] = [
  ['from the Internet through a silent list', { acl: 'short' }, 'internet'],
  ['from the Internet through a list that says so', { acl: 'short', denial: 'reject' }, 'internet'],
  ['from the Internet without a list', { acl: 'none', leak: 'listening' }, 'internet'],
  ['from the segment', { acl: 'short', leak: 'listening' }, 'friend'],
];

const rates: Readonly<Record<Engine, number>> = { connect: 20_000, syn: 20_000, nmap: 5_000 };

describe('every port of the server, as the built program sees it', () => {
  for (const [title, options, vantage] of labs) {
    describe(title, () => {
      let lab: Lab | undefined;

      before(async function () {
        this.timeout(60_000);
        requireLab(this, ['nmap']);
        buildProgram();
        lab = await upLab(options);
      });
      after(() => lab?.down());

      for (const engine of ['connect', 'syn', 'nmap'] as const) {
        it(`${engine} calls no port what it is not`, async function () {
          this.timeout(400_000);
          const sweep = { engine, ports: '1-65535', rate: rates[engine] };
          const evidence = await planAndScan(lab!, vantage, sweep);
          const flows = flowsFrom((await audit(lab!, [evidence])).document, vantage);
          expect(flows.size).to.equal(65_535);
          expect(differences(lab!.truth(vantage), flows, portRange(1, 65_535))).to.deep.equal([]);
        });
      }
    });
  }
});
