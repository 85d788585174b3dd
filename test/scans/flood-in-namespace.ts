// Sends SYNs to the ports that the raw engine listens on, more than its buffer holds: SOURCE, DESTINATION, how many.
import { loadLibc } from '../../scans/native/libc.ts';
import { createPacketSender, openRawSocket } from '../../scans/native/raw-socket.ts';
import { SYN_LENGTH, writeSyn } from '../../scans/native/tcp-packet.ts';
import { parseIpv4 } from '../../src/model/address.ts';

const [source, destination] = [parseIpv4(process.argv[2]!)!, parseIpv4(process.argv[3]!)!];
const loaded = loadLibc();
if ('why' in loaded) throw new Error(loaded.why);
const socket = openRawSocket(loaded.libc, 6, (filter) => filter.onlyTcpPorts(1, 1));
const sender = createPacketSender(loaded.libc, socket.fd, SYN_LENGTH);
for (let i = 0; i < Number(process.argv[4]); i++) {
  const { bytes, at } = sender.slot();
  const destinationPort = 62_000 + (i % 3000);
  writeSyn(bytes, at, { source, destination, sourcePort: 9, destinationPort, sequence: i, timestamp: 0 });
  sender.push(destination, SYN_LENGTH, i);
  while (sender.full()) sender.flush(() => undefined);
}
sender.flush(() => undefined);
sender.close();
socket.close();
