import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import type { HostFacts, HostSource } from '../../model/host.ts';
import { defineCheck } from '../check.ts';
import { breaks, enumerate, holds, missing } from '../statement.ts';

export const currentVersions = defineCheck({
  id: 'current-versions',
  description: 'Programs that no package manager keeps are installed in a version that is declared current.',
  parameters: z.strictObject({
    current: z
      .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
      .default({})
      .describe('program: current version or versions, as somebody looked them up'),
  }),
  judge: ({ facts }, { current }) => {
    const declared = Object.entries(current);
    if (declared.length === 0) return [missing('nobody declared which versions are current')];
    if (facts === null) return [missing('no evidence bundle of the host')];
    return declared.map(([name, versions]) =>
      judgeProgram(facts, name, typeof versions === 'string' ? [versions] : versions),
    );
  },
});

interface Installed {
  readonly version: string;
  readonly where: string;
}

/** `1:0.88-7` and `0.88` are the same program; a packager's epoch and release do not count. */
const upstream = (version: string): string => version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');

function installedVersions(
  facts: HostFacts,
  name: string,
): { readonly found: readonly Installed[]; readonly sources: readonly HostSource[] } {
  const found: Installed[] = [];
  const sources: HostSource[] = [];
  if (facts.packages.kind === 'present') {
    sources.push(...facts.packages.sources);
    for (const p of facts.packages.value)
      if (p.name === name) found.push({ version: upstream(p.version), where: 'package' });
  }
  if (facts.sourceTrees.kind === 'present') {
    sources.push(...facts.sourceTrees.sources);
    for (const path of facts.sourceTrees.value) {
      const folder = path.slice(path.lastIndexOf('/') + 1);
      const m = folder.startsWith(`${name}-`) ? /^v?(\d[\w.]*)$/.exec(folder.slice(name.length + 1)) : null;
      if (m) found.push({ version: m[1]!, where: path });
    }
  }
  return { found, sources };
}

function judgeProgram(facts: HostFacts, name: string, versions: readonly string[]): Statement {
  const { found, sources } = installedVersions(facts, name);
  if (found.length === 0)
    return missing(`${name}: no package and no source folder tells its version`, { sources });
  const good = found.find((f) => versions.includes(f.version));
  const shown = enumerate(found.map((f) => `${f.version} (${f.where})`));
  return good
    ? holds(`${name} ${good.version} is declared current (${good.where})`, { sources })
    : breaks(`${name} is ${shown}; declared current: ${versions.join(', ')}`, { sources });
}
