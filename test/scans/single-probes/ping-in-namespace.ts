// Prints what a pinger finds of argv[2]: liveness and path.
import { describePath, openPinger } from '../../../scans/single-probes/ping.ts';

const opened = openPinger(400);
if ('why' in opened) {
  console.log(JSON.stringify({ why: opened.why }));
} else {
  const address = process.argv[2]!;
  const alive = await opened.pinger.checkAlive(address);
  const path = await opened.pinger.tracePath(address, 6);
  console.log(JSON.stringify({ alive, path, text: describePath(path) }));
  opened.pinger.close();
}
