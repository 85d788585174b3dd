import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { HostFacts, HostListener, HostSource, SuperService } from '../model/host.ts';
import type { PortProtocol } from '../model/site.ts';

/** Why a port is open, as far as the host's files say it. */
export interface PortCause {
  readonly text: string;
  readonly lines: readonly ConfigLine[];
  readonly sources: readonly HostSource[];
  readonly listener: HostListener | null;
}

/** Services of every super-server on the host, with the pieces that say so. */
export function superServices(facts: HostFacts): {
  readonly services: readonly SuperService[];
  readonly sources: readonly HostSource[];
} {
  const seen = [facts.xinetd, facts.inetd, facts.systemdSockets].flatMap((f) =>
    f.kind === 'present' ? [f] : [],
  );
  return { services: seen.flatMap((f) => [...f.value]), sources: seen.flatMap((f) => [...f.sources]) };
}

const sourceOfLine = (sources: readonly HostSource[], line: ConfigLine): readonly HostSource[] =>
  sources.filter((s) => s.origin === line.file);

export const describeService = (s: SuperService): string =>
  `${s.via}'s service ${s.name}${s.server === null ? '' : ` (${s.server})`}, ${s.line.file} line ${s.line.line}`;

/** Listener → super-server's service, unit or process; null when neither list knows the port. */
export function traceOpenPort(facts: HostFacts, protocol: PortProtocol, port: number): PortCause | null {
  const listeners = facts.listeners.kind === 'present' ? facts.listeners : null;
  const listener = listeners?.value.find((l) => l.protocol === protocol && l.port === port) ?? null;
  const { services, sources } = superServices(facts);
  const service = services.find((s) => s.enabled && s.protocol === protocol && s.port === port);
  const listed = listener === null ? [] : (listeners?.sources ?? []);

  if (service !== undefined) {
    const holder = listener?.process ?? null;
    const stranger = holder !== null && !/xinetd|inetd|systemd|^init$/.test(holder);
    const held =
      holder === null ? '' : stranger ? `; yet ${holder} holds the port` : `; ${holder} holds the port`;
    return {
      text: `${describeService(service)}${held}`,
      lines: [service.line, ...(listener === null ? [] : [listener.line])],
      sources: [...sourceOfLine(sources, service.line), ...listed],
      listener,
    };
  }
  if (listener === null) return null;
  const process =
    facts.processes.kind === 'present' && listener.pid !== null
      ? facts.processes.value.find((p) => p.pid === listener.pid)
      : undefined;
  const named =
    process?.command ??
    (listener.process === null ? 'a process that the listing does not name' : listener.process);
  return {
    text: `held by ${named}`,
    lines: [listener.line, ...(process === undefined ? [] : [process.line])],
    sources: [
      ...listed,
      ...(process !== undefined && facts.processes.kind === 'present' ? facts.processes.sources : []),
    ],
    listener,
  };
}
