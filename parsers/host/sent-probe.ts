import { parseIpv4 } from '../../src/model/address.ts';
import type { SentProbe } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** What `aclscope probe portsentry` wrote: `sent TIME PROTOCOL SOURCE ADDRESS PORT ANSWER`, one line a probe. */
export const parseSentProbes = (file: HostFile): readonly SentProbe[] =>
  linesOf(file).flatMap(({ raw, line }): SentProbe[] => {
    const m =
      /^sent (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z) (tcp|udp) (\S{1,15}) (\S{1,15}) (\d{1,5}) ([\w-]+)$/.exec(
        raw,
      );
    if (!m) return [];
    const [, sentAt, protocol, source, address, port, answer] = m;
    if (parseIpv4(source!) === undefined || parseIpv4(address!) === undefined || Number(port) > 65535)
      return [];
    return [
      {
        sentAt: sentAt!,
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
        source: source!,
        address: address!,
        port: Number(port),
        answer: answer!,
        line,
      },
    ];
  });
