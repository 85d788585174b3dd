import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import { checkWritten } from '../src/diagnostics/schema-issue.ts';
import type { Site } from '../src/model/site.ts';
import { explainIssue } from './site/explain-issue.ts';
import { Positions } from './site/positions.ts';
import { readSite } from './site/read-site.ts';
import { siteSchema } from './site/schema.ts';
import { SiteValues } from './site/site-values.ts';

/** Where YAML's reader speaks to programmers. */
const YAML_WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands here twice',
  MULTIPLE_DOCS: 'a second YAML document begins here: a site file is one',
};

const YAML_MENDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of the two',
  MULTIPLE_DOCS: 'remove the line ---, or what follows it',
};

/**
 * Reads a site file. `value` is null when any error stands among the diagnostics; every diagnostic has
 * file, line, column and the mend. Aliases in the YAML are bounded, so that a small file stays small.
 */
export function parseSite(text: string, file: string): Parsed<Site | null> {
  const counter = new LineCounter();
  const doc = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  const pos = new Positions(text, file, counter, doc.contents);
  const fromYaml = [...doc.errors, ...doc.warnings].map(
    (e): Diagnostic => ({
      code: 'site-yaml',
      severity: e.name === 'YAMLWarning' ? 'warning' : 'error',
      message: YAML_WORDS[e.code] ?? e.message,
      span: pos.at(e.pos[0], e.pos[1]),
      mend: YAML_MENDS[e.code] ?? 'check indentation, colons and quotes near here',
    }),
  );
  // JavaScript's own word for something else: schemas pass over it, and a target of that name would be lost unseen.
  visit(doc, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return;
      fromYaml.push({
        code: 'site-invalid',
        severity: 'error',
        message: 'nothing can be called "__proto__"',
        span: pos.at(key.range?.[0] ?? 0, key.range?.[1] ?? 0),
        mend: 'give it another name',
      });
    },
  });
  if (fromYaml.some((d) => d.severity === 'error')) return { value: null, diagnostics: fromYaml };
  if (doc.contents === null) {
    return {
      value: null,
      diagnostics: [
        {
          code: 'site-invalid',
          severity: 'error',
          message: 'the site file is empty',
          span: pos.at(0, 0),
          mend: 'write a draft with: aclscope init CONFIG -o site.yaml',
        },
      ],
    };
  }
  let plain: unknown;
  try {
    plain = doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      value: null,
      diagnostics: [
        {
          code: 'site-yaml',
          severity: 'error',
          message,
          span: pos.at(0, 0),
          mend: 'write the values out instead of using aliases',
        },
      ],
    };
  }
  const decoded = checkWritten(siteSchema, plain);
  if (!decoded.success) {
    return {
      value: null,
      diagnostics: [...fromYaml, ...decoded.error.issues.map((i) => explainIssue(i, pos))],
    };
  }
  const values = new SiteValues(pos);
  const site = readSite(values, decoded.data, file);
  const diagnostics = [...fromYaml, ...values.diagnostics];
  return { value: diagnostics.some((d) => d.severity === 'error') ? null : site, diagnostics };
}
