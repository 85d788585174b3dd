import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import type { IosVersion } from '../../src/model/router-config.ts';

const VERSION =
  /^(\d{1,3})\.(\d{1,3})(?:\((\d{1,4})[a-z]*\)([A-Za-z][A-Za-z0-9]*)?|\.(\d{1,4})[a-z]?(?:\.\d+)?)?$/;

/** `12.1(5)T15`, `12.1`, `15.2(4)M3`, `17.3.1`; null for anything else. */
export function parseIosVersion(text: string, span: SourceSpan | null = null): IosVersion | null {
  const trimmed = text.trim();
  const m = VERSION.exec(trimmed);
  if (!m) return null;
  const release = m[3] ?? m[5];
  return {
    text: trimmed,
    major: Number(m[1]),
    minor: Number(m[2]),
    release: release === undefined ? null : Number(release),
    train: m[4] ?? null,
    span,
  };
}
