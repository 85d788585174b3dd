import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription?: { readonly text: string };
}

describe('SARIF explains its rules', () => {
  const rulesOf = async (...argv: readonly string[]): Promise<ReadonlyMap<string, Rule>> => {
    const { stdout } = await runCommand([...argv, '--format', 'sarif'], { cwd: process.cwd() });
    const rules = JSON.parse(stdout).runs[0].tool.driver.rules as Rule[];
    return new Map(rules.map((rule) => [rule.id, rule]));
  };
  const FULL = 'samples/isp-mail/gw-full.cfg';
  for (const [argv, ids] of [
    [
      ['lint', FULL],
      ['shadowed-ace', 'missing-mask'],
    ],
    [
      ['review', 'samples/review/gw.cfg', '--change', 'samples/review/rebuild.txt'],
      ['permit-all', 'deny-all', 'ephemeral-permit'],
    ],
    [['audit', 'samples/isp-mail/site.yaml', 'samples/isp-mail/segment-connect.json'], ['shadowed-ace']],
  ] as const) {
    it(`of ${argv[0]}, by the words of the rule itself`, async () => {
      const rules = await rulesOf(...argv);
      for (const id of ids) {
        const rule = rules.get(id);
        expect(rule?.shortDescription.text, id).to.be.a('string').and.not.equal(id.replaceAll('-', ' '));
        expect(rule?.fullDescription?.text, id).to.match(/\.$/);
      }
    });
  }
});
