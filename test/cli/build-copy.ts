import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['src', 'parsers', 'scans', 'reports', 'samples', 'docs', 'scripts', 'bench'];
const FILES = ['package.json', 'package-lock.json', 'README.md', 'tsconfig.json', 'tsconfig.build.json'];

/** Copies the sources into a folder and builds them there, so that nothing of this checkout changes. */
export function buildCopy(folder: string): string {
  const copy = join(folder, 'checkout');
  mkdirSync(copy);
  for (const part of [...PARTS, ...FILES]) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  execFileSync('npm', ['--silent', 'run', 'build'], { cwd: copy });
  return copy;
}
