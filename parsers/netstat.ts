import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import type { Listener } from '../src/model/evidence.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';
import { partsOfListeners, readListener } from './listeners.ts';
import { spanOfLine, splitLines } from './text-lines.ts';

/** Proto Recv-Q Send-Q Local Foreign [State] [PID/Program]. */
const SOCKET = /^(tcp|udp)(?:6|l|l6|lite)?\s+\d+\s+\d+\s+(\S+)\s+(\S+)(?:\s+(.*))?$/;
const STATES =
  /^(LISTEN|ESTABLISHED|SYN_SENT|SYN_RECV|FIN_WAIT1|FIN_WAIT2|TIME_WAIT|CLOSE|CLOSED|CLOSE_WAIT|LAST_ACK|CLOSING|UNKNOWN|NEW_SYN_RECV)\b/;

/** Linux `netstat` with any of -a -l -t -u -n -p -e. Connections are left out, listening sockets never. */
export function parseNetstat(text: string, file: string): Parsed<EvidenceParts> {
  const diagnostics: Diagnostic[] = [];
  const listeners: Listener[] = [];
  for (const [index, raw] of splitLines(text).entries()) {
    const line = raw.trim();
    const span = spanOfLine(file, index + 1, raw);
    const m = SOCKET.exec(line);
    if (!m) {
      if (/^(?:tcp|udp)\S*\s/.test(line) || /\sLISTEN(?:ING)?\s*$/.test(line)) {
        if (/^unix\s/.test(line)) continue;
        diagnostics.push({
          code: 'netstat-unread',
          severity: 'warning',
          message: `not understood as a socket line: ${escapeUntrusted(line, 120)}`,
          span,
          mend: "give the output of Linux's netstat -al or netstat -an",
        });
      }
      continue;
    }
    const [, protocol, local, foreign, rest = ''] = m;
    const state = STATES.exec(rest)?.[1];
    // A UDP socket has no state; one without a peer receives from anybody.
    const listening = protocol === 'tcp' ? state === 'LISTEN' : !state && /:\*$/.test(foreign!);
    if (protocol === 'tcp' && !state) {
      diagnostics.push({
        code: 'netstat-unread',
        severity: 'warning',
        message: `a TCP socket without a state: ${escapeUntrusted(line, 120)}`,
        span,
      });
    }
    if (!listening) continue;
    const process = /(?:^|\s)(?:\d+\/(\S.*?)|-)\s*$/.exec(rest)?.[1] ?? null;
    const listener = readListener(
      { protocol: protocol as 'tcp' | 'udp', local: local!, process, span },
      diagnostics,
    );
    if (listener) listeners.push(listener);
  }
  return { value: partsOfListeners('netstat', listeners), diagnostics };
}

export const netstatFormat: EvidenceFormat = {
  id: 'netstat',
  description: 'Linux netstat (-al, -an, -tln, -tlnp) run on the host itself',
  example: 'tcp        0      0 *:pop3                  *:*                     LISTEN',
  recognises: (text) =>
    /^Active Internet connections/m.test(text) ||
    /^Proto\s+Recv-Q\s+Send-Q\s+Local Address/m.test(text) ||
    /^\s*tcp6?\s+\d+\s+\d+\s+\S+:\S+\s+\S+:\S+\s+[A-Z_0-9]+/m.test(text),
  parse: parseNetstat,
};
