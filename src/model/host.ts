import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { PortProtocol } from './site.ts';

/** One stored piece of the host's evidence: a file as it was read or a command's output. */
export interface HostSource {
  /** Path inside the bundle: `files/etc/syslog.conf`, `commands/listeners`. */
  readonly id: string;
  readonly kind: 'file' | 'command' | 'attachment';
  /** Path on the host, or the command line. */
  readonly origin: string;
  readonly host: string;
  /** ISO time at which it was read; null where the source does not say. */
  readonly at: string | null;
  readonly digest: { readonly algorithm: 'sha256' | 'sha1' | 'cksum'; readonly hex: string } | null;
  /** Exit status of a command. */
  readonly exit: number | null;
  /** Passwords were replaced before it was stored. */
  readonly masked: boolean;
  /** The collector kept only a part. */
  readonly cut: boolean;
}

export interface HostPiece {
  readonly source: HostSource;
  readonly text: string;
}

/**
 * A fact about the host: seen, looked for and not there, or not known. Only the first two are evidence, and
 * "absent" means that the collector looked.
 */
export type Collected<T> =
  | {
      readonly kind: 'present';
      readonly value: T;
      readonly sources: readonly HostSource[];
      /** Files that belong to it and that the bundle lacks. */
      readonly gaps?: readonly string[];
    }
  | { readonly kind: 'absent'; readonly origin: string; readonly sources: readonly HostSource[] }
  | { readonly kind: 'uncollected'; readonly origin: string; readonly reason: string };

export interface HostIdentity {
  readonly hostname: string;
  /** Dotted quads of its interfaces without loopback; empty when not collected. */
  readonly addresses: readonly string[];
  /** ISO time of the collection. */
  readonly collected: string;
  /** East of UTC, by the host's own `date`: logs without a zone are in it. null: not shown. */
  readonly utcOffsetMinutes: number | null;
  readonly user: string;
  readonly system: string;
}

/** One setting of sshd_config, in reading order with includes in place. */
export interface SshdSetting {
  /** Lower case. */
  readonly keyword: string;
  readonly args: readonly string[];
  /** The criteria of the Match block it stands in; null in the global part. */
  readonly match: string | null;
  readonly line: ConfigLine;
}

/** Gravest first: a priority's place is its number (RFC 5424, 6.2.1). */
export const SYSLOG_PRIORITIES = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
] as const;

export type SyslogPriority = (typeof SYSLOG_PRIORITIES)[number];

/** One `facility.priority` of a selector field. */
export interface SyslogSelector {
  /** `*` stands for every facility. */
  readonly facilities: readonly string[];
  readonly priority: SyslogPriority | '*' | 'none';
  /** `=`: this priority alone. */
  readonly exact: boolean;
  /** `!`: takes away. */
  readonly negated: boolean;
}

export type SyslogAction =
  | {
      readonly kind: 'remote';
      readonly host: string;
      readonly port: number;
      readonly transport: 'udp' | 'tcp' | 'relp';
    }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'users'; readonly users: string }
  | { readonly kind: 'program'; readonly command: string }
  /** What matches goes no further down the rules. */
  | { readonly kind: 'discard' };

export type SyslogFilter =
  | { readonly kind: 'selectors'; readonly selectors: readonly SyslogSelector[] }
  /** A property filter, an expression, a program or host block: may match anything. */
  | { readonly kind: 'unmodelled'; readonly why: string };

export interface SyslogRule {
  readonly filter: SyslogFilter;
  readonly action: SyslogAction;
  readonly line: ConfigLine;
}

export interface SyslogConfig {
  readonly dialect: 'syslogd' | 'rsyslog' | 'syslog-ng';
  readonly rules: readonly SyslogRule[];
  /** rsyslog reads the kernel's messages through a module; null where the dialect needs none. */
  readonly kernelInput: ConfigLine | null;
}

export interface JournaldConfig {
  readonly forwardToSyslog: { readonly value: boolean; readonly line: ConfigLine } | null;
  readonly maxLevelSyslog: { readonly value: string; readonly line: ConfigLine } | null;
  readonly storage: { readonly value: string; readonly line: ConfigLine } | null;
  /** systemd-journal-upload's server. */
  readonly uploadUrl: { readonly value: string; readonly line: ConfigLine } | null;
}

/** A service that a super-server starts: xinetd, inetd or a systemd socket. */
export interface SuperService {
  readonly via: 'xinetd' | 'inetd' | 'systemd';
  /** Service name as configured: `shell`, `imap`, `telnet.socket`. */
  readonly name: string;
  readonly enabled: boolean;
  /** Why it is off or on, when another line decides. */
  readonly decidedBy: ConfigLine | null;
  readonly protocol: PortProtocol;
  /** null: neither the file nor the services table says. */
  readonly port: number | null;
  readonly server: string | null;
  /** `only_from`, null when open to all. */
  readonly onlyFrom: readonly string[] | null;
  readonly bind: string | null;
  readonly line: ConfigLine;
}

export interface TcpRule {
  /** As looked up: `192.168.1.30`, `10.`, `=.example.net`, empty for the rule of last resort. */
  readonly address: string;
  readonly action: 'allow' | 'deny';
  /** `NAME=value`, in order. */
  readonly environment: readonly string[];
  /** null for a rule read from a compiled file. */
  readonly line: ConfigLine | null;
}

/** A tcpserver that was seen running or in a run script. */
export interface TcpServer {
  /** Path after -x or -X; null: no rules, so everyone is let in. */
  readonly rulesFile: string | null;
  /** -X: without the file everyone is let in. */
  readonly openWithoutFile: boolean;
  /** -h, or neither: the client's host name is looked up, so `=name` rules can match. */
  readonly looksUpNames: boolean;
  readonly port: number | null;
  readonly command: string;
  readonly line: ConfigLine;
}

export interface Account {
  readonly name: string;
  /** How the password field reads, never its content. */
  readonly password: PasswordField;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  readonly line: ConfigLine;
}

export type PasswordField = 'shadowed' | 'hash' | 'locked' | 'empty' | 'unknown';

export interface ShadowEntry {
  readonly name: string;
  readonly password: PasswordField;
  readonly line: ConfigLine;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** One rule of access.conf. */
export interface AccessRule {
  readonly grant: boolean;
  readonly users: AccessList;
  readonly origins: AccessList;
  readonly line: ConfigLine;
}

/** `A B EXCEPT C D EXCEPT E`: nested exceptions. */
export interface AccessList {
  readonly tokens: readonly string[];
  readonly except: AccessList | null;
}

/** One line of a PAM stack, in the order in which it runs, with includes in place. */
export interface PamEntry {
  readonly type: 'auth' | 'account' | 'password' | 'session';
  /** `required`, `sufficient`, `[success=1 default=ignore]` … */
  readonly control: string;
  readonly module: string;
  readonly args: readonly string[];
  /** `substack` names that it stands in, outermost first. */
  readonly within: readonly string[];
  readonly line: ConfigLine;
}

export interface PamStack {
  readonly service: string;
  readonly entries: readonly PamEntry[];
  /** Files that it includes and that the bundle lacks. */
  readonly missing: readonly string[];
}

export interface PortsentryConfig {
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly line: ConfigLine }>;
}

export interface Package {
  readonly name: string;
  readonly version: string;
  /** ISO time, null where the list does not say. */
  readonly installed: string | null;
}

export interface Link {
  readonly path: string;
  /** null: a plain file. */
  readonly target: string | null;
}

export interface FileDate {
  readonly path: string;
  /** ISO time of its last change. */
  readonly modified: string;
}

export interface Process {
  readonly pid: number;
  readonly user: string;
  readonly command: string;
  readonly line: ConfigLine;
}

export interface HostListener {
  readonly protocol: PortProtocol;
  readonly address: string;
  readonly port: number;
  /** `name` and `pid` as the host gives them; null without the right to see them. */
  readonly process: string | null;
  readonly pid: number | null;
  readonly line: ConfigLine;
}

/** What the system says it starts by itself. */
export interface BootEntry {
  readonly name: string;
  readonly mechanism: 'systemd' | 'chkconfig' | 'rc-link' | 'rc-local' | 'inittab' | 'supervise' | 'cron';
  readonly enabled: boolean;
  readonly line: ConfigLine;
}

export interface CronJob {
  /** `0 3 * * *`, `@daily`, or the folder `/etc/cron.daily`. */
  readonly schedule: string;
  readonly command: string;
  readonly user: string | null;
  readonly line: ConfigLine;
}

export interface TimeSource {
  readonly server: string;
  /** ntpq's or chronyc's mark `*`: the one the clock follows. */
  readonly selected: boolean;
  readonly offsetSeconds: number | null;
  readonly reach: number | null;
  readonly line: ConfigLine;
}

export interface TimeConfig {
  readonly daemon: 'ntpd' | 'chronyd' | 'timesyncd';
  readonly servers: readonly { readonly server: string; readonly line: ConfigLine }[];
}

export interface TimeStatus {
  readonly synchronised: boolean | null;
  readonly sources: readonly TimeSource[];
  readonly offsetSeconds: number | null;
  readonly line: ConfigLine | null;
}

/** A tool that reads the logs, and whom it tells. */
export interface LogWatcher {
  readonly tool: 'swatch' | 'logwatch' | 'logcheck' | 'ossec' | 'other';
  /** Mail addresses or commands; empty: nobody. */
  readonly notifies: readonly { readonly recipient: string; readonly line: ConfigLine }[];
  /** Patterns watched for; null where the tool brings its own. */
  readonly patterns: number | null;
}

/** One line of a log, as far as it could be taken apart. */
export interface LogLine {
  /** ISO; the year is taken from the time of collection where the log has none. */
  readonly at: string | null;
  readonly host: string | null;
  /** `ipop3d`, `kernel`. */
  readonly program: string | null;
  readonly message: string;
  readonly line: ConfigLine;
}

export interface PendingUpdates {
  readonly packages: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly line: ConfigLine;
  }[];
  /** ISO time at which the package lists were last fetched; null: asked of the vendor at collection. */
  readonly listsFrom: string | null;
  readonly tool: string;
}

export interface FileHash {
  readonly path: string;
  readonly hex: string;
  readonly line: ConfigLine;
}

export interface SshMethods {
  readonly methods: readonly string[];
  readonly banner: string | null;
  readonly line: ConfigLine;
}

export interface ChangeLogEntry {
  /** ISO date. */
  readonly date: string;
  readonly text: string;
  readonly line: ConfigLine;
}

/** Everything the bundle says, each fact with where it was seen. */
export interface HostFacts {
  readonly sshd: Collected<readonly SshdSetting[]>;
  /** `sshd -T`: what the installed binary makes of its file. */
  readonly sshdEffective: Collected<ReadonlyMap<string, readonly string[]>>;
  /** `OpenSSH_3.6.1p2` → [3, 6]. */
  readonly sshdVersion: Collected<readonly [number, number]>;
  readonly syslog: Collected<SyslogConfig>;
  readonly journald: Collected<JournaldConfig>;
  readonly xinetd: Collected<readonly SuperService[]>;
  readonly inetd: Collected<readonly SuperService[]>;
  readonly systemdSockets: Collected<readonly SuperService[]>;
  readonly tcpServers: Collected<readonly TcpServer[]>;
  /** Rules by the path of their source, and compiled ones by the path of the cdb. */
  readonly tcpRules: ReadonlyMap<string, Collected<readonly TcpRule[]>>;
  readonly accounts: Collected<readonly Account[]>;
  readonly shadow: Collected<readonly ShadowEntry[]>;
  readonly groups: Collected<readonly Group[]>;
  readonly shells: Collected<readonly string[]>;
  /** UID_MIN of login.defs. */
  readonly firstUserId: Collected<number>;
  readonly access: Collected<readonly AccessRule[]>;
  readonly pam: ReadonlyMap<string, Collected<PamStack>>;
  readonly portsentry: Collected<PortsentryConfig>;
  readonly portsentryLog: Collected<readonly LogLine[]>;
  readonly packages: Collected<readonly Package[]>;
  readonly updates: Collected<PendingUpdates>;
  readonly sendmails: Collected<readonly Link[]>;
  readonly sourceTrees: Collected<readonly string[]>;
  readonly fileDates: Collected<readonly FileDate[]>;
  readonly processes: Collected<readonly Process[]>;
  readonly listeners: Collected<readonly HostListener[]>;
  readonly boot: Collected<readonly BootEntry[]>;
  readonly cron: Collected<readonly CronJob[]>;
  readonly backupLog: Collected<readonly LogLine[]>;
  readonly time: Collected<readonly TimeConfig[]>;
  readonly timeStatus: Collected<TimeStatus>;
  readonly watchers: Collected<readonly LogWatcher[]>;
  readonly restoreHashes: Collected<readonly FileHash[]>;
}

/** What the auditor adds: seen elsewhere than on the host. */
export type Attachment =
  | { readonly kind: 'remote-log'; readonly source: HostSource; readonly value: readonly LogLine[] }
  | { readonly kind: 'ssh-methods'; readonly source: HostSource; readonly value: readonly SshMethods[] }
  | { readonly kind: 'restored-files'; readonly source: HostSource; readonly value: readonly FileHash[] }
  | { readonly kind: 'change-log'; readonly source: HostSource; readonly value: readonly ChangeLogEntry[] }
  | { readonly kind: 'portsentry-probe'; readonly source: HostSource; readonly value: readonly SentProbe[] };

/** One probe that was sent to be noticed by the host. */
export interface SentProbe {
  /** ISO, by the sender's clock. */
  readonly sentAt: string;
  readonly protocol: PortProtocol;
  /** As the host sees it; dotted quads. */
  readonly source: string;
  readonly address: string;
  readonly port: number;
  /** `closed`, `silent`, `open` …: what came back, which says nothing of whether it was noticed. */
  readonly answer: string;
  readonly line: ConfigLine;
}

export type AttachmentKind = Attachment['kind'];

/** The host's evidence, read and taken apart. */
export interface Bundle {
  readonly identity: HostIdentity;
  readonly facts: HostFacts;
  /** By id. */
  readonly pieces: ReadonlyMap<string, HostPiece>;
  readonly attachments: readonly Attachment[];
  /** Hash of the manifest, which holds all the others. */
  readonly manifestSha256: string;
}
