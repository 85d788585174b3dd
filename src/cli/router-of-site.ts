import { resolve } from 'node:path';
import type { SiteRouter } from '../model/site.ts';
import type { LoadedSite } from './load-site.ts';

/** The site's router whose config file this is; its only one where none is named. */
export function routerOfSite(site: LoadedSite, file: string): SiteRouter | undefined {
  const { routers } = site.site;
  const named = routers.find((_, i) => resolve(site.configs[i]!.input.name) === resolve(file));
  return named ?? (routers.length === 1 ? routers[0] : undefined);
}

/** The train that the site states for this config; null where it states none. */
export const trainOfSite = (site: LoadedSite | null, file: string | undefined): string | null =>
  (site && file !== undefined && (routerOfSite(site, file)?.version ?? null)) || null;
