import { openBlessedScreen } from '../../../reports/screen/blessed-screen.ts';
import type { LiveView, ScanControls } from '../../../reports/screen/live-view.ts';
import { openPlainView } from '../../../reports/screen/plain-view.ts';
import type { World } from '../world.ts';

const showsUnicode = (env: World['env']): boolean =>
  /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');

/** The full screen on a terminal, lines on stderr elsewhere. */
export function openView(world: World, controls: ScanControls): LiveView & { readonly fullScreen: boolean } {
  const { terminal } = world;
  if (terminal === undefined || world.env.TERM === 'dumb')
    return { ...openPlainView((line) => world.stderr.write(`${line}\n`)), fullScreen: false };
  const view = openBlessedScreen({
    ...terminal,
    controls,
    now: () => world.now().getTime(),
    unicode: showsUnicode(world.env),
  });
  return { ...view, fullScreen: true };
}
