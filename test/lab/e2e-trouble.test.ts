import { expect } from 'chai';
import { join } from 'node:path';
import { type Lab, upLab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import type { LabOptions } from './options.ts';
import {
  aclscope,
  audit,
  buildProgram,
  differences,
  engines,
  flowsFrom,
  labRate,
  planAndScan,
  portRange,
  siteFile,
} from './product.ts';
import { requireLab } from './require-lab.ts';
import { stateOf } from './truth.ts';

// Networks that mislead a scanner. What the program cannot know it may leave undetermined; it may not say it wrong.

describe('the built program where the network misleads', () => {
  let lab: Lab | undefined;
  const up = async (options: Partial<LabOptions>) => {
    lab = await upLab(options);
    return lab;
  };

  before(function () {
    this.timeout(60_000);
    requireLab(this, ['portsentry']);
    buildProgram();
  });
  afterEach(async () => {
    await lab?.down();
    lab = undefined;
  });

  for (const engine of engines) {
    for (const [title, options, vantage] of [
      ['1% loss, closed ports', { acl: 'none', lossPercent: 1 }, 'internet'],
      ['5% loss, closed ports', { acl: 'none', lossPercent: 5 }, 'internet'],
      ['5% loss, on the segment', { acl: 'short', lossPercent: 5 }, 'friend'],
      ['1% loss, refusals by ICMP', { acl: 'short', denial: 'reject', lossPercent: 1 }, 'internet'],
      ['a policer of 10,000 packets a second', { acl: 'none', policer: true }, 'internet'],
    ] as const) {
      it(`${engine}: ${title}: no open port is missed and no state is wrong`, async function () {
        this.timeout(300_000);
        const here = await up(options);
        const ports = [...portRange(1, 4000)];
        const evidence = await planAndScan(here, vantage, { engine, ports: '1-4000', rate: labRate(engine) });
        const flows = flowsFrom((await audit(here, [evidence])).document, vantage);
        const truth = here.truth(vantage);
        const undecided = new Set(['unobserved', 'unstable']);
        const decided = ports.filter((port) => !undecided.has(flows.get(port)?.observed ?? 'unobserved'));
        expect(differences(truth, flows, truth.ports.keys(), engine)).to.deep.equal([]);
        expect(differences(truth, flows, decided, engine)).to.deep.equal([]);
        // Undecided is no way out: at most one port in a thousand.
        expect(ports.length - decided.length).to.be.at.most(4);
      });
    }

    it(`${engine}: PortSentry blocks midway: incomplete, and no port after the block passes as filtered`, async function () {
      this.timeout(300_000);
      const here = await up({ acl: 'short', portSentry: 'stcp' });
      const plan = join(here.folder, 'plan.json');
      const evidence = join(here.folder, 'evidence.json');
      await aclscope(here, 'friend', [
        ...['plan', siteFile('short'), '--vantage', 'friend', '--ports', '1-3000'],
        ...['--rate', '500', '-o', plan],
      ]);
      const scanned = await aclscope(here, 'friend', [
        'scan',
        '--plan',
        plan,
        '--engine',
        engine,
        '-o',
        evidence,
      ]);
      expect(scanned.code, scanned.stderr).to.equal(3);
      const audited = await audit(here, [evidence]);
      expect(audited.code).to.equal(3);
      const flows = flowsFrom(audited.document, 'friend');
      const truth = here.truth('friend');
      for (const port of portRange(1, 3000)) {
        const flow = flows.get(port);
        if (flow?.observed === 'filtered') expect(flow.verdict, `${port}`).to.equal('undetermined');
        else if (flow && ['open', 'wrapped', 'closed'].includes(flow.observed))
          expect(flow.observed, `${port}`).to.equal(stateOf(truth, port));
      }
    });

    for (const [pretender, vantage, acl] of [
      ['syn-proxy', 'internet', 'short'],
      // The router lost its list, so that what stands behind it shows.
      ['tarpit', 'internet', 'none'],
      ['decoy', 'internet', 'none'],
      ['tarpit', 'friend', 'short'],
      ['decoy', 'friend', 'short'],
    ] as const) {
      // The slower engines share what is judged here with the others: a proxy and the segment stand for all.
      if ((engine === 'nmap' || engine === 'net-socket') && acl === 'none') continue;
      it(`${engine}: a ${pretender} seen from ${vantage}: not one invented service gets a verdict`, async function () {
        this.timeout(300_000);
        await expectNoInvention(await up({ acl, pretender }), vantage, engine);
      });
    }
  }
});

async function expectNoInvention(lab: Lab, vantage: LabVantage, engine: string): Promise<void> {
  const evidence = await planAndScan(lab, vantage, {
    engine,
    ports: '1-200,514,3000-3100',
    rate: 500,
    believed: 'short',
  });
  const flows = flowsFrom((await audit(lab, [evidence], 'short')).document, vantage);
  const truth = lab.truth(vantage);
  const invented: string[] = [];
  for (const port of [...portRange(1, 200), 514, ...portRange(3000, 3100)]) {
    const flow = flows.get(port);
    const state = stateOf(truth, port);
    if (state === 'open' || state === 'wrapped') continue;
    const claimed = flow?.observed === 'open' || flow?.observed === 'wrapped';
    if (claimed && flow.verdict !== 'undetermined')
      invented.push(`${port} is ${state}, ${flow.verdict} as ${flow.observed}`);
  }
  expect(invented.slice(0, 20)).to.deep.equal([]);
  // POP3 says something that no pretender says: it is believed.
  expect(flows.get(110)).to.include({ observed: 'open', verdict: 'pass' });
}
