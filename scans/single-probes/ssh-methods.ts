import { connect } from 'node:net';
import type { Algorithms } from 'ssh2';
import { parseIpv4 } from '../../src/model/address.ts';

/** What a server said to a stranger: a text that the checklist takes as `ssh-methods`, and the list in it. */
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
  /** The address to send from; the system's choice without one. */
  readonly source?: string | null;
}

/** A whole exchange of keys takes a few kilobytes. */
const MAX_BYTES = 256 * 1024;
const DEFAULT_TIMEOUT_MS = 45_000;
/** A name that no host knows: methods are offered before the server says whether the user exists. */
const STRANGER = 'aclscope-probe';
/** Servers as old as the audits that this tool reads speak nothing newer; what comes after is only a refusal. */
const OLD_ALGORITHMS: Algorithms = {
  // The exchange of groups last: a prime of 8192 bits takes this side seconds to look at.
  kex: added([
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
    'diffie-hellman-group-exchange-sha1',
  ]),
  serverHostKey: added(['ssh-dss']),
  cipher: added(['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc']),
  hmac: added(['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96']),
};

/** Behind those that the library offers by itself, so that they are taken only where nothing else fits. */
function added<T>(append: T[]): { append: T[]; prepend: T[]; remove: T[] } {
  return { append, prepend: [], remove: [] };
}

/**
 * Asks an SSH server, as a stranger without keys, by which methods it would let somebody in: one connection, keys
 * exchanged, one request "none", the server's list in answer (RFC 4252, 5.2). Nothing is tried and nothing is run. Rejects with TypeError for anything but an IPv4
 * address and a port.
 */
export async function probeSshMethods(
  target: SshMethodsTarget,
  options: SshMethodsOptions,
): Promise<SshMethodsProbe> {
  const { address, port } = target;
  if (parseIpv4(address) === undefined) throw new TypeError(`not an IPv4 address: ${address}`);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TypeError(`not a port: ${port}`);
  const at = options.now().toISOString();
  const { default: ssh2 } = await import('ssh2');
  const client = new ssh2.Client();
  const socket = connect({
    host: address,
    port,
    ...(options.source == null ? {} : { localAddress: options.source }),
  });
  const lines: string[] = [];
  let offered: readonly string[] | null = null;
  let from = 'here';
  socket.on('connect', () => {
    from = socket.localAddress ?? from;
  });

  const reason = await new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('no answer in time'), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const stop = (): void => resolve('stopped');
    const finish = (why: string): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', stop);
      resolve(why);
    };
    if (options.signal.aborted) stop();
    options.signal.addEventListener('abort', stop, { once: true });
    socket.on('data', () => {
      if (socket.bytesRead > MAX_BYTES) finish(`more than ${MAX_BYTES} bytes, and no list of methods`);
    });
    client.on('ready', () => {
      offered = ['none'];
      finish('let in without a key or a password');
    });
    client.on('handshake', ({ kex, serverHostKey, cs }) => {
      lines.push(`keys exchanged: ${kex}, ${serverHostKey}, ${cs.cipher}`);
    });
    client.on('error', (error) => finish(error.message));
    client.on('close', () => finish('the server closed the connection'));
    client.connect({
      sock: socket,
      username: STRANGER,
      readyTimeout: 0,
      algorithms: OLD_ALGORITHMS,
      debug: (text) => {
        const version = /^Remote ident: '(SSH-[^']{1,250})'/.exec(text)?.[1];
        if (version !== undefined)
          lines.push(`remote software version ${version.replace(/^SSH-[^-]*-/, '')}`);
      },
      authHandler: (left, _partial, next) => {
        // Asked first without a list; the list comes with the refusal of "none".
        if (left === null) {
          next({ type: 'none', username: STRANGER });
          return;
        }
        offered = left;
        finish('refused, as a stranger should be');
      },
    });
  });
  client.on('error', () => {});
  client.destroy();
  socket.destroy();

  const head = `# aclscope probe ssh-methods: ${address} port ${port} from ${from}, ${at}`;
  const list = offered as readonly string[] | null;
  const last = list === null ? `failed: ${reason}` : `Authentications that can continue: ${list.join(',')}`;
  const transcript = `${[head, ...lines, last].join('\n')}\n`;
  return list === null ? { kind: 'failed', transcript, reason } : { kind: 'seen', transcript, methods: list };
}
