import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SuperService } from '../../src/model/host.ts';
import { type HostFile, linesOf, unread } from './host-file.ts';
import { type ServicePorts, servicePort } from './services.ts';

/** inetd.conf: `[address:]service type protocol wait user program arguments`; what stands in it is on. */
export function parseInetd(file: HostFile, services: ServicePorts): Parsed<readonly SuperService[]> {
  const value: SuperService[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { raw, line } of linesOf(file)) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) continue;
    const [spec, type, protocolText, , , program, ...args] = text.split(/\s+/);
    if (spec !== undefined && program === undefined && spec.endsWith(':')) continue;
    if (spec === undefined || type === undefined || protocolText === undefined || program === undefined) {
      diagnostics.push(unread(line, 'fewer than six words'));
      continue;
    }
    const colon = spec.lastIndexOf(':');
    const name = spec.slice(colon + 1);
    const protocol = protocolText.startsWith('udp') ? 'udp' : 'tcp';
    value.push({
      via: 'inetd',
      name,
      enabled: true,
      decidedBy: null,
      protocol,
      port: servicePort(services, name, protocol),
      server: /\btcpd$/.test(program) ? (args[0] ?? program) : program,
      onlyFrom: null,
      bind: colon > 0 ? spec.slice(0, colon) : null,
      line,
    });
  }
  return { value, diagnostics };
}
