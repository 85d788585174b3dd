import { expect } from 'chai';
import { parseConfig } from '../../../parsers/cisco-ios/parse-config.ts';
import { LINT_RULES } from '../../../src/model/lint-rules.ts';
import { LINT_CHECKS } from '../../../src/review/checks/registry.ts';
import { lintConfig } from '../../../src/review/lint.ts';

const RULES =
  `shadowed-ace redundant-ace netmask-as-wildcard wrong-direction source-port-service permit-any reply-blocked
  catch-all-not-last undefined-list empty-list unused-list unbound-interface same-list-both-ways wide-port-range
  stale-bogon dead-destination established-only fragments-pass management-exposed icmp-any standard-host-mask
  not-on-this-train blocks-pmtud post-nat-address log-on-broad-ace bypass-path missing-mask unparsed-line
  unmodelled-clause missing-antispoof`
    .trim()
    .split(/\s+/);

const lint = (text: string) => {
  const { value, diagnostics } = parseConfig(text, 'example.cfg');
  return lintConfig(value, { diagnostics, clock: null, today: '2026-01-01' });
};

describe('lint rules', () => {
  it('are those that the contract names, once each', () => {
    expect(LINT_CHECKS.map((c) => c.id).sort()).to.deep.equal([...RULES].sort());
    expect([...LINT_RULES].sort()).to.deep.equal([...RULES].sort());
  });

  for (const check of LINT_CHECKS) {
    describe(check.id, () => {
      it('speaks about its example', () => {
        const own = lint(check.example.trigger).filter((f) => f.rule === check.id);
        expect(own).to.not.be.empty;
        for (const finding of own) {
          expect(finding.line, 'a finding names its line').to.not.equal(null);
          expect(finding.message.length).to.be.within(20, 400);
        }
      });

      it('has its own severity in the example', () => {
        const own = lint(check.example.trigger).filter((f) => f.rule === check.id);
        expect(own.map((f) => f.severity)).to.include(check.severity);
      });

      it('is silent about the nearest miss', () => {
        expect(lint(check.example.nearMiss).filter((f) => f.rule === check.id)).to.deep.equal([]);
      });
    });
  }
});
