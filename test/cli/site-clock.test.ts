import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

const CONFIG = `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
time-range WORK
 periodic weekdays 8:00 to 18:00
ip access-list extended EDGE
 permit tcp any host 198.51.100.35 eq 22 time-range WORK
`;

const SITE = `site: office
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: 198.51.100.0/24 }
targets: { host: { address: 198.51.100.35, segment: servers } }
vantages: { internet: { address: 203.0.113.77, enters: gw FastEthernet0/0 } }
policy: [{ from: internet, to: host, tcp: [22], why: upkeep in working hours }]
`;

// A Friday morning, and the Sunday after it.
const FRIDAY = '2026-11-27T10:00:00';
const SUNDAY = '2026-11-29T10:00:00';

/** Rules that say of a time-range that nobody knows whether it holds. */
const doubts = (stdout: string): readonly string[] =>
  (JSON.parse(stdout).findings as { kind?: string; rule?: string }[])
    .map((f) => f.kind ?? f.rule ?? '')
    .filter((rule) => rule === 'unmodelled-clause');

describe("the router's clock that a site file states", () => {
  let folder: string;
  const run = (...argv: string[]) => runCommand(argv, { cwd: folder });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-clock-'));
    writeFileSync(join(folder, 'gw.cfg'), CONFIG);
    writeFileSync(join(folder, 'site.yaml'), SITE);
    writeFileSync(join(folder, 'friday.yaml'), `${SITE}clock: ${FRIDAY}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const command of ['lint', 'audit']) {
    it(`leaves ${command} no doubt of a time-range`, async () => {
      expect(doubts((await run(command, 'site.yaml', '-f', 'json')).stdout)).to.deep.equal([
        'unmodelled-clause',
      ]);
      expect(doubts((await run(command, 'friday.yaml', '-f', 'json')).stdout)).to.deep.equal([]);
    });
  }

  it('counts for a review with that site', async () => {
    const argv = ['review', 'gw.cfg', 'gw.cfg', '--all', '-f', 'json', '--site'];
    expect(doubts((await run(...argv, 'site.yaml')).stdout)).to.deep.equal(['unmodelled-clause']);
    expect(doubts((await run(...argv, 'friday.yaml')).stdout)).to.deep.equal([]);
  });

  it('gives way to --clock', async () => {
    const reachable = async (...argv: string[]): Promise<unknown> => {
      const { flows } = JSON.parse((await run('intended', ...argv, '-f', 'json')).stdout);
      return [flows[0].reachable, flows[0].undetermined];
    };
    expect(await reachable('site.yaml')).to.deep.equal([[], [[22, 22]]]);
    expect(await reachable('friday.yaml')).to.deep.equal([[[22, 22]], []]);
    expect(await reachable('friday.yaml', '--clock', SUNDAY)).to.deep.equal([[], []]);
    expect(await reachable('site.yaml', '--clock', FRIDAY)).to.deep.equal([[[22, 22]], []]);
    const asked = ['--from', 'internet', '--to', 'host', '--dport', '22', '-f', 'json'];
    const verdict = async (...argv: string[]): Promise<unknown> =>
      JSON.parse((await run('explain', ...argv, ...asked)).stdout).verdict;
    expect(await verdict('friday.yaml')).to.equal('permit');
    expect(await verdict('friday.yaml', '--clock', SUNDAY)).to.equal('deny');
  });
});
