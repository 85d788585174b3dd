import { UsageError } from './world.ts';

/**
 * An option that would change nothing is refused: whoever gave it expects that it did.
 *
 * @throws UsageError when one of `given` (option as written → its value) has a value.
 */
export function refusePointless(
  given: Readonly<Record<string, unknown>>,
  because: string,
  mend: string,
): void {
  for (const [option, value] of Object.entries(given))
    if (value !== undefined) throw new UsageError(`${option} has no effect here: ${because}`, mend);
}

/** The train of a site's routers stands in the site file, router by router. */
export const refuseIosVersion = (iosVersion: string | undefined): void =>
  refusePointless(
    { '--ios-version': iosVersion },
    'the site file states the train of each router',
    'write version: beside the config in the site file',
  );
