import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { matchesGlob } from '../../parsers/host/host-file.ts';
import { collectorScript } from '../../src/checklist/collector-script.ts';

/** A bundle's files by their path in it, without the manifest. */
export type BundleTree = ReadonlyMap<string, Uint8Array>;

export const SAMPLE_HOST = new URL('../../samples/isp-mail/host/', import.meta.url).pathname;
export const SAMPLE_BUNDLE = join(SAMPLE_HOST, 'bundle');

export function readTree(folder: string): BundleTree {
  const tree = new Map<string, Uint8Array>();
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else tree.set(relative(folder, path), readFileSync(path));
    }
  };
  walk(folder);
  return tree;
}

/** The sample's pieces, without its manifest. */
export function sampleTree(): BundleTree {
  const tree = new Map(readTree(SAMPLE_BUNDLE));
  tree.delete('MANIFEST');
  return tree;
}

/** What the collector looks for, read out of the collector itself. */
function collectedPatterns(): readonly string[] {
  return collectorScript()
    .split('\n')
    .filter((l) => /^files [/']/.test(l))
    .flatMap((l) =>
      l
        .slice('files '.length)
        .split(/\s+/)
        .map((w) => w.replaceAll("'", '')),
    );
}

const COMMANDS: Readonly<Record<string, string>> = {
  addresses: 'ifconfig -a',
  clock: 'date',
  'sshd-version': 'ssh -V',
  processes: 'ps auxww',
  'listeners-netstat': 'netstat -tulnp',
  'boot-chkconfig': 'chkconfig --list',
  'boot-links': 'sh -c ls -1d /etc/rc?.d/* /etc/rc.d/rc?.d/*',
  supervised: 'sh -c ls -1d /service/* /etc/service/* /var/service/*',
  'sendmail-links': 'sh -c find … -name "sendmail*" … ls -ld',
  'source-trees': 'sh -c ls -1d /usr/local/src/* /usr/src/* /package/*/* /opt/*',
  'packages-rpm': "rpm -qa --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{INSTALLTIME}\\n'",
  'file-dates': "find /etc /usr/local/etc /var/qmail/control -xdev -type f -printf '%Ts %p\\n'",
  'portsentry-log': 'sh -c grep -i portsentry /var/log/messages … | tail -n 400',
  'cron-folders': 'sh -c ls -1d /etc/cron.hourly/* /etc/cron.daily/* …',
  'backup-log--var-log-backup.log': 'tail -n 400 /var/log/backup.log',
  'time-ntpq': 'ntpq -pn',
};
const LACKING = [
  'listeners-ss',
  'boot-units',
  'sockets',
  'timers',
  'packages-dpkg',
  'updates-apt',
  'time-chrony',
  'time-timedatectl',
];
const MASKED = new Set(['files/etc/shadow']);

export interface SealOptions {
  readonly host?: string;
  readonly collected?: string;
  readonly algorithm?: 'sha1' | 'sha256';
  readonly exits?: Readonly<Record<string, number>>;
  readonly complete?: boolean;
}

/** The manifest that the collector would have written for these pieces. */
export function manifestOf(tree: BundleTree, options: SealOptions = {}): string {
  const {
    host = 'giant.example.net',
    collected = '2004-04-10T16:05:00Z',
    algorithm = 'sha1',
    exits = {},
  } = options;
  const lines: string[] = [];
  const add = (...fields: readonly string[]): void => {
    const at = new Date(Date.parse(collected) + 1000 * Math.ceil((lines.length + 1) / 20)).toISOString();
    const [kind, state, exit, sum, stored, origin] = fields;
    lines.push([kind, state, `${at.slice(0, 19)}Z`, exit, sum, stored, origin].join('\t'));
  };
  const sum = (bytes: Uint8Array): string =>
    `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

  const files = [...tree.keys()].filter((k) => k.startsWith('files/'));
  for (const pattern of collectedPatterns()) {
    const found = files.filter((f) => matchesGlob(pattern, f.slice('files'.length)));
    for (const stored of found) {
      add(
        'file',
        MASKED.has(stored) ? 'masked' : 'ok',
        '-',
        sum(tree.get(stored)!),
        stored,
        stored.slice('files'.length),
      );
    }
    add('look', found.length > 0 ? 'found' : 'absent', '-', '-', '-', pattern);
  }
  for (const [stored, bytes] of tree) {
    if (
      stored.startsWith('files/') &&
      !collectedPatterns().some((p) => matchesGlob(p, stored.slice('files'.length)))
    ) {
      add('file', 'ok', '-', sum(bytes), stored, stored.slice('files'.length));
    }
    if (stored.startsWith('commands/')) {
      const name = stored.slice('commands/'.length);
      add('command', 'ok', String(exits[name] ?? 0), sum(bytes), stored, COMMANDS[name] ?? name);
    }
    if (stored.startsWith('attached/'))
      add('attachment', 'ok', '-', sum(bytes), stored, stored.replace(/^attached\/[a-z-]+\./, ''));
  }
  for (const name of LACKING) {
    if (!tree.has(`commands/${name}`)) add('command', 'lacking', '-', '-', '-', `${name}: ${name}`);
  }
  return [
    'aclscope-host-bundle 1',
    `host: ${host}`,
    `collected: ${collected}`,
    'user: root',
    'system: Linux 2.4.21-9.EL i686',
    '',
    ...lines,
    ...(options.complete === false
      ? []
      : [`end: ${new Date(Date.parse(collected) + 20_000).toISOString().slice(0, 19)}Z`]),
    '',
  ].join('\n');
}

export interface TarMember {
  readonly path: string;
  readonly bytes?: Uint8Array;
  /** `0` file, `2` symbolic link, `1` hard link, `5` folder. */
  readonly type?: string;
  readonly link?: string;
}

/** A ustar archive, written by hand so that hostile ones can be made too. */
export function tarOf(members: readonly TarMember[]): Uint8Array {
  const blocks: Buffer[] = [];
  for (const { path, bytes = new Uint8Array(), type = '0', link = '' } of members) {
    const header = Buffer.alloc(512);
    header.write(path.slice(0, 100), 0, 'utf8');
    header.write('0000600\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('10000000000\0', 136);
    header.write(type, 156);
    header.write(link, 157);
    header.write('ustar\x0000', 257);
    header.fill(' ', 148, 156);
    const checksum = header.reduce((a, b) => a + b, 0);
    header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Pieces with their manifest as the tar that the collector writes. */
export const sealBundle = (tree: BundleTree, options: SealOptions = {}): Uint8Array =>
  tarOf([
    { path: 'aclscope-host/', type: '5' },
    { path: 'aclscope-host/MANIFEST', bytes: Buffer.from(manifestOf(tree, options)) },
    ...[...tree].map(([path, bytes]) => ({ path: `aclscope-host/${path}`, bytes })),
  ]);

/** A change to the sample: text put in place of a piece, a function over its text, or null to remove it. */
export type TreeChange = Readonly<Record<string, string | null | ((text: string) => string) | Uint8Array>>;

export function changeTree(tree: BundleTree, change: TreeChange): BundleTree {
  const out = new Map(tree);
  for (const [path, what] of Object.entries(change)) {
    if (what === null) out.delete(path);
    else if (typeof what === 'function') {
      const before = out.get(path);
      if (before === undefined) throw new Error(`the sample has no ${path}`);
      const text = Buffer.from(before).toString('utf8');
      const after = what(text);
      if (after === text) throw new Error(`the change of ${path} changes nothing`);
      out.set(path, Buffer.from(after));
    } else out.set(path, typeof what === 'string' ? Buffer.from(what) : what);
  }
  return out;
}
