import type { LoadedSite } from './load-site.ts';
import type { World } from './world.ts';

/** True for a file that is a site, not a configuration. */
export const isSiteFile = (name: string): boolean => /\.ya?ml$/i.test(name);

/** Reads a site file; what that takes (YAML, schemas) is loaded only by commands that meet one. */
export async function loadSiteLazily(world: World, name: string, clock?: string): Promise<LoadedSite> {
  return (await import('./load-site.ts')).loadSite(world, name, clock);
}
