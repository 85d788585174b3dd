import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import type { Listener } from '../src/model/evidence.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';
import { partsOfListeners, readListener } from './listeners.ts';
import { spanOfLine, splitLines } from './text-lines.ts';

/** [Netid] State Recv-Q Send-Q Local:Port Peer:Port [Process]. */
const SOCKET = /^(?:([a-z_0-9]+)\s+)?([A-Z][A-Z0-9-]+)\s+\d+\s+\d+\s+(\S+:\S+)\s+(\S+:\S+)(?:\s+(.*))?$/;
const HEADER = /^(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port/;

/** iproute2's `ss` (-tln, -tlnp, -tuln, -an …). Without a Netid column the sockets are TCP: `ss -t`. */
export function parseSs(text: string, file: string): Parsed<EvidenceParts> {
  const diagnostics: Diagnostic[] = [];
  const listeners: Listener[] = [];
  for (const [index, raw] of splitLines(text).entries()) {
    const line = raw.trim();
    const span = spanOfLine(file, index + 1, raw);
    if (line === '' || HEADER.test(line)) continue;
    const m = SOCKET.exec(line);
    if (!m) {
      if (
        /\bLISTEN\b|^(?:tcp|udp)\s/.test(line) &&
        !/^u_(?:str|dgr|seq)\s|^(?:nl|p_raw|p_dgr|v_str)\s/.test(line)
      ) {
        diagnostics.push({
          code: 'ss-unread',
          severity: 'warning',
          message: `not understood as a socket line: ${escapeUntrusted(line, 120)}`,
          span,
        });
      }
      continue;
    }
    const [, netid = 'tcp', state, local, , rest = ''] = m;
    if (netid !== 'tcp' && netid !== 'udp') continue;
    const listening = netid === 'tcp' ? state === 'LISTEN' : state === 'UNCONN';
    if (!listening) continue;
    const process = /users:\(\("([^"]*)"/.exec(rest)?.[1] ?? null;
    const listener = readListener({ protocol: netid, local: local!, process, span }, diagnostics);
    if (listener) listeners.push(listener);
  }
  return { value: partsOfListeners('ss', listeners), diagnostics };
}

export const ssFormat: EvidenceFormat = {
  id: 'ss',
  description: "iproute2's ss (-tln, -tlnp, -tuln) run on the host itself",
  example: 'LISTEN 0      128          0.0.0.0:22        0.0.0.0:*',
  recognises: (text) =>
    text
      .split('\n', 50)
      .some((line) => HEADER.test(line.trim()) || /^LISTEN\s+\d+\s+\d+\s+\S+:\s*\S+/.test(line)),
  parse: parseSs,
};
