import { diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import {
  EXEC_MODE,
  execAtPrompt,
  GLOBAL_MODE,
  type Mode,
  promptAgrees,
  USER_EXEC_MODE,
} from '../../src/model/command.ts';
import type { Snippet, SnippetStep } from '../../src/model/snippet.ts';
import { openBlock } from './blocks.ts';
import { cutLines, findPrompt, firstNonBlank, looksBinary, type PhysicalLine, spanOf } from './lines.ts';
import { parseCommand } from './parse-command.ts';
import { isPreamble } from './preamble.ts';

/** A message of the device's log, with whatever its clock and counter put before it. */
const LOGGED =
  /^(?:\d+: )?[*.]?(?:[A-Z][a-z]{2} +\d+(?: \d{4})? [\d:.]+(?: [A-Z]+)?|\d+[wdhy]\d+[wdhy]|[\d:]{8}): %[A-Z\d_]+-\d-/;

/** What a terminal prints among the commands of a recorded session. */
const OUTPUT =
  /^(?:Enter configuration commands, one per line|%(?: |[A-Z_]+-\d)|\s*\^\s*$|\[OK\]|Password:|Destination filename|\d+ bytes copied|Proceed with reload)/;

/** Commands that only print, whatever stands between them and the next prompt of a recorded session. */
const SHOWS = /^(?:do\s+)?(?:sh(?:ow?)?|ping|trace\w*|dir|more)\b/i;

/** Commands that ask back before they act. */
const ASKS =
  /^(?:do\s+)?(?:rel\w*|copy|wr\w*\s+er\w*|erase|delete|clear|configure\s+replace|crypto\s+key\s+(?:zero\w*|gen\w*)|no\s+(?:username|crypto\s+(?:pki|ca)|ip\s+nat\s+(?:inside|outside)\s+source))\b/i;
const ANSWER = /^(?:y(?:es)?|no?|\d{3,4})$/i;
const ASKS_PASSWORD = /^en(?:a|ab|abl|able)?(?:\s+\d+)?$/i;

/** Whether a line is what the command before it asks for: a yes or no, or the password of `enable`. */
function isAnswer(line: SourceSpan, before: string, mode: Mode): boolean {
  const text = line.text.slice(line.column - 1, line.endColumn - 1);
  if (ASKS.test(before) && ANSWER.test(text)) return true;
  return (
    ASKS_PASSWORD.test(before) &&
    !/\s/.test(text) &&
    parseCommand(line, mode, null).command.kind === 'rejected'
  );
}

/**
 * The lines that somebody would paste, in order and numbered, without looking at what they do: that depends on the
 * device they meet. Prompts are taken off and checked against the mode that the lines before lead to.
 */
export function parseSnippet(text: string, file: string): Parsed<Snippet> {
  if (looksBinary(text))
    return {
      value: { file, start: GLOBAL_MODE, steps: [] },
      diagnostics: [diagnose('binary-input', null, 'the snippet is binary: nothing was read')],
    };
  const lines = cutLines(text);
  const steps: SnippetStep[] = [];
  const diagnostics: Diagnostic[] = [];
  const start = startingMode(lines);
  const lastPrompt = lines.findLastIndex((line) => findPrompt(line.text) !== undefined);
  let showing = false;
  let mode = start;
  let asked = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const from = firstNonBlank(line.text);
    if (from < 0 || line.text.charCodeAt(from) === 33) continue;
    const prompt = from === 0 ? findPrompt(line.text) : undefined;
    const span = spanOf(line.text, prompt?.start ?? from, file, at + 1);
    const said = prompt ? (prompt.mode ?? (prompt.user ? '>' : '')) : null;
    const add = (kind: SnippetStep['kind'], where: SourceSpan = span): void => {
      steps.push({ step: steps.length + 1, kind, line: where, prompt: said });
    };
    if (prompt?.scrolled) {
      add('scrolled');
      diagnostics.push(
        diagnose('scrolled-line', span, 'the terminal scrolled: the start of this line is lost', {
          mend: 'Write the whole command: it is not guessed.',
        }),
      );
      continue;
    }
    if (line.overlong) {
      add('overlong');
      diagnostics.push(diagnose('overlong-line', span, `the line has ${line.text.length} characters`));
      continue;
    }
    if (
      span.column === span.endColumn ||
      (!prompt && [OUTPUT, LOGGED].some((p) => p.test(line.text))) ||
      (!prompt && isPreamble(line.text)) ||
      (!prompt && showing && at < lastPrompt)
    ) {
      add('output');
      continue;
    }
    if (span.text.charCodeAt(span.column - 1) === 33) continue;
    showing = prompt !== undefined && SHOWS.test(span.text.slice(span.column - 1));
    const shown = execAtPrompt(said, mode);
    if (shown) mode = shown;
    else if (said !== null && !promptAgrees(said, mode))
      diagnostics.push(
        diagnose(
          'prompt-mode-mismatch',
          span,
          `the prompt says (${said}), but the lines before lead to ${mode.kind} mode`,
        ),
      );
    if (!prompt && isAnswer(span, asked, mode)) {
      asked = '';
      add('body');
      continue;
    }
    asked = span.text.slice(span.column - 1, span.endColumn - 1);
    const block = openBlock(lines, at, line.text.slice(prompt?.start ?? 0));
    add(block && !block.closed ? 'unfinished' : 'command');
    if (block) {
      if (!block.closed)
        diagnostics.push(
          diagnose(
            'unterminated-block',
            span,
            'this block has no end: the device takes all that follows as its text',
          ),
        );
      for (let i = at + 1; i <= at + block.length; i++)
        if (firstNonBlank(lines[i]!.text) >= 0) add('body', spanOf(lines[i]!.text, 0, file, i + 1));
      at += block.length;
      continue;
    }
    const { command } = parseCommand(span, mode, null);
    if (command.kind !== 'rejected' && command.next !== 'same') mode = command.next;
  }
  if (steps.length === 0) diagnostics.push(...onlyComments(lines, file));
  return { value: { file, start, steps }, diagnostics };
}

/** Of a snippet without a step: whether somebody wrote that there is nothing to type, or nothing at all. */
function onlyComments(lines: readonly PhysicalLine[], file: string): readonly Diagnostic[] {
  const at = lines.findIndex((line) => firstNonBlank(line.text) >= 0);
  if (at < 0) return [];
  const { text } = lines[at]!;
  return [
    diagnose(
      'only-comments',
      spanOf(text, firstNonBlank(text), file, at + 1),
      'the snippet holds comments alone: typing it changes nothing',
    ),
  ];
}

const EXEC_START = /^(?:conf(?:i(?:g(?:ure?)?)?)?(?:\s+t[a-z]*)?|en(?:able?|abl?)?)\s*$/i;

/** People paste into configuration mode; a session shows where it begins. */
function startingMode(lines: readonly PhysicalLine[]): Mode {
  for (const { text } of lines) {
    const from = firstNonBlank(text);
    if (from < 0 || text.charCodeAt(from) === 33) continue;
    const prompt = findPrompt(text);
    if (prompt) return prompt.user ? USER_EXEC_MODE : prompt.mode === null ? EXEC_MODE : GLOBAL_MODE;
    return EXEC_START.test(text.trim()) ? EXEC_MODE : GLOBAL_MODE;
  }
  return GLOBAL_MODE;
}
