import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Lab, upLab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import type { LabOptions } from './options.ts';
import {
  type Audited,
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
import { type SideBySide, startSideBySide } from './side-by-side.ts';
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
  }

  describe('by blocking its scanner midway (PortSentry)', () => {
    let scans: SideBySide<BlockedScan> | undefined;
    before(() => {
      scans = startSideBySide(engines, { acl: 'short', portSentry: 'stcp' }, scanUntilBlocked);
    });
    after(() => scans?.down());

    for (const engine of engines) {
      it(`${engine}: incomplete, the moment named, and no port after the block passes as filtered`, async function () {
        this.timeout(300_000);
        const { lab: here, value } = await scans!.result(engine);
        expect(value.code, value.stderr).to.equal(3);
        const { reason } = value.evidence.completeness;
        const named = /the canary, is silent: it answered last at (\S+?Z)/.exec(reason ?? '')?.[1];
        expect(named, reason).to.be.a('string');
        expect(named! >= value.evidence.started && named! <= value.evidence.ended, named).to.equal(true);
        expect(value.audited.code).to.equal(3);
        const flows = flowsFrom(value.audited.document, 'friend');
        const truth = here.truth('friend');
        for (const port of portRange(1, 3000)) {
          const flow = flows.get(port);
          if (flow?.observed === 'filtered') expect(flow.verdict, `${port}`).to.equal('undetermined');
          else if (flow && ['open', 'wrapped', 'closed'].includes(flow.observed))
            expect(flow.observed, `${port}`).to.equal(stateOf(truth, port));
        }
      });
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
    describe(`by a ${pretender} seen from ${vantage}`, () => {
      // The slower engines share what is judged here with the others: a proxy and the segment stand for all.
      const judged = engines.filter((id) => acl !== 'none' || (id !== 'nmap' && id !== 'net-socket'));
      let scans: SideBySide<void> | undefined;
      before(() => {
        scans = startSideBySide(judged, { acl, pretender }, (here, engine) =>
          expectNoInvention(here, vantage, engine),
        );
      });
      after(() => scans?.down());

      for (const engine of judged) {
        it(`${engine}: not one invented service gets a verdict`, async function () {
          this.timeout(300_000);
          await scans!.result(engine);
        });
      }
    });
  }
});

interface BlockedScan {
  readonly code: number | null;
  readonly stderr: string;
  readonly evidence: {
    readonly started: string;
    readonly ended: string;
    readonly completeness: { readonly reason?: string };
  };
  readonly audited: Audited;
}

async function scanUntilBlocked(here: Lab, engine: string): Promise<BlockedScan> {
  const plan = join(here.folder, 'plan.json');
  const evidence = join(here.folder, 'evidence.json');
  await aclscope(here, 'friend', [
    ...['plan', siteFile('short'), '--vantage', 'friend', '--ports', '1-3000'],
    ...['--rate', '500', '-o', plan],
  ]);
  const { code, stderr } = await aclscope(here, 'friend', [
    ...['scan', '--plan', plan, '--engine', engine, '-o', evidence],
  ]);
  const audited = await audit(here, [evidence]);
  return { code, stderr, evidence: JSON.parse(readFileSync(evidence, 'utf8')), audited };
}

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
