import { SaxesParser } from 'saxes';
import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../src/diagnostics/source-span.ts';
import type { TargetEvidence } from '../src/model/evidence.ts';
import { type PortSet, unionRanges } from '../src/model/ports.ts';
import type { PortProtocol } from '../src/model/site.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';
import {
  evidenceOfNmapHost,
  type HiddenPorts,
  type NmapHost,
  type NmapPort,
  type NmapRun,
} from './nmap-block.ts';
import { readPortList } from './nmap-port-list.ts';
import { isoOfEpoch } from './nmap-time.ts';

export interface NmapTaskProgress {
  readonly task: string;
  readonly percent: number;
  readonly remainingSeconds: number | null;
}

export interface NmapXmlListener {
  /** Each host as soon as its element closes. */
  readonly onTargets?: (targets: readonly TargetEvidence[]) => void;
  readonly onProgress?: (progress: NmapTaskProgress) => void;
}

/** Reads nmap's XML as it comes, in memory bounded by one host. */
export interface NmapXmlReader {
  /** Whole characters only: decode bytes with a stream decoder first. */
  readonly write: (chunk: string) => void;
  /** Call once, at the end of the text. Hosts that were seen whole stay, whatever came after. */
  readonly close: () => Parsed<EvidenceParts>;
}

type Attributes = Readonly<Record<string, string>>;

interface OpenHost {
  readonly span: SourceSpan;
  readonly start: string | undefined;
  end: string | undefined;
  up: boolean;
  address: string | null;
  hostName: string | null;
  readonly ports: NmapPort[];
  readonly notShown: HiddenPorts[];
}

type OpenPort = { -readonly [K in keyof NmapPort]: NmapPort[K] };

interface Reading {
  readonly listener: NmapXmlListener;
  readonly diagnostics: Diagnostic[];
  readonly targets: TargetEvidence[];
  readonly notes: string[];
  readonly scanned: Map<PortProtocol, PortSet>;
  connectScan: boolean;
  version: string | null;
  command: string | null;
  started: string | null;
  ended: string | null;
  isNmap: boolean;
  exit: string | null;
  exitMessage: string | null;
  host: OpenHost | null;
  port: OpenPort | null;
  /** State of the `<extraports>` being read, and whether `<extrareasons>` told it in detail. */
  extra: { state: string; count: number | null; detailed: boolean } | null;
}

const asProtocol = (text: string | undefined): PortProtocol | undefined =>
  text === 'tcp' || text === 'udp' ? text : undefined;
const asCount = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;

const OPENED: Readonly<Record<string, (a: Attributes, r: Reading, span: () => SourceSpan) => void>> = {
  nmaprun(a, r) {
    r.isNmap = true;
    r.version = a.version ?? null;
    r.command = a.args ?? null;
    r.started = isoOfEpoch(a.start);
    if (a.scanner && a.scanner !== 'nmap') {
      r.notes.push(`the XML says that ${escapeUntrusted(a.scanner, 40)} wrote it`);
    }
  },
  scaninfo(a, r) {
    if (a.type === 'connect') r.connectScan = true;
    const protocol = asProtocol(a.protocol);
    const ports = a.services === undefined ? undefined : readPortList(a.services);
    if (protocol && ports) r.scanned.set(protocol, unionRanges(r.scanned.get(protocol) ?? [], ports));
  },
  taskprogress(a, r) {
    const percent = Number(a.percent);
    if (!Number.isFinite(percent)) return;
    r.listener.onProgress?.({
      task: escapeUntrusted(a.task ?? '', 80),
      percent,
      remainingSeconds: asCount(a.remaining),
    });
  },
  host(a, r, span) {
    r.host = {
      span: span(),
      start: a.starttime,
      end: a.endtime,
      up: true,
      address: null,
      hostName: null,
      ports: [],
      notShown: [],
    };
  },
  status(a, r) {
    if (r.host) r.host.up = a.state !== 'down';
  },
  address(a, r) {
    if (!r.host || a.addrtype === 'mac') return;
    if (r.host.address === null || a.addrtype === 'ipv4') r.host.address = a.addr ?? null;
  },
  hostname(a, r) {
    if (r.host && (r.host.hostName === null || a.type === 'user')) r.host.hostName = a.name ?? null;
  },
  extraports(a, r) {
    r.extra = { state: a.state ?? '', count: asCount(a.count), detailed: false };
  },
  extrareasons(a, r) {
    if (!r.host || !r.extra) return;
    const ports = a.ports === undefined ? null : (readPortList(a.ports) ?? null);
    r.extra.detailed = true;
    r.host.notShown.push({
      state: r.extra.state,
      reason: a.reason ?? null,
      count: asCount(a.count),
      ports,
      protocol: asProtocol(a.proto) ?? null,
    });
  },
  port(a, r, span) {
    const protocol = asProtocol(a.protocol);
    const port = asCount(a.portid);
    if (!protocol || port === null || port > 65535) {
      r.diagnostics.push({
        code: 'nmap-port-unread',
        severity: 'warning',
        message: `not evaluated: port ${escapeUntrusted(a.portid ?? '', 20)} of protocol ${escapeUntrusted(a.protocol ?? '', 20)}`,
        span: span(),
      });
      return;
    }
    r.port = {
      protocol,
      port,
      state: '',
      reason: null,
      from: null,
      ttl: null,
      service: null,
      probed: false,
      span: span(),
    };
  },
  state(a, r) {
    if (!r.port) return;
    r.port.state = a.state ?? '';
    r.port.reason = a.reason ?? null;
    r.port.from = a.reason_ip ?? null;
    const ttl = asCount(a.reason_ttl);
    r.port.ttl = ttl === 0 ? null : ttl;
  },
  service(a, r) {
    if (!r.port) return;
    const detected = a.method === 'probed';
    // A port table may call anything "tcpwrapped"; only detection has seen a connection close.
    r.port.service = a.name === 'tcpwrapped' && !detected ? null : (a.name ?? null);
    r.port.probed = detected;
  },
  finished(a, r) {
    r.exit = a.exit ?? null;
    r.exitMessage = a.errormsg ?? null;
    r.ended = isoOfEpoch(a.time);
  },
};

const CLOSED: Readonly<Record<string, (r: Reading) => void>> = {
  port(r) {
    if (r.host && r.port) r.host.ports.push(r.port);
    r.port = null;
  },
  extraports(r) {
    // Before 5.x there were no reasons, only a state and a number.
    if (r.host && r.extra && !r.extra.detailed && r.extra.count !== 0) {
      r.host.notShown.push({
        state: r.extra.state,
        reason: null,
        count: r.extra.count,
        ports: null,
        protocol: null,
      });
    }
    r.extra = null;
  },
  host(r) {
    const host = r.host;
    r.host = null;
    if (!host) return;
    if (!host.up || host.address === null) {
      r.notes.push(`nmap took ${escapeUntrusted(host.address ?? 'a host without address', 64)} for down`);
      return;
    }
    const run: NmapRun = {
      connectScan: r.connectScan,
      scanned: (protocol) => r.scanned.get(protocol),
      protocols: r.scanned.size > 0 ? new Set(r.scanned.keys()) : undefined,
    };
    const targets = evidenceOfNmapHost(finishHost(host, host.address), run, r.diagnostics);
    if (targets.length === 0) {
      r.notes.push(`nmap names no ports of ${escapeUntrusted(host.address, 64)}`);
    }
    r.targets.push(...targets);
    r.listener.onTargets?.(targets);
  },
};

const finishHost = (host: OpenHost, address: string): NmapHost => ({
  address,
  hostName: host.hostName,
  ports: host.ports,
  span: host.span,
  at: isoOfEpoch(host.end ?? host.start),
  notShown: host.notShown,
});

export function createNmapXmlReader(file: string, listener: NmapXmlListener = {}): NmapXmlReader {
  const r: Reading = {
    listener,
    diagnostics: [],
    targets: [],
    notes: [],
    scanned: new Map(),
    connectScan: false,
    version: null,
    command: null,
    started: null,
    ended: null,
    isNmap: false,
    exit: null,
    exitMessage: null,
    host: null,
    port: null,
    extra: null,
  };
  const parser = new SaxesParser({ xmlns: false, position: true });
  let broken = false;
  const span = (): SourceSpan => ({
    file,
    line: parser.line,
    column: 1,
    endColumn: Math.max(1, parser.column + 1),
    text: '',
  });

  parser.on('error', (error) => {
    // What follows a fault may be read amiss, so reading ends here; the hosts before it stand.
    if (!broken) {
      r.diagnostics.push({
        code: 'xml-broken',
        severity: 'warning',
        message: `the XML ends or breaks here: ${escapeUntrusted(error.message, 200)}`,
        span: span(),
      });
    }
    broken = true;
  });
  parser.on('doctype', (doctype) => {
    if (!doctype.includes('[')) return;
    r.diagnostics.push({
      code: 'xml-declarations',
      severity: 'warning',
      message: 'the document declares entities of its own; they are not expanded',
      span: span(),
    });
  });
  parser.on('opentag', (tag) => {
    if (!broken && Object.hasOwn(OPENED, tag.name)) OPENED[tag.name]!(tag.attributes, r, span);
  });
  parser.on('closetag', (tag) => {
    if (!broken && Object.hasOwn(CLOSED, tag.name)) CLOSED[tag.name]!(r);
  });

  return {
    write(chunk) {
      if (!broken) parser.write(chunk);
    },
    close() {
      if (!broken) parser.close();
      return { value: partsOf(r, broken), diagnostics: r.diagnostics };
    },
  };
}

function partsOf(r: Reading, broken: boolean): EvidenceParts {
  const why =
    r.exit === 'success'
      ? null
      : r.exit !== null
        ? `nmap ended with "${escapeUntrusted(r.exit, 40)}"${r.exitMessage ? `: ${escapeUntrusted(r.exitMessage)}` : ''}`
        : `the XML lacks <finished exit="success">${broken ? ' and is cut short' : ''}: hosts after the last whole one are missing`;
  return {
    targets: r.targets,
    listeners: [],
    tool: r.isNmap ? `nmap${r.version ? ` ${escapeUntrusted(r.version, 40)}` : ''}` : null,
    command: r.command === null ? null : escapeUntrusted(r.command, 1000),
    started: r.started,
    ended: r.ended,
    completeness: why === null ? { kind: 'complete' } : { kind: 'incomplete', reason: why },
    notes: r.notes,
  };
}

/** A whole nmap XML report (`-oX`). */
export function parseNmapXml(text: string, file: string): Parsed<EvidenceParts> {
  const reader = createNmapXmlReader(file);
  const size = 1 << 16;
  for (let at = 0; at < text.length; ) {
    // A surrogate pair must not be cut in two.
    const high = text.charCodeAt(at + size - 1);
    const end = at + size + (high >= 0xd800 && high <= 0xdbff ? 1 : 0);
    reader.write(text.slice(at, end));
    at = end;
  }
  return reader.close();
}

export const nmapXmlFormat: EvidenceFormat = {
  id: 'nmap-xml',
  description: "nmap's XML output (-oX)",
  example: '<nmaprun scanner="nmap" args="nmap -oX - 198.51.100.35" …>',
  recognises: (text) =>
    /^\ufeff?\s*<(?:\?xml|!DOCTYPE nmaprun|nmaprun|!--)/.test(text) && /<nmaprun\b/.test(text),
  parse: parseNmapXml,
};
