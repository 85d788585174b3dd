import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../src/diagnostics/source-span.ts';
import type { Listener } from '../src/model/evidence.ts';
import type { PortProtocol } from '../src/model/site.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceParts } from './evidence-parts.ts';
import { portOfService } from './service-ports.ts';

/** Every spelling of "all addresses" becomes `*`; a scope (`%eth0`) and brackets go. */
const plainAddress = (text: string): string => {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%[^\]]*$/, '');
  return bare === '*' || bare === '0.0.0.0' || bare === '::' || bare === ''
    ? '*'
    : escapeUntrusted(bare, 120);
};

export interface ListeningSocket {
  readonly protocol: PortProtocol;
  /** `ADDRESS:PORT`, the port by number or name. */
  readonly local: string;
  readonly process: string | null;
  readonly span: SourceSpan;
}

/** A listener, or a diagnostic that says why the line gives none: never neither. */
export function readListener(socket: ListeningSocket, diagnostics: Diagnostic[]): Listener | undefined {
  const colon = socket.local.lastIndexOf(':');
  const name = socket.local.slice(colon + 1);
  const port = colon < 0 ? undefined : portOfService(name, socket.protocol);
  if (port === undefined) {
    diagnostics.push({
      code: 'listener-port-unknown',
      severity: 'warning',
      message:
        colon < 0
          ? `a listening socket without a port: ${escapeUntrusted(socket.local, 80)}`
          : `a listening ${socket.protocol} socket on ${JSON.stringify(escapeUntrusted(name, 40))}, which is no service name known here`,
      span: socket.span,
      mend: 'list the sockets by number (netstat -an, ss -n)',
    });
    return undefined;
  }
  return {
    protocol: socket.protocol,
    address: plainAddress(socket.local.slice(0, colon)),
    port,
    process: socket.process === null ? null : escapeUntrusted(socket.process, 80),
  };
}

export const partsOfListeners = (tool: string, listeners: readonly Listener[]): EvidenceParts => ({
  targets: [],
  listeners,
  tool,
  command: null,
  started: null,
  ended: null,
  completeness: { kind: 'complete' },
  notes: [],
});
