import type { Diagnostic, DiagnosticSeverity } from './diagnostic.ts';
import type { SourceSpan } from './source-span.ts';

interface CatalogueEntry {
  readonly severity: DiagnosticSeverity;
  /** What the code means, for the documentation. */
  readonly means: string;
}

const error = (means: string): CatalogueEntry => ({ severity: 'error', means });
const warning = (means: string): CatalogueEntry => ({ severity: 'warning', means });
const notice = (means: string): CatalogueEntry => ({ severity: 'notice', means });

/** Every code that the Cisco parser gives. Codes are stable: programs match on them, never on messages. */
export const CATALOGUE = {
  'abbreviated-word': notice(
    'A keyword is cut to fewer than four letters; another IOS version may find it ambiguous.',
  ),
  'binary-input': error('The text is not text: nothing was read from it.'),
  'duplicate-sequence': error('Two entries of one list carry the same sequence number; IOS takes the first.'),
  'empty-input': error('There is no configuration in the text.'),
  'empty-port-range': error('A port condition that no port meets, such as `gt 65535`.'),
  'hostname-in-ace': warning('A host name in an access list: its address is unknown here.'),
  'inconsistent-mask': warning('An address has bits outside its own mask.'),
  'ipv6-not-modelled': notice('IPv6 is read and named, not evaluated.'),
  'list-kind-conflict': error('One list name is used for a standard and an extended list.'),
  'missing-direction': error('`ip access-group` without in or out: which packets it filters is unknown.'),
  'missing-mask': error('An interface address without a mask: its network is unknown.'),
  'mode-unclear': warning('A sub-command stands outside any mode that knows it.'),
  'non-ip-list': notice('A list of another protocol than IP: knowingly skipped.'),
  'not-on-this-train': warning('The stated IOS version does not know this feature.'),
  'object-group-in-use': error('An object group that a list uses cannot be deleted or emptied.'),
  'prompt-mode-mismatch': warning('A prompt names another mode than the lines before it lead to.'),
  'rejected-line': error('IOS refuses this line in the state that the lines before it made.'),
  'reversed-range': warning('A range whose first value is the higher; it is evaluated swapped.'),
  'scrolled-line': error('A `$` after the prompt: the terminal scrolled and the start of the line is lost.'),
  'trailing-comment': notice('A `!` comment after a statement was left out.'),
  'two-configurations': error('The text holds more than one configuration; only the first was read.'),
  'only-comments': notice('A snippet of comments alone, such as a safe sequence with nothing to type.'),
  'overlong-line': error('A line longer than any that IOS takes: it was not read.'),
  'unmodelled-clause': warning('A clause whose effect on packets is stated, not computed.'),
  'unparsed-line': warning('A line that could not be read.'),
  'unterminated-block': error(
    'A banner, certificate or other block has no end; what follows it was not read.',
  ),
  'wrapped-line': error('A line looks cut in two by a terminal; neither part can be trusted.'),
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type CatalogueCode = keyof typeof CATALOGUE;

/** A diagnostic of the catalogue's own severity, unless the caller knows it graver. */
export const diagnose = (
  code: CatalogueCode,
  span: SourceSpan | null,
  message: string,
  more: { readonly mend?: string; readonly severity?: DiagnosticSeverity } = {},
): Diagnostic => ({
  code,
  severity: more.severity ?? CATALOGUE[code].severity,
  message,
  span,
  ...(more.mend === undefined ? {} : { mend: more.mend }),
});
