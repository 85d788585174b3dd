import * as z from 'zod';
import { formatIpv4 } from '../../model/address.ts';
import type { Statement } from '../../model/checklist.ts';
import {
  type HostFacts,
  SYSLOG_PRIORITIES,
  type SyslogConfig,
  type SyslogPriority,
} from '../../model/host.ts';
import { processesNamed } from '../boot-start.ts';
import { attachmentsOf, type CheckContext, daysBetween, defineCheck } from '../check.ts';
import { breaks, doubt, gapsOf, holds, missing, note, unseen } from '../statement.ts';
import { andAbove, describePriorities, remoteReach } from '../syslog-reach.ts';

const selector = z
  .string()
  .regex(
    /^[a-z0-9]+\.(\*|emerg|alert|crit|err|warning|notice|info|debug)$/,
    'facility.priority, such as kern.debug',
  );

export const remoteSyslog = defineCheck({
  id: 'remote-syslog',
  description:
    'Every critical selector, that priority and above, is sent to another host, and that host shows entries.',
  parameters: z.strictObject({
    critical: z
      .array(selector)
      .min(1)
      .default([
        'kern.*',
        'auth.info',
        'authpriv.*',
        'daemon.info',
        'syslog.info',
        'user.info',
        'mail.info',
        'cron.info',
      ])
      .describe('what must leave the host'),
    maxSilentDays: z
      .number()
      .positive()
      .default(7)
      .describe('an older last entry on the remote host is no proof'),
  }),
  judge: (context, parameters) => {
    const { facts } = context;
    if (facts === null)
      return [missing('no evidence bundle of the host'), ...seenThere(context, parameters.maxSilentDays)];
    return [
      ...sentStatements(context, facts, parameters.critical),
      ...seenThere(context, parameters.maxSilentDays),
    ];
  },
});

function sentStatements(
  context: CheckContext,
  facts: HostFacts,
  critical: readonly string[],
): readonly Statement[] {
  const { syslog, journald } = facts;
  const upload = journald.kind === 'present' ? journald.value.uploadUrl : null;
  if (upload !== null && journald.kind === 'present') {
    const unit =
      facts.boot.kind !== 'present'
        ? undefined
        : facts.boot.value.find((e) => e.name === 'systemd-journal-upload.service');
    const grounds = { lines: [upload.line], sources: journald.sources };
    return unit?.enabled
      ? [holds(`the whole journal is sent to ${upload.value}`, grounds)]
      : [
          breaks(
            `the journal's upload to ${upload.value} is configured, but its service is not enabled`,
            grounds,
          ),
        ];
  }
  if (syslog.kind === 'absent') {
    return journald.kind === 'uncollected'
      ? [unseen(syslog, 'where logs go')]
      : [
          breaks('nothing on the host sends logs to another one: no syslog daemon is configured', {
            sources: syslog.sources,
          }),
        ];
  }
  if (syslog.kind === 'uncollected') return [unseen(syslog, 'where logs go')];

  const config = syslog.value;
  const isRemote = remoteTo(context);
  const grounds = { sources: syslog.sources };
  const statements: Statement[] = [...gapsOf(syslog)];
  for (const demand of byFacility(critical)) {
    const reach = remoteReach(config, demand.facility, isRemote);
    const kernelUnread =
      demand.facility === 'kern' && config.dialect === 'rsyslog' && config.kernelInput === null;
    const sure = kernelUnread ? 0 : reach.must;
    const cut = demand.mask & ~reach.may;
    const open = demand.mask & reach.may & ~sure;
    const sent = demand.mask & reach.may;
    const to = reach.hosts.length === 0 ? '' : ` to ${reach.hosts.join(', ')}`;
    const lines = { ...grounds, lines: reach.lines };
    if (cut !== 0) {
      const text =
        sent === 0
          ? `${demand.facility}: nothing is sent to another host`
          : `${demand.facility}: ${describePriorities(sent)} is sent${to}, ${describePriorities(cut)} is not`;
      statements.push(breaks(text, lines));
    } else if (open !== 0) {
      const why = kernelUnread
        ? 'no module that reads the kernel is loaded'
        : 'a condition that is not modelled decides';
      statements.push(
        doubt(`${demand.facility}: ${describePriorities(open)} may or may not be sent: ${why}`, lines),
      );
    } else
      statements.push(holds(`${demand.facility}: ${describePriorities(demand.mask)} is sent${to}`, lines));
  }
  return [...statements, ...feederStatements(facts, config)];
}

/** What must run so that the configured rules see the messages at all. */
function feederStatements(facts: HostFacts, config: SyslogConfig): readonly Statement[] {
  if (facts.processes.kind !== 'present') return [];
  const grounds = { sources: facts.processes.sources };
  const statements: Statement[] = [];
  const daemon = config.dialect === 'rsyslog' ? ['rsyslogd'] : ['syslogd'];
  if (processesNamed(facts.processes.value, daemon).length === 0) {
    statements.push(breaks(`${daemon[0]} does not run, so nothing is sent`, grounds));
  }
  const klogd = processesNamed(facts.processes.value, ['klogd']);
  if (config.dialect === 'syslogd' && klogd.length === 0) {
    statements.push(
      note('klogd does not run; only a syslogd that reads the kernel by itself then logs it', grounds),
    );
  }
  const { journald } = facts;
  if (config.dialect === 'rsyslog' && journald.kind === 'present') {
    const { forwardToSyslog, maxLevelSyslog } = journald.value;
    const fromJournal = /imjournal/.test(config.kernelInput?.text ?? '');
    if (!fromJournal && forwardToSyslog?.value === false) {
      statements.push(
        doubt('journald does not forward to syslog and rsyslog does not read the journal', {
          lines: [forwardToSyslog.line],
          sources: journald.sources,
        }),
      );
    } else if (!fromJournal && maxLevelSyslog !== null && maxLevelSyslog.value !== 'debug') {
      const text = `journald forwards only ${maxLevelSyslog.value} and above to syslog`;
      statements.push(doubt(text, { lines: [maxLevelSyslog.line], sources: journald.sources }));
    }
  }
  return statements;
}

function byFacility(
  critical: readonly string[],
): readonly { readonly facility: string; readonly mask: number }[] {
  const masks = new Map<string, number>();
  for (const text of critical) {
    const [facility, priority] = text.split('.') as [string, SyslogPriority | '*'];
    masks.set(facility, (masks.get(facility) ?? 0) | andAbove(priority));
  }
  return [...masks].map(([facility, mask]) => ({
    facility,
    mask: mask & ((1 << SYSLOG_PRIORITIES.length) - 1),
  }));
}

/** A line that sends the host's logs to the host itself is no remote log. */
function remoteTo({ identity }: CheckContext): (host: string) => boolean {
  const own = new Set(
    [
      identity?.hostname,
      identity?.hostname.split('.')[0],
      ...(identity?.addresses ?? []),
      'localhost',
      'localhost.localdomain',
      '::1',
    ]
      .filter((n) => n !== undefined)
      .map((n) => n.toLowerCase()),
  );
  return (host) => !host.startsWith('127.') && !own.has(host.toLowerCase());
}

function seenThere(context: CheckContext, maxSilentDays: number): readonly Statement[] {
  const logs = attachmentsOf(context, 'remote-log');
  if (logs.length === 0)
    return [missing('no excerpt of the remote log was given, so that entries there are not shown')];
  const { identity, target } = context;
  const names = new Set(
    [
      ...(identity === null
        ? []
        : [identity.hostname, identity.hostname.split('.')[0]!, ...identity.addresses]),
      ...(target === null ? [] : [target.name, formatIpv4(target.address), ...target.aliases]),
    ].map((n) => n.toLowerCase()),
  );
  const sources = logs.map((l) => l.source);
  const mine = logs.flatMap((l) => l.value.filter((e) => e.host !== null && names.has(e.host.toLowerCase())));
  const last = mine.at(-1);
  if (last === undefined) return [breaks('the remote log holds no entry of this host', { sources })];
  const age = daysBetween(last.at, context.asOf);
  const grounds = { sources, lines: [last.line] };
  if (age === null) return [doubt('the remote log holds entries of this host, but not when', grounds)];
  return age > maxSilentDays
    ? [doubt(`the remote log's last entry of this host is of ${last.at?.slice(0, 10)}`, grounds)]
    : [
        holds(
          `the remote log holds ${mine.length} entries of this host, the last of ${last.at?.slice(0, 16)}`,
          grounds,
        ),
      ];
}
