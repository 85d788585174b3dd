import type { SshMethods } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** What a server offers, from `ssh -v`: the list in "Authentications that can continue", and the server's version. */
export function parseSshMethods(file: HostFile): readonly SshMethods[] {
  const seen: SshMethods[] = [];
  let banner: string | null = null;
  for (const { raw, line } of linesOf(file)) {
    const version =
      /(?:remote software version|remote protocol version \S+, remote software version) (\S+)/i.exec(raw);
    if (version) banner = version[1]!;
    const offered =
      /Authentications that can continue: (\S+)/i.exec(raw) ?? /Permission denied \(([^)]+)\)/.exec(raw);
    if (offered) seen.push({ methods: offered[1]!.split(',').map((m) => m.trim()), banner, line });
  }
  return seen;
}
