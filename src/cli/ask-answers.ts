import { createInterface } from 'node:readline';
import { parseDocument } from 'yaml';
import { wantsEvidence, writeAnswers } from '../checklist/write-answers.ts';
import type { AuditorAnswer, ItemOutcome } from '../model/checklist.ts';
import { escapeUntrusted } from '../model/untrusted-text.ts';
import { UsageError, type World } from './world.ts';

export type GivenAnswer = Omit<AuditorAnswer, 'line'>;

/** A person must sit there: what a pipe says is no answer of anybody. */
export function requireTerminal(world: World): void {
  if (!('isTTY' in world.stdin && world.stdin.isTTY === true) || !world.stderr.isTTY)
    throw new UsageError(
      '--ask needs a terminal, and there is none',
      'write the answers into a file and give it with --answers',
    );
}

const RESULTS: Readonly<Record<string, AuditorAnswer['result'] | 'skip'>> = {
  p: 'pass',
  pass: 'pass',
  f: 'fail',
  fail: 'fail',
  n: 'not-applicable',
  'not-applicable': 'not-applicable',
  '': 'skip',
  s: 'skip',
  skip: 'skip',
};

/** Asks for each item; an empty result passes over it, and the end of input (or Ctrl-C) keeps what was said so far. */
export async function askAnswers(
  world: World,
  open: readonly ItemOutcome[],
): Promise<readonly GivenAnswer[]> {
  const answers: GivenAnswer[] = [];
  if (open.length === 0) return answers;
  const reader = createInterface({ input: world.stdin, terminal: false, signal: world.signal });
  const lines = reader[Symbol.asyncIterator]();
  let ended = false;
  const ask = async (question: string): Promise<string> => {
    if (ended) return '';
    world.stderr.write(`${question} `);
    const next = await lines.next();
    ended = next.done === true;
    return ended ? '' : next.value.trim();
  };
  const insist = async (question: string): Promise<string> => {
    for (;;) {
      const said = await ask(question);
      if (said !== '' || ended) return said;
      world.stderr.write('  an answer counts only with it\n');
    }
  };
  try {
    const role = await insist(
      `${open.length} item${open.length === 1 ? ' waits' : 's wait'} for a person. Your role (such as lead auditor):`,
    );
    for (const { item, result: sofar, summary } of open) {
      if (ended) break;
      const lines = [
        `${item.id}. ${item.title}`,
        `   wanted: ${item.compliance}`,
        `   so far: ${sofar.replace('-', ' ')}: ${summary}`,
      ];
      world.stderr.write(`\n${lines.map((l) => escapeUntrusted(l)).join('\n')}\n`);
      const result = await askResult(world, ask);
      if (result === 'skip') continue;
      const reason = await insist('  why:');
      const evidence =
        result === 'pass' && wantsEvidence(item)
          ? await insist('  what was seen (a pass of this item counts only with it):')
          : await ask('  what was seen (empty: nothing):');
      if (reason === '') break;
      const date = world.now().toISOString().slice(0, 10);
      answers.push({
        item: item.id,
        result,
        role,
        date,
        reason,
        evidence: evidence === '' ? null : evidence,
      });
    }
  } finally {
    reader.close();
  }
  return answers;
}

async function askResult(
  world: World,
  ask: (question: string) => Promise<string>,
): Promise<AuditorAnswer['result'] | 'skip'> {
  for (;;) {
    const said = (await ask('  pass, fail, not-applicable, or empty to leave it open:')).toLowerCase();
    const result = Object.hasOwn(RESULTS, said) ? RESULTS[said] : undefined;
    if (result !== undefined) return result;
    world.stderr.write(`  "${escapeUntrusted(said)}" is none of these\n`);
  }
}

/** An answers file with further answers at its end; what a person wrote in it, comments too, stays. */
export function addAnswers(text: string | null, answers: readonly GivenAnswer[]): string {
  const added = writeAnswers(answers);
  if (text === null || text.trim() === '') return added;
  const document = parseDocument(text);
  const news = parseDocument(added).toJS() as { readonly answers: readonly unknown[] };
  for (const answer of news.answers) document.addIn(['answers'], document.createNode(answer));
  return document.toString();
}
