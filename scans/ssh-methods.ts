import { spawn } from 'node:child_process';
import { parseIpv4 } from '../src/model/address.ts';

/** What the ssh client said while the server refused it: a text that the checklist takes as `ssh-methods`. */
export type SshMethodsProbe =
  | { readonly kind: 'seen'; readonly transcript: string; readonly methods: readonly string[] }
  | { readonly kind: 'failed'; readonly transcript: string; readonly reason: string };

export interface SshMethodsTarget {
  /** Dotted quad. */
  readonly address: string;
  readonly port: number;
}

export interface SshMethodsOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  /** The clock, for the transcript's first line. */
  readonly now: () => Date;
  /** The client to run; `ssh` of the PATH unless given. */
  readonly client?: string;
}

const MAX_TRANSCRIPT = 256 * 1024;
const DEFAULT_TIMEOUT_MS = 20_000;
/** A name that no host knows: methods are offered before the server says whether the user exists. */
const STRANGER = 'aclscope-probe';

/** Servers as old as the audits that this tool reads speak nothing newer; what comes after is only a refusal. */
const OLD_ALGORITHMS = [
  ['KexAlgorithms', '+diffie-hellman-group1-sha1,diffie-hellman-group14-sha1'],
  ['HostKeyAlgorithms', '+ssh-rsa'],
  ['Ciphers', '+aes128-cbc,3des-cbc'],
] as const;

/** Reads no configuration, uses no key, agent or known host, asks nothing and runs nothing. */
const SAFE_OPTIONS = [
  ['BatchMode', 'yes'],
  ['PreferredAuthentications', 'none'],
  ['PubkeyAuthentication', 'no'],
  ['IdentityAgent', 'none'],
  ['StrictHostKeyChecking', 'no'],
  ['UserKnownHostsFile', '/dev/null'],
  ['GlobalKnownHostsFile', '/dev/null'],
  ['ProxyCommand', 'none'],
  ['ControlPath', 'none'],
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
  ['PermitLocalCommand', 'no'],
  ['ConnectTimeout', '10'],
  ['ConnectionAttempts', '1'],
] as const;

interface ClientEnd {
  readonly output: string;
  readonly failure: string | null;
}

/**
 * Asks an SSH server, as a stranger without keys, by which methods it would let somebody in: one connection, one
 * request "none", the server's list in answer. Nothing is tried.
 */
export async function probeSshMethods(
  target: SshMethodsTarget,
  options: SshMethodsOptions,
): Promise<SshMethodsProbe> {
  if (parseIpv4(target.address) === undefined) throw new TypeError(`not an IPv4 address: ${target.address}`);
  if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65535) {
    throw new TypeError(`not a port: ${target.port}`);
  }
  const head = `# ssh -v as a stranger to ${target.address} port ${target.port}, ${options.now().toISOString()}\n`;
  let ended = await runClient(target, options, true);
  // A client that no longer knows the old algorithms refuses its own command line.
  if (/Bad SSH2|Bad key types|Bad configuration option|Bad protocol 2/i.test(ended.output)) {
    ended = await runClient(target, options, false);
  }
  const transcript = head + ended.output;
  const offered = /Authentications that can continue: (\S+)/i.exec(ended.output)?.[1];
  if (offered !== undefined) return { kind: 'seen', transcript, methods: offered.split(',') };
  if (/debug1: Authentication succeeded \(none\)|Authenticated to .* using "none"/.test(ended.output)) {
    return { kind: 'seen', transcript, methods: ['none'] };
  }
  return { kind: 'failed', transcript, reason: ended.failure ?? lastWords(ended.output) };
}

const lastWords = (output: string): string =>
  output
    .split('\n')
    .filter((l) => l.trim() !== '' && !l.startsWith('debug1:'))
    .at(-1)
    ?.slice(0, 200) ?? 'the ssh client said nothing';

function runClient(target: SshMethodsTarget, options: SshMethodsOptions, old: boolean): Promise<ClientEnd> {
  const settings = [...SAFE_OPTIONS, ...(old ? OLD_ALGORITHMS : [])].flatMap(([k, v]) => ['-o', `${k}=${v}`]);
  const argv = [
    '-v',
    '-n',
    '-T',
    '-F',
    '/dev/null',
    ...settings,
    '-l',
    STRANGER,
    '-p',
    String(target.port),
    '--',
    target.address,
    'true',
  ];
  return new Promise((resolve) => {
    const child = spawn(options.client ?? 'ssh', argv, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    let output = '';
    let failure: string | null = null;
    const end = (why: string): void => {
      failure ??= why;
      child.kill('SIGKILL');
    };
    const abort = (): void => end('stopped');
    const timer = setTimeout(() => end('no answer in time'), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    if (options.signal.aborted) abort();
    else options.signal.addEventListener('abort', abort, { once: true });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      output = (output + text.replaceAll('\r\n', '\n')).slice(0, MAX_TRANSCRIPT);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure ??=
        error.code === 'ENOENT'
          ? 'no ssh client is installed'
          : `the ssh client does not run: ${error.message}`;
    });
    child.on('close', () => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', abort);
      resolve({ output, failure });
    });
  });
}
