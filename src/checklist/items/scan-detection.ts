import * as z from 'zod';
import { formatIpv4 } from '../../model/address.ts';
import type { Statement } from '../../model/checklist.ts';
import type { HostFacts, HostIdentity, HostSource, LogLine, SentProbe } from '../../model/host.ts';
import { bootStatement } from '../boot-start.ts';
import { attachmentsOf, type CheckContext, defineCheck, momentOf } from '../check.ts';
import { breaks, doubt, holds, missing, note, unseen } from '../statement.ts';
import { superServices } from '../trace-open-port.ts';

export const scanDetection = defineCheck({
  id: 'scan-detection',
  description:
    'PortSentry is configured, watches TCP and UDP, starts at boot, and a probe stands in the local and the remote log.',
  parameters: z.strictObject({}),
  judge: (context) =>
    context.facts === null
      ? [missing('no evidence bundle of the host')]
      : [
          configured(context.facts),
          ...running(context.facts),
          bootStatement(context.facts, ['portsentry'], 'PortSentry'),
          ...noticed(context, context.facts),
        ],
});

function configured({ portsentry }: HostFacts): Statement {
  if (portsentry.kind !== 'present') {
    return portsentry.kind === 'absent'
      ? breaks('PortSentry is not configured on the host', { sources: portsentry.sources })
      : unseen(portsentry, "PortSentry's configuration");
  }
  const tcp = portsentry.value.settings.get('TCP_PORTS');
  const udp = portsentry.value.settings.get('UDP_PORTS');
  const { sources } = portsentry;
  if (portsOf(tcp?.value ?? '').size === 0 || portsOf(udp?.value ?? '').size === 0 || !tcp || !udp)
    return breaks('PortSentry watches no ports: TCP_PORTS or UDP_PORTS is empty', { sources });
  const count = (list: string): number => portsOf(list).size;
  return holds(
    `PortSentry is configured to watch ${count(tcp.value)} TCP and ${count(udp.value)} UDP ports`,
    {
      lines: [tcp.line, udp.line],
      sources,
    },
  );
}

/** As the daemon reads the list: the number at the start of each word, so that `1001-1003` is 1001 alone. */
const portsOf = (list: string): ReadonlySet<number> =>
  new Set(
    list
      .split(',')
      .map((word) => Number.parseInt(word, 10))
      .filter((port) => port > 0),
  );

const modesOf = (facts: HostFacts): readonly { readonly mode: string; readonly line: LogLine['line'] }[] =>
  facts.processes.kind !== 'present'
    ? []
    : facts.processes.value.flatMap((p) => {
        const mode = /(?:^|\/)portsentry\s+-(tcp|stcp|atcp|udp|sudp|audp)\b/.exec(p.command)?.[1];
        return mode === undefined ? [] : [{ mode, line: p.line }];
      });

function running(facts: HostFacts): readonly Statement[] {
  if (facts.processes.kind !== 'present') return [unseen(facts.processes, 'whether PortSentry runs')];
  const { sources } = facts.processes;
  const modes = modesOf(facts);
  const tcp = modes.find((m) => m.mode.endsWith('tcp'));
  const udp = modes.find((m) => m.mode.endsWith('udp'));
  const statements: Statement[] = [];
  if (tcp && udp) {
    statements.push(
      holds(`two PortSentry processes run: -${tcp.mode} and -${udp.mode}`, {
        lines: [tcp.line, udp.line],
        sources,
      }),
    );
  } else {
    const lacks = [tcp ? [] : ['TCP'], udp ? [] : ['UDP']].flat().join(' and ');
    statements.push(
      breaks(`no PortSentry process watches ${lacks}`, { lines: modes.map((m) => m.line), sources }),
    );
  }
  if (tcp) statements.push(...listenersOf(facts, tcp.mode, tcp.line));
  return statements;
}

/** Whether a watched port that is open is PortSentry's own decoy: only mode tcp opens listeners. */
function listenersOf(facts: HostFacts, mode: string, line: LogLine['line']): readonly Statement[] {
  const watched =
    facts.portsentry.kind === 'present' ? (facts.portsentry.value.settings.get('TCP_PORTS') ?? null) : null;
  if (watched === null) return [];
  const ports = portsOf(watched.value);
  const { services, sources } = superServices(facts);
  const listed = facts.listeners.kind === 'present' ? facts.listeners.value : [];
  const held = [...ports].flatMap((port) => {
    const service = services.find((s) => s.enabled && s.protocol === 'tcp' && s.port === port);
    const listener = listed.find(
      (l) => l.protocol === 'tcp' && l.port === port && l.process !== 'portsentry',
    );
    return service || listener
      ? [
          {
            port,
            holder: service
              ? `${service.via}'s service ${service.name}`
              : (listener?.process ?? 'another process'),
          },
        ]
      : [];
  });
  if (mode === 'tcp') {
    return [
      note('in mode -tcp PortSentry opens the ports it watches: they look open to a scan and are decoys', {
        lines: [line],
      }),
    ];
  }
  return held.map(({ port, holder }) =>
    note(
      `-${mode} opens no listener: ${port}, though among the TCP_PORTS that PortSentry watches, is a real service, held by ${holder}`,
      { lines: [watched.line, line], sources },
    ),
  );
}

interface Alert {
  readonly source: string;
  readonly port: number;
  readonly protocol: string;
  readonly log: LogLine;
}

/** `attackalert: TCP SYN/Normal scan from host: NAME/ADDRESS to TCP port: 32773`. */
const alertsIn = (log: readonly LogLine[]): readonly Alert[] =>
  log.flatMap((entry) => {
    const m =
      /attackalert: .*\b(?:from host|host): \S*?\/?([\d.]+)(?:\/[\d.]+)? to (TCP|UDP) port: (\d+)/i.exec(
        entry.message,
      );
    return m ? [{ source: m[1]!, protocol: m[2]!, port: Number(m[3]), log: entry }] : [];
  });

function noticed(context: CheckContext, facts: HostFacts): readonly Statement[] {
  if (facts.portsentryLog.kind !== 'present')
    return [unseen(facts.portsentryLog, "PortSentry's messages in the local log")];
  const { sources } = facts.portsentryLog;
  const blocked = facts.portsentryLog.value.filter((l) =>
    /already blocked|has been blocked/i.test(l.message),
  );
  const logs: Logs = {
    local: alertsIn(facts.portsentryLog.value),
    localSources: sources,
    remote: attachmentsOf(context, 'remote-log').flatMap((r) => alertsIn(r.value)),
    remoteSources: attachmentsOf(context, 'remote-log').map((r) => r.source),
  };
  const sent = attachmentsOf(context, 'portsentry-probe').flatMap((a) =>
    a.value.map((probe) => ({ probe, source: a.source })),
  );
  return [
    ...taintStatements(context, blocked, sources),
    ...(sent.length > 0
      ? sent.flatMap(({ probe, source }) => sentStatements(context, facts, logs, probe, source))
      : anyAlertStatements(context, facts, logs)),
  ];
}

/** Alerts of both logs, and where they were read. */
interface Logs {
  readonly local: readonly Alert[];
  readonly localSources: readonly HostSource[];
  readonly remote: readonly Alert[];
  readonly remoteSources: readonly HostSource[];
}

const NO_REMOTE_LOG = 'no excerpt of the remote log was given, so that the probe there is not shown';

/** A probe that was sent on purpose must stand in both logs, from its source, for its port, at its time. */
function sentStatements(
  context: CheckContext,
  facts: HostFacts,
  logs: Logs,
  probe: SentProbe,
  source: HostSource,
): readonly Statement[] {
  const { target, identity } = context;
  const what = `the probe of ${probe.protocol.toUpperCase()} port ${probe.port} from ${vantageOf(context, probe.source)}, sent ${probe.sentAt.slice(0, 19)}Z,`;
  const grounds = { lines: [probe.line], sources: [source, ...logs.localSources] };
  const known = [
    ...(target ? [formatIpv4(target.address), ...target.aliases] : []),
    ...(identity?.addresses ?? []),
  ];
  if (!known.includes(probe.address))
    return [doubt(`${what} went to ${probe.address}, which is not this host`, grounds)];
  if (identity !== null && momentOf(identity.collected) < momentOf(probe.sentAt))
    return [doubt(`${what} was sent after the host's evidence was collected: collect again`, grounds)];
  const isIt = (alert: Alert): boolean =>
    alert.port === probe.port &&
    alert.source === probe.source &&
    alert.protocol.toLowerCase() === probe.protocol &&
    sameMoment(momentOf(alert.log.at, identity?.utcOffsetMinutes ?? 0), momentOf(probe.sentAt), identity);
  const here = logs.local.find(isIt);
  const watched = isWatched(facts, probe);
  if (here === undefined) {
    return watched
      ? [breaks(`${what} does not stand in the local log: PortSentry did not notice it`, grounds)]
      : [doubt(`${what} does not stand in the local log, and PortSentry does not watch that port`, grounds)];
  }
  const statements = [
    holds(`${what} stands in the local log`, { ...grounds, lines: [probe.line, here.log.line] }),
  ];
  if (logs.remoteSources.length === 0) return [...statements, missing(NO_REMOTE_LOG)];
  const there = logs.remote.find(isIt);
  return [
    ...statements,
    there === undefined
      ? breaks(`${what} does not stand in the remote log given`, { sources: logs.remoteSources })
      : holds(`the same probe stands in the remote log`, {
          lines: [there.log.line],
          sources: logs.remoteSources,
        }),
  ];
}

/** Without a probe sent on purpose, any scan that PortSentry noticed shows that it works. */
function anyAlertStatements(context: CheckContext, facts: HostFacts, logs: Logs): readonly Statement[] {
  const { local, remote } = logs;
  const last = local.findLast((a) => isWatched(facts, a)) ?? local.at(-1);
  if (last === undefined) return [missing('the local log shows no probe that PortSentry noticed')];
  const sender = vantageOf(context, last.source);
  const grounds = { lines: [last.log.line], sources: logs.localSources };
  const statements = [
    holds(`the probe of ${last.protocol} port ${last.port} from ${sender} stands in the local log`, grounds),
  ];
  if (logs.remoteSources.length === 0) return [...statements, missing(NO_REMOTE_LOG)];
  const isSame = (a: Alert, b: Alert): boolean =>
    a.port === b.port &&
    a.source === b.source &&
    a.protocol === b.protocol &&
    sameMoment(momentOf(a.log.at), momentOf(b.log.at), null);
  const match = local.findLast((l) => remote.some((t) => isSame(l, t)));
  const entry = match && remote.find((t) => isSame(match, t));
  if (match && entry) {
    const text = `the probe of ${match.protocol} port ${match.port} stands in the remote log too`;
    return [...statements, holds(text, { lines: [entry.log.line], sources: logs.remoteSources })];
  }
  const text = `the probe of ${last.protocol} port ${last.port} from ${sender} does not stand in the remote log given`;
  return [...statements, doubt(text, { sources: logs.remoteSources })];
}

const isWatched = (
  { portsentry }: HostFacts,
  alert: { readonly protocol: string; readonly port: number },
): boolean => {
  const key = alert.protocol.toUpperCase() === 'TCP' ? 'TCP_PORTS' : 'UDP_PORTS';
  const list = portsentry.kind === 'present' ? (portsentry.value.settings.get(key)?.value ?? '') : '';
  return portsOf(list).has(alert.port);
};

/** Clocks of two machines differ a little; where the host's zone is not known, so may whole hours. */
const sameMoment = (a: number, b: number, identity: HostIdentity | null): boolean => {
  const apart = Math.abs(a - b);
  const zone = identity !== null && identity.utcOffsetMinutes === null ? 14 * 3_600_000 : 0;
  return Number.isNaN(apart) || apart < 600_000 + zone;
};

/** The site's name for an address that was seen to probe. */
function vantageOf({ site }: CheckContext, address: string): string {
  const known = [...(site?.vantages.values() ?? [])].find((v) => formatIpv4(v.address) === address);
  return known === undefined ? address : `${known.name} (${address})`;
}

/** What a block means for scans from a vantage: later silence proves nothing, an answer still does. */
function taintStatements(
  { site }: CheckContext,
  blocked: readonly LogLine[],
  sources: readonly HostSource[],
): readonly Statement[] {
  return [...(site?.vantages.values() ?? [])].flatMap((v) => {
    const address = formatIpv4(v.address);
    const line = blocked.find((l) => l.message.split(/[^\d.]+/).includes(address));
    return line === undefined
      ? []
      : [
          note(
            `PortSentry had blocked ${v.name} (${address}): silence seen from there afterwards is tainted, a reset (RST) is not`,
            { lines: [line.line], sources },
          ),
        ];
  });
}
