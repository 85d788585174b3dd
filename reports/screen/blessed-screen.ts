import type { ReadStream, WriteStream } from 'node:tty';
import blessed from 'blessed';
import type { Tone } from '../outline/outline.ts';
import { layScreen } from './lay-screen.ts';
import type { LiveView, ScanControls } from './live-view.ts';
import type { ViewAction } from './screen-events.ts';
import type { ScreenLine, Span } from './screen-line.ts';
import { EMPTY_MODEL, reduceScreen, type ScreenModel } from './screen-model.ts';

type BlessedProgram = blessed.Widgets.Screen['program'];

export interface BlessedOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly controls: ScanControls;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether the locale can show more than ASCII. */
  readonly unicode: boolean;
}

/** A field that the published types leave out. */
type WithTerminfo = BlessedProgram & { readonly tput: { brokenACS: boolean } };

/** A fast scan tells of thousands of ports a second; a terminal is redrawn ten times. */
const REDRAW_MS = 100;
const TICK_MS = 1000;

const OPEN: Readonly<Record<Tone, string>> = {
  good: '{green-fg}',
  bad: '{bold}{red-fg}',
  warn: '{yellow-fg}',
  quiet: '{gray-fg}',
  plain: '',
  strong: '{bold}',
};

/** Blessed reads `{…}` as markup, so every brace of a text is escaped; controls were spelled out when the span was made. */
function tagged(s: Span): string {
  const open = `${s.inverse ? '{inverse}' : ''}${OPEN[s.tone]}`;
  const text = blessed.escape(s.text);
  return open === '' ? text : `${open}${text}{/}`;
}

export const taggedLine = (l: ScreenLine): string => l.map(tagged).join('');

const VIEW_KEYS: readonly (readonly [keys: string[], action: ViewAction])[] = [
  [['tab'], 'next-pane'],
  [['up', 'k'], 'up'],
  [['down', 'j'], 'down'],
  [['enter'], 'open'],
  [['escape', 'backspace'], 'close'],
  [['v'], 'next-map'],
  [['?', 'h'], 'help'],
];

/** The full-screen view. Ask first whether input and output are terminals: blessed draws to anything. */
export function openBlessedScreen(o: BlessedOptions): LiveView {
  const screen = blessed.screen({
    input: o.input,
    output: o.output,
    terminal: 'xterm-256color',
    fullUnicode: true,
    smartCSR: true,
    forceUnicode: o.unicode,
    title: 'aclscope watch',
  });
  // Box drawing by UTF-8 instead of the alternate character set, which turns into letters where a terminal lacks it.
  (screen.program as WithTerminfo).tput.brokenACS = true;
  // The layout has cut every line to the width; wrapping again would miscount the colours.
  const box = blessed.box({
    parent: screen,
    top: 0,
    left: 0,
    width: '100%',
    height: '100%',
    tags: true,
    wrap: false,
  });
  let model: ScreenModel = EMPTY_MODEL;
  let pending: NodeJS.Timeout | null = null;
  let closed = false;

  const draw = (): void => {
    pending = null;
    if (closed) return;
    const lines = layScreen(model, {
      columns: Number(screen.width),
      rows: Number(screen.height),
      unicode: o.unicode,
    });
    box.setContent(lines.map(taggedLine).join('\n'));
    screen.render();
  };
  const drawSoon = (): void => {
    pending ??= setTimeout(draw, REDRAW_MS);
  };
  const view = (action: ViewAction): void => {
    model = reduceScreen(model, { kind: 'view', action });
    draw();
  };

  for (const [keys, action] of VIEW_KEYS) screen.key(keys, () => view(action));
  screen.key(['p', 'space'], () => {
    if (!model.steerable) return;
    if (model.paused) {
      o.controls.resume();
      view('resuming');
    } else {
      o.controls.pause();
      view('pausing');
    }
  });
  screen.key(['s'], () => model.steerable && o.controls.slower());
  screen.key(['f'], () => model.steerable && o.controls.faster());
  screen.key(['q', 'C-c'], () => {
    view('stopping');
    o.controls.stop();
  });
  screen.on('resize', draw);
  const tick = setInterval(() => {
    model = reduceScreen(model, { kind: 'tick', at: o.now() });
    drawSoon();
  }, TICK_MS);
  draw();

  return {
    emit: (event) => {
      model = reduceScreen(model, event);
      drawSoon();
    },
    close: () => {
      if (closed) return;
      if (pending !== null) clearTimeout(pending);
      draw();
      closed = true;
      clearInterval(tick);
      screen.destroy();
      o.input.pause();
    },
  };
}
