import type { SourceSpan } from '../../../src/diagnostics/source-span.ts';
import { formatIpv4 } from '../../../src/model/address.ts';

export const netmask = (length: number): string =>
  formatIpv4(length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

/** A statement of the text, less a `no` or header that the printer writes itself. */
export const asItStood = (span: SourceSpan): string =>
  span.text
    .slice(span.column - 1, span.endColumn - 1)
    .split(/[ \t]+/)
    .join(' ');
