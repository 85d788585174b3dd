import type { Site, Target } from '../model/site.ts';
import { formatMembers, targetsNamed } from '../model/target-names.ts';
import { UsageError } from './world.ts';

/** The target of that name, for what is about one host; undefined for an unknown name, refused for several hosts. */
export function oneTarget(site: Site, name: string): Target | undefined {
  const [first, ...others] = targetsNamed(site, name);
  if (first === undefined || others.length === 0) return first;
  throw new UsageError(
    `"${name}" stands for ${others.length + 1} hosts (${formatMembers([first, ...others])}), and this is about one`,
    `name one of them, such as ${first.name}`,
  );
}
