// Sends SYNs to the ports that the raw engine listens on, more than its buffer holds: SOURCE, DESTINATION, how many.
import { loadLibc } from '../../scans/native/libc.ts';
import { PacketSender } from '../../scans/native/packet-sender.ts';
import { parseIpv4 } from '../../src/model/address.ts';

const [source, destination] = [parseIpv4(process.argv[2]!)!, parseIpv4(process.argv[3]!)!];
const loaded = loadLibc();
if ('why' in loaded) throw new Error(loaded.why);
const sender = new PacketSender(loaded.libc, null);
for (let i = 0; i < Number(process.argv[4]); i++) {
  const destinationPort = 62_000 + (i % 3000);
  sender.push({ source, destination, sourcePort: 9, destinationPort, sequence: i, timestamp: 0 }, i);
  while (sender.full()) sender.flush(() => undefined);
}
sender.flush(() => undefined);
sender.close();
