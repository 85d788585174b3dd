import { nearest } from '../diagnostics/nearest.ts';
import type { Site } from '../model/site.ts';
import { mendTargetName } from '../model/target-names.ts';
import { UsageError } from './world.ts';

export function unknownName(kind: string, name: string, known: readonly string[]): never {
  const close = nearest(name, known);
  throw new UsageError(
    `there is no ${kind} "${name}"`,
    close ? `did you mean "${close}"?` : `${kind}s of this site: ${known.join(', ') || 'none'}`,
  );
}

export function unknownTarget(site: Site, name: string): never {
  throw new UsageError(`there is no target "${name}"`, mendTargetName(site, name));
}
