import type { JournaldConfig } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** Later files and later lines win, as systemd reads drop-ins; an empty value goes back to the default. */
export function parseJournald(files: readonly HostFile[]): JournaldConfig {
  const found = new Map<string, { readonly value: string; readonly line: JournaldLine }>();
  for (const file of files) {
    for (const { raw, line } of linesOf(file)) {
      const m = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(raw);
      if (!m) continue;
      const key = m[1]!.toLowerCase();
      if (m[2] === '') found.delete(key);
      else found.set(key, { value: m[2]!, line });
    }
  }
  const forward = found.get('forwardtosyslog');
  return {
    forwardToSyslog: forward
      ? { value: /^(1|yes|y|true|t|on)$/i.test(forward.value), line: forward.line }
      : null,
    maxLevelSyslog: found.get('maxlevelsyslog') ?? null,
    storage: found.get('storage') ?? null,
    uploadUrl: found.get('url') ?? null,
  };
}

type JournaldLine = ReturnType<typeof linesOf>[number]['line'];
