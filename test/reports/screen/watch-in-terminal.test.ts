import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { skipBecause } from '../../support/skip.ts';

const FEED = fileURLToPath(new URL('../../support/watch-feed.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TMUX = '/usr/bin/tmux';
const DEADLINE_MS = 20_000;

/** A terminal of our own: a tmux server on a private socket, which the test ends. */
function openTerminal(columns: number, rows: number) {
  const server = `aclscope-test-${process.pid}`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync(TMUX, ['-L', server, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  startSession(() =>
    tmux(
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      `cd '${ROOT}' && LC_ALL=C.UTF-8 FEED_SPEED=1 FEED_HOSTILE=1 '${process.execPath}' --import tsx '${FEED}'; sleep 60`,
    ),
  );
  const screen = (): string => tmux('capture-pane', '-p');
  return {
    screen,
    press: (...keys: readonly string[]) => tmux('send-keys', ...keys),
    resize: (x: number, y: number) => tmux('resize-window', '-x', String(x), '-y', String(y)),
    title: () => tmux('display-message', '-p', '#{pane_title}'),
    showing: async (part: string): Promise<string> => {
      for (const end = Date.now() + DEADLINE_MS; ; ) {
        const shown = screen();
        if (shown.includes(part)) return shown;
        if (Date.now() > end) throw new Error(`"${part}" never came:\n${shown}`);
        await sleep(100);
      }
    },
    close: () => tmux('kill-server'),
  };
}

/** On a loaded machine tmux's server at times loses the very client that started it: it is asked again. */
function startSession(start: () => void): void {
  for (let left = 2; ; left--) {
    try {
      start();
      return;
    } catch (error) {
      if (left === 0 || !String(error).includes('server exited unexpectedly')) throw error;
    }
  }
}

describe('the full-screen view in a terminal', function () {
  this.timeout(120_000);
  let terminal: ReturnType<typeof openTerminal> | undefined;

  before(function () {
    if (!existsSync(TMUX)) skipBecause(this, 'no tmux is installed');
  });
  afterEach(() => {
    terminal?.close();
    terminal = undefined;
  });

  it('fits 80 by 24, follows a resize to 200 by 50, inspects, pauses and ends with everything kept', async () => {
    terminal = openTerminal(80, 24);
    const small = await terminal.showing('high exposed');
    expect(small).to.include('ICMP from');
    expect(small.split('\n')[0]).to.include('aclscope watch  isp-mail\\x1b[31m');
    expect(terminal.title()).to.not.include('owned');
    terminal.press('Enter');
    await terminal.showing('esc back');
    terminal.press('Escape');
    await terminal.showing('p pause');
    terminal.resize(200, 50);
    const large = await terminal.showing('│ ── Findings');
    expect(large.split('\n').filter((l) => l.includes(' deny   ip ')).length).to.be.greaterThan(9);
    terminal.press('p');
    await terminal.showing('paused');
    terminal.press('p');
    terminal.press('q');
    await terminal.showing('kept: internet');
  });
});
