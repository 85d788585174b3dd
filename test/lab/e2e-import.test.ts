import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { giantAddress, type Lab, upLab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import { aclscope, audit, buildProgram, flowsFrom } from './product.ts';
import { requireLab } from './require-lab.ts';
import { stateOf } from './truth.ts';

// Scans that nmap made and listings that the server made of itself, in the lab, just now: read by the built program.

describe('evidence of other tools, taken in the lab and imported by the built program', () => {
  let lab: Lab | undefined;

  before(async function () {
    this.timeout(60_000);
    requireLab(this, ['nmap', 'netstat']);
    buildProgram();
    lab = await upLab({ acl: 'short', leak: 'listening' });
  });
  after(() => lab?.down());

  const ports = [22, 23, 25, 80, 110, 143, 513, 514, 515];

  async function importFile(
    file: string,
    vantage: LabVantage,
    more: readonly string[] = [],
  ): Promise<string> {
    const evidence = `${file}.evidence.json`;
    const result = await aclscope(lab!, vantage, [
      'import',
      file,
      '--vantage',
      vantage,
      ...more,
      '-o',
      evidence,
    ]);
    expect(result.code, result.stderr).to.equal(0);
    return evidence;
  }

  for (const [vantage, technique] of [
    ['friend', '-sS'],
    ['friend', '-sT'],
    ['internet', '-sS'],
    ['internet', '-sT'],
  ] as const) {
    for (const [option, form] of [
      ['-oX', 'XML'],
      ['-oN', 'normal'],
      ['-oG', 'grepable'],
    ] as const) {
      it(`nmap ${technique} from ${vantage}, ${form} output`, async function () {
        this.timeout(60_000);
        const file = join(lab!.folder, `${vantage}${technique}.${form}`);
        const scanned = await lab!.exec(vantage, [
          ...['nmap', '-n', '-Pn', technique, '--reason', '-p', ports.join(','), option, file, giantAddress],
        ]);
        expect(scanned.code, scanned.stderr).to.equal(0);
        const { document } = await audit(lab!, [await importFile(file, vantage)]);
        const flows = flowsFrom(document, vantage);
        const truth = lab!.truth(vantage);
        for (const port of ports) {
          // A port scan alone does not see that a service closes at once.
          const state = stateOf(truth, port);
          expect(flows.get(port)?.observed, `${port}`).to.equal(state === 'wrapped' ? 'open' : state);
        }
        if (vantage === 'friend') expect(flows.get(514)).to.include({ verdict: 'fail', severity: 'high' });
        else expect(flows.get(514)).to.include({ verdict: 'pass', confidence: 'consistent' });
      });
    }
  }

  for (const command of [
    ['netstat', '-al'],
    ['netstat', '-tln'],
    ['ss', '-tln'],
  ] as const) {
    it(`${command.join(' ')} of the server names its listeners`, async function () {
      this.timeout(60_000);
      const listing = await lab!.exec('giant', command);
      expect(listing.code, listing.stderr).to.equal(0);
      const file = join(lab!.folder, `giant.${command.join('')}`);
      writeFileSync(file, listing.stdout);
      const evidence = await importFile(file, 'friend', ['--target', 'giant']);
      const { document } = await audit(lab!, [evidence]);
      expect(document.schema).to.equal('aclscope/audit/1');
      expect(JSON.stringify(document), 'the listener that nobody asked for').to.match(/\b514\b|shell/);
    });
  }

  it('a scan of another address is nobody’s evidence', async function () {
    this.timeout(60_000);
    const file = join(lab!.folder, 'elsewhere.xml');
    await lab!.exec('friend', ['nmap', '-n', '-Pn', '-sS', '-p', '22,80', '-oX', file, '192.168.2.1']);
    const { code, document } = await audit(lab!, [await importFile(file, 'friend')]);
    expect(code).to.be.oneOf([1, 3]);
    for (const flow of flowsFrom(document, 'friend').values()) expect(flow.verdict).to.equal('undetermined');
  });
});
