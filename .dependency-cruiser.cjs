// The layers as rules. Order of the core: diagnostics <- model <- headerspace <- acl <- router <- exposure, review, checklist <- cli.
const core = ['diagnostics', 'model', 'headerspace', 'acl', 'router', 'exposure', 'review', 'checklist'];
const maySee = {
  diagnostics: [],
  model: ['diagnostics'],
  headerspace: ['diagnostics', 'model'],
  acl: ['diagnostics', 'model', 'headerspace'],
  router: ['diagnostics', 'model', 'headerspace', 'acl'],
  exposure: ['diagnostics', 'model', 'headerspace', 'acl', 'router'],
  review: ['diagnostics', 'model', 'headerspace', 'acl', 'router'],
  checklist: ['diagnostics', 'model'],
};

const layerRules = core.map((layer) => ({
  name: `core-layer-${layer}`,
  severity: 'error',
  comment: `src/${layer} may build only on the layers below it, so that each can be understood and tested without those above.`,
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...maySee[layer]].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'core-is-pure',
      severity: 'error',
      comment:
        'The core takes values and returns values: files, sockets, processes and clocks belong to the shells.',
      from: { path: `^src/(${core.join('|')})/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-does-not-see-shells',
      severity: 'error',
      comment: 'Reading, probing and printing can change without touching what is computed.',
      from: { path: `^src/(${core.join('|')})/` },
      to: { path: '^(parsers|scans|reports|src/cli)/' },
    },
    {
      name: 'shells-see-only-model-and-diagnostics',
      severity: 'error',
      comment:
        'Parsers, scans and reports meet in the domain types; the algorithms of the core are not theirs to call.',
      from: { path: '^(parsers|scans|reports)/' },
      to: { path: '^src/', pathNot: '^src/(model|diagnostics)/' },
    },
    {
      name: 'shells-do-not-see-one-another',
      severity: 'error',
      comment: 'Only the command line composes parsers, scans and reports.',
      from: { path: '^(parsers|scans|reports)/' },
      to: { path: '^(parsers|scans|reports)/', pathNot: ['^$1/', '^parsers/nmap-xml.ts$'] },
    },
    {
      name: 'parsers-do-no-io',
      severity: 'error',
      comment: 'A parser takes text; who reads the file decides about limits and errors.',
      from: { path: '^parsers/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|string_decoder)$' },
    },
    {
      name: 'cisco-parser-stands-alone',
      severity: 'error',
      comment: 'It is published as aclscope/cisco-config-parser and must need nothing but the model.',
      from: { path: '^parsers/cisco-ios/' },
      to: { path: '^parsers/', pathNot: '^parsers/cisco-ios/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that import each other cannot be read or changed apart.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'product-does-not-see-tests',
      severity: 'error',
      comment: 'What ships must not depend on what checks it.',
      from: { path: '^(src|parsers|scans|reports)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|\\.d\\.ts$)' },
  },
};
