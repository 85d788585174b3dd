// Runs the import picture and fails when it read nothing: an empty reading would pass every rule.

import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
const folders = process.argv.length > 2 ? process.argv.slice(2) : ['src', 'parsers', 'scans', 'reports'];
const { output } = await cruise(folders, {
  ...config.options,
  ruleSet: config,
  validate: true,
  outputType: 'json',
});
const result = typeof output === 'string' ? JSON.parse(output) : output;
const { violations, totalCruised, totalDependenciesCruised } = result.summary;

for (const v of violations) {
  const rule = config.forbidden.find((r) => r.name === v.rule.name);
  console.error(`${v.from} -> ${v.to}: ${v.rule.name}: ${rule?.comment ?? ''}`);
}
if (totalCruised === 0 || totalDependenciesCruised === 0) {
  console.error('the import picture read no modules: is @swc/core installed?');
  process.exit(1);
}
console.log(
  `import picture: ${totalCruised} modules, ${totalDependenciesCruised} imports, ${violations.length} violations`,
);
process.exit(violations.length === 0 ? 0 : 1);
