import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import type { InputFile } from '../../src/cli/files.ts';
import { type BesideJob, isMuchWork, lookBeside } from '../../src/cli/look-beside.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import type { FindingsOf } from '../../src/review/findings-of-change.ts';
import { ALL_RULES } from '../../src/review/lint.ts';
import { findingsOf, hazardsOf } from '../../src/review/review.ts';
import { typeSnippet } from '../../src/review/typed-change.ts';
import { readerFor, TODAY } from '../review/typed.ts';
import { skipBecause } from '../support/skip.ts';
import { buildCopy } from './build-copy.ts';

const inputOf = (name: string, lines: readonly string[]): InputFile => ({
  name,
  text: `${lines.join('\n')}\n`,
  sha256: '',
});

/** A list of host lines with a catch-all, bound inbound. */
const configOf = (lines: number): InputFile =>
  inputOf('old.cfg', [
    'version 12.4',
    'hostname gw',
    'interface FastEthernet0/0',
    ' ip address 203.0.113.1 255.255.255.0',
    ' ip access-group IN in',
    'interface FastEthernet0/1',
    ' ip address 192.0.2.1 255.255.255.0',
    'ip access-list extended IN',
    ...Array.from(
      { length: lines },
      (_, i) => ` permit tcp any host 192.0.2.${2 + (i % 250)} eq ${1 + Math.floor(i / 250)}`,
    ),
    ' deny ip any any',
    'ip route 0.0.0.0 0.0.0.0 203.0.113.254',
    'end',
  ]);

const snippetOf = (commands: number): InputFile =>
  inputOf('change.txt', [
    'ip access-list extended IN',
    ...Array.from({ length: commands }, (_, i) =>
      i % 4 === 3 ? `no ${10 * i}` : `${11 + 10 * i} ${i % 2 ? 'deny' : 'permit'} udp any any eq ${1 + i}`,
    ),
    'permit tcp any any eq 22',
  ]);

const JOB: Omit<BesideJob, 'claim'> = {
  config: configOf(40),
  snippet: snippetOf(30),
  version: null,
  options: { clock: null, today: TODAY, operator: { address: parseIpv4('198.51.100.7')!, port: null } },
};

/** What this thread says of the job. */
function lookHere({ config, snippet, options }: typeof JOB) {
  const { value, diagnostics } = parseConfig(config.text, config.name);
  const before = { config: value, diagnostics };
  const typed = typeSnippet(value, parseSnippet(snippet.text, snippet.name).value, readerFor(value));
  return { hazards: hazardsOf(before, typed, options), findings: findingsOf(before, typed, options) };
}

describe('a thread that looks for hazards and findings', function () {
  this.timeout(60_000);
  const here = lookHere(JOB);
  const asked: string[] = [];
  /** Looks for findings here, and notes that it was asked to. */
  const look = (): FindingsOf => {
    asked.push('here');
    return here.findings;
  };
  beforeEach(() => {
    asked.length = 0;
  });

  it('says what this one says', async () => {
    expect(here.hazards.hazards).to.not.be.empty;
    expect(here.findings(ALL_RULES)).to.not.be.empty;
    const claim = new Int32Array(new SharedArrayBuffer(4));
    const thread = lookBeside(JOB, claim);
    expect(await thread.hazards()).to.deep.equal(here.hazards);
    while (Atomics.load(claim, 0) < 2) await sleep(5);
    expect(await thread.findings(look)).to.deep.equal(here.findings(ALL_RULES));
    expect(asked).to.deep.equal([]);
  });

  it('finds one share while this one finds the other', async () => {
    const claim = new Int32Array(new SharedArrayBuffer(4));
    Atomics.store(claim, 0, 1);
    const thread = lookBeside(JOB, claim);
    expect(await thread.hazards()).to.deep.equal(here.hazards);
    while (Atomics.load(claim, 0) < 2) await sleep(5);
    // The first share was taken by nobody who tells of it: it is looked for here in the end.
    expect(await thread.findings(look)).to.deep.equal(here.findings(ALL_RULES));
    expect(asked).to.deep.equal(['here']);
  });

  it('leaves findings to the one that asks for them before it has begun', async () => {
    const thread = lookBeside(JOB);
    expect(await thread.findings(look)).to.deep.equal(here.findings(ALL_RULES));
    expect(asked).to.deep.equal(['here']);
    expect(await thread.hazards()).to.deep.equal(here.hazards);
  });

  it('says nothing of a text that it cannot read', async () => {
    const thread = lookBeside({ ...JOB, config: inputOf('old.cfg', ['']) });
    expect(await thread.hazards()).to.equal(null);
    expect(await thread.findings(look)).to.deep.equal(here.findings(ALL_RULES));
    expect(asked).to.deep.equal(['here']);
  });

  describe('in the program', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'aclscope-beside-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('changes nothing in the report', function () {
      const [config, snippet] = [configOf(2000), snippetOf(600)];
      if (!isMuchWork(config, snippet)) skipBecause(this, 'there is one processor alone');
      for (const { name, text } of [config, snippet]) writeFileSync(join(folder, name), text);
      const main = join(buildCopy(folder), 'dist/src/cli/main.js');
      const argv = [main, 'review', config.name, '--change', snippet.name, '--format', 'json'];
      const run = (program: string, ...first: readonly string[]) =>
        spawnSync(program, [...first, ...argv], { cwd: folder, encoding: 'utf8', maxBuffer: 1e9 });
      const alone = run('taskset', '-c', '0', process.execPath);
      if (alone.error) skipBecause(this, `no program to keep it on one processor: ${alone.error.message}`);
      const both = run(process.execPath);
      expect(both.status).to.equal(1);
      expect(JSON.parse(both.stdout).hazards).to.not.be.empty;
      expect({ ...both, pid: 0 }).to.deep.equal({ ...alone, pid: 0 });
    });
  });
});
