import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { TcpRule } from '../../src/model/host.ts';
import { type HostFile, linesOf, unread } from './host-file.ts';

const MAX_RULES = 100_000;

/** `192.168.1-3.4`: the first hyphen between numbers makes a rule for each; names after `=` and `@` are left. */
function expandRange(address: string): readonly string[] {
  if (/[=@]/.test(address)) return [address];
  const dash = address.indexOf('-');
  if (dash < 0) return [address];
  const left = address.lastIndexOf('.', dash) + 1;
  const dot = address.indexOf('.', dash);
  const right = dot < 0 ? address.length : dot;
  const low = Number(address.slice(left, dash));
  const high = Math.min(Number(address.slice(dash + 1, right)), 255);
  if (!Number.isInteger(low) || !Number.isInteger(high)) return [address];
  const out: string[] = [];
  for (let n = low; n <= high; n++) out.push(address.slice(0, left) + n + address.slice(right));
  return out;
}

/** `,NAME="value"`, the quote being any character. */
function readEnvironment(text: string): readonly string[] | null {
  const out: string[] = [];
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf('=', at);
    const quote = text[equals + 1];
    if (text[at] !== ',' || equals < 0 || quote === undefined) return null;
    const end = text.indexOf(quote, equals + 2);
    if (end < 0) return null;
    out.push(`${text.slice(at + 1, equals)}=${text.slice(equals + 2, end)}`);
    at = end + 1;
  }
  return out;
}

/** Source of tcprules: `address:allow|deny[,ENV="value"]…`; tcprules stops at a line it cannot read. */
export function parseTcpRules(file: HostFile): Parsed<readonly TcpRule[]> {
  const rules: TcpRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { raw, line } of linesOf(file)) {
    const text = raw.replace(/[ \t]+$/, '');
    if (text === '' || text.startsWith('#')) continue;
    const colon = text.indexOf(':');
    if (colon < 0) {
      diagnostics.push(unread(line, 'no colon: tcprules passes over this line in silence'));
      continue;
    }
    const m = /^(allow|deny)(.*)$/s.exec(text.slice(colon + 1));
    const environment = m ? readEnvironment(m[2]!) : null;
    if (!m || environment === null) {
      diagnostics.push(
        unread(
          line,
          'tcprules cannot read this line and stops here',
          'the compiled file then stays as it was',
        ),
      );
      continue;
    }
    for (const address of expandRange(text.slice(0, colon))) {
      if (rules.length >= MAX_RULES) break;
      rules.push({ address, action: m[1] === 'deny' ? 'deny' : 'allow', environment, line });
    }
  }
  return { value: rules, diagnostics };
}
