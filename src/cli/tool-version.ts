import { readFileSync } from 'node:fs';

/** From package.json, which stands one folder above src in a checkout and two above dist/src once built. */
export const TOOL_VERSION: string = readVersion();

function readVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (
        parsed !== null &&
        typeof parsed === 'object' &&
        'name' in parsed &&
        parsed.name === 'aclscope' &&
        'version' in parsed
      )
        return String(parsed.version);
    } catch {
      // The other place has it.
    }
  }
  return 'unknown';
}
