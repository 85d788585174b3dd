import { expect } from 'chai';
import { parseEvidence } from '../../parsers/evidence.ts';
import { toImportedEvidence } from '../../parsers/evidence-parts.ts';
import { parseNmapNormal } from '../../parsers/nmap-normal.ts';

const parts = parseNmapNormal(
  'Nmap scan report for 192.0.2.1\nNot shown: 65534 closed tcp ports (reset)\nPORT STATE SERVICE\n22/tcp open ssh\n',
  'x',
).value;
const evidence = toImportedEvidence(parts, {
  format: 'nmap-normal',
  file: 'x',
  vantage: 'internet',
  site: 'isp-mail',
});

describe('the evidence document', () => {
  it('survives writing and reading', () => {
    const { value, diagnostics } = parseEvidence(JSON.stringify(evidence), 'e.json');
    expect(diagnostics).to.deep.equal([]);
    expect(value).to.deep.equal(evidence);
  });

  it('gives each port one state', () => {
    const twice = structuredClone(evidence) as unknown as {
      targets: { observations: { ports: unknown }[] }[];
    };
    const [part] = twice.targets;
    part!.observations.push({ ...part!.observations[0]!, ports: [[22, 22]] });
    const { value, diagnostics } = parseEvidence(JSON.stringify(twice), 'e.json');
    expect(value).to.equal(undefined);
    expect(diagnostics[0]?.message).to.match(/targets\.0: a port stands in two of its observations/);
  });

  it('is told from other documents, and its faults are named', () => {
    const broken = structuredClone(evidence) as unknown as {
      targets: { observations: { state: string }[] }[];
    };
    broken.targets[0]!.observations[0]!.state = 'ajar';
    const { value, diagnostics } = parseEvidence(JSON.stringify(broken), 'e.json');
    expect(value).to.equal(undefined);
    expect(diagnostics[0]?.message).to.match(/targets\.0\.observations\.0\.state/);
    expect(parseEvidence('{"schema":"aclscope/plan/1"}', 'x').diagnostics[0]?.message).to.contain('"schema"');
    expect(parseEvidence(JSON.stringify(evidence).slice(0, 100), 'x').diagnostics[0]?.code).to.equal(
      'evidence-unreadable',
    );
  });
});
