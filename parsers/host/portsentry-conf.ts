import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { PortsentryConfig } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** portsentry.conf: `KEY="value"` from the first column; the daemon (1.2) takes the first line of a key and no indented one. */
export function parsePortsentryConf(file: HostFile): PortsentryConfig {
  const settings = new Map<string, { readonly value: string; readonly line: ConfigLine }>();
  for (const { raw, line } of linesOf(file)) {
    const m = /^([A-Z_]+)\s*=\s*"([^"]*)"/.exec(raw);
    if (m && !settings.has(m[1]!)) settings.set(m[1]!, { value: m[2]!, line });
  }
  return { settings };
}
