import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from './package-root.ts';

/** From package.json. */
export const TOOL_VERSION: string = readVersion();

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(`${PACKAGE_ROOT}package.json`, 'utf8'));
  return parsed !== null && typeof parsed === 'object' && 'version' in parsed
    ? String(parsed.version)
    : 'unknown';
}
