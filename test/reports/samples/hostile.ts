import type { Report } from '../../../reports/report.ts';

const UNTOUCHED = new Set(['kind', 'schema', 'packets', 'floor', 'source', 'destination']);
const CLOSED_CHOICES =
  /^(tcp|udp|ip|permit|deny|undetermined|allow|pass|fail|waived|open|wrapped|closed|filtered|unreachable|unobserved|unstable|proven|consistent|tainted|none|critical|high|medium|low|info|in|out|conforms|differs|incomplete|contradicted|unprobed|unprobeable|dead|error|warning|notice|ace|unparsed|evaluate|remark|config|site|snippet|evidence|plan|complete|not-assessed|not-applicable|very-low|objective|subjective|auditor|check|holds|breaks|doubt|missing|note|file|command|attachment|scan|answer)$/;

/** Puts hostile text in place of every free string of a report; closed choices stay, or it would not be a report. */
export function poison<R extends Report>(report: R, hostile: string): R {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      return UNTOUCHED.has(key) || CLOSED_CHOICES.test(value) ? value : hostile;
    }
    if (Array.isArray(value)) return value.map((v) => walk(v, key));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, walk(v, k)]));
    }
    return value;
  };
  return walk(report, '') as R;
}

/** What configs, banners and file names could hold, each with a name. */
export const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['terminal escapes', '\u001b]0;owned\u0007\u001b[31mred\u001b[2J\u009b31m\r\b\u007f'],
  ['script element', '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'],
  ['attribute breakout', '" onmouseover="document.title=\'owned\'" x="\' onfocus=\'1'],
  ['end of style, title, textarea and comment', '</style></title></textarea></svg>--><b>bold</b>'],
  [
    'Markdown link, image and table',
    '[click](javascript:owned) ![i](http://192.0.2.1/x) | `` ` `` | **bold** <b>',
  ],
  ['bare addresses', 'https://evil.example.net/ www.evil.example.net someone@example.net'],
  ['block markup', '# heading\n- item\n\n    code\n> quote\n```\nfence'],
  ['spreadsheet formula', "=cmd|'/C calc'!A0"],
  ['formula after blanks', '  +SUM(1,1)'],
  ['quotes, commas, semicolons', 'a"b,c;d\'e'],
  ['characters XML cannot hold', 'a\u0000b\u0001c\ufffed\uffffe\ud800f'],
  ['CDATA and entities', ']]><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;&amp;'],
  ['bidirectional override', 'remark \u202etcp ynєd\u2066 \u200b\ufeff'],
  ['SARIF placeholder and link', 'see {0} and [here](0) and {1}'],
  ['blessed tags', '{red-fg}{bold}owned{/} {open}{close}'],
  ['very long', 'x'.repeat(100_000)],
  ['combining marks', `e${'\u0301'.repeat(500)}`],
  ['prototype', '__proto__'],
];
