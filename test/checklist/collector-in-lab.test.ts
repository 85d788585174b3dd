import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readAttachment, readBundle } from '../../parsers/host/bundle.ts';
import { parseSite } from '../../parsers/site.ts';
import { collectorScript } from '../../src/checklist/collector-script.ts';
import { readChecklist } from '../../src/checklist/read-checklist.ts';
import { runChecklist } from '../../src/checklist/run-checklist.ts';
import type { ChecklistResult, ItemOutcome } from '../../src/model/checklist.ts';
import type { Attachment } from '../../src/model/host.ts';
import { type Lab, upLab } from '../lab/lab.ts';
import { requireLab } from '../lab/require-lab.ts';
import { outcomeOf, textsOf } from './sample-audit.ts';

const PROBE = fileURLToPath(new URL('probe-ssh-methods.ts', import.meta.url));
const SITE = `site: lab
segments: { servers: 192.168.2.0/24 }
targets: { giant: { address: 192.168.2.35, segment: servers } }
vantages: { mailfilter: { address: 192.168.1.30 }, friend: { address: 192.168.2.50 } }
policy:
  - { from: mailfilter, to: giant, tcp: [25], why: mail }
  - { from: servers, to: giant, tcp: [22, 110, 143], wrapped: [25], why: web mail }
`;
const ITEMS = [3, 5, 6, 10, 14];

/** The collector on a host with real daemons: its files are broken and mended, and each item follows. */
describe('the collector on the laboratory server', function () {
  this.timeout(180_000);
  let lab: Lab;
  let runs = 0;

  const collect = async (where: 'giant' | 'friend' = 'giant'): Promise<Uint8Array> => {
    const out = join(lab.folder, `bundle-${++runs}.tar`);
    const ran = await lab.exec(where, ['sh', join(lab.folder, 'collect.sh'), '-o', out], {
      timeout: 120_000,
    });
    expect(ran.code, ran.stderr).to.equal(0);
    const bytes = readFileSync(out);
    rmSync(out);
    return bytes;
  };

  const offered = async (): Promise<Attachment> => {
    const ran = await lab.exec('friend', [process.execPath, '--import', 'tsx', PROBE, '192.168.2.35', '22'], {
      timeout: 60_000,
    });
    const { value } = readAttachment(
      'ssh-methods',
      'probe.txt',
      Buffer.from(ran.stdout),
      new Date().toISOString(),
    );
    if (value === null) throw new Error(ran.stderr);
    return value;
  };

  const judge = (bytes: Uint8Array, attachments: readonly Attachment[] = []): ChecklistResult => {
    const omit = Array.from({ length: 20 }, (_, i) => i + 1).filter((id) => !ITEMS.includes(id));
    const { value: checklist } = readChecklist(
      'lab.yaml',
      `checklist: lab\nextends: twenty-items\nomit: [${omit.join(', ')}]\n`,
    );
    const { value: bundle } = readBundle(bytes);
    if (checklist === null || bundle === null) throw new Error('nothing to judge');
    const site = parseSite(SITE, 'lab.yaml').value;
    return runChecklist({ checklist, answers: [], bundle, audit: null, history: null, site, attachments });
  };
  const broken = (outcome: ItemOutcome): string => textsOf(outcome, 'breaks').join('\n');

  before(async function () {
    requireLab(this, ['portsentry']);
    lab = await upLab({ acl: 'full', leak: 'listening', portSentry: 'stcp' });
    writeFileSync(join(lab.folder, 'collect.sh'), collectorScript());
    writeFileSync(join(lab.folder, 'tcp.smtp'), '192.168.1.30:allow\n:deny\n');
    const second = await lab.exec('giant', ['portsentry', '-sudp'], { timeout: 10_000 });
    expect(second.code, second.stderr).to.equal(0);
  });
  after(() => lab?.down());

  it('finds rsh on 514 with its cause, follows sshd and tcpserver to their files, and sees both PortSentries', async () => {
    const result = judge(await collect(), [await offered()]);
    expect(result.diagnostics).to.deep.equal([]);

    expect(broken(outcomeOf(result, '14'))).to.match(
      /^514\/tcp is not wanted: .* listed by the host; cause: xinetd's service shell .*\/etc\/xinetd\.d\/rsh line 1; xinetd holds the port$/,
    );
    expect(broken(outcomeOf(result, '5'))).to.contain("xinetd's service shell");
    const six = outcomeOf(result, '6');
    expect(broken(six)).to.equal('');
    expect(textsOf(six, 'holds').join('\n'))
      .to.contain('192.168.1.30 is let in')
      .and.to.contain('agrees with its source, rule by rule');
    const three = outcomeOf(result, '3');
    expect(textsOf(three, 'holds'))
      .to.include('PermitRootLogin no')
      .and.to.include('PasswordAuthentication no');
    const ten = outcomeOf(result, '10');
    expect(textsOf(ten, 'holds')).to.include('two PortSentry processes run: -stcp and -sudp');
    expect(textsOf(ten, 'note').join('\n')).to.match(
      /-stcp opens no listener: 514, .*xinetd's service shell/,
    );
  });

  it('follows each file that is broken, and back', async () => {
    const rsh = join(lab.folder, 'xinetd.d/rsh');
    const sshd = join(lab.folder, 'sshd_config');
    const source = join(lab.folder, 'tcp.smtp');
    const kept = [rsh, sshd, source].map((path) => [path, readFileSync(path, 'utf8')] as const);
    const change = (path: string, edit: (text: string) => string): void =>
      writeFileSync(path, edit(readFileSync(path, 'utf8')));

    change(rsh, (t) => t.replace('{', '{\n  disable = yes'));
    change(sshd, (t) => t.replace('PermitRootLogin no', 'PermitRootLogin yes'));
    change(source, (t) => `192.168.2.50:allow\n${t}`);
    const changed = judge(await collect());
    expect(broken(outcomeOf(changed, '5'))).to.equal('');
    expect(broken(outcomeOf(changed, '3'))).to.contain('PermitRootLogin is yes, not no');
    expect(broken(outcomeOf(changed, '6'))).to.contain('"192.168.2.50:allow" is written but not compiled');

    for (const [path, text] of kept) writeFileSync(path, text);
    const mended = judge(await collect());
    expect(broken(outcomeOf(mended, '5'))).to.contain("xinetd's service shell");
    expect(broken(outcomeOf(mended, '3'))).to.not.contain('PermitRootLogin');
    expect(broken(outcomeOf(mended, '6'))).to.equal('');
  });

  it('of another host is refused', async () => {
    const result = judge(await collect('friend'));
    expect(result.diagnostics.map((d) => d.code)).to.deep.equal(['bundle-of-another-host']);
    expect(result.outcomes.map((o) => o.result)).to.deep.equal(ITEMS.map(() => 'not-assessed'));
  });
});
