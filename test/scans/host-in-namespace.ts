// Listens in a namespace as argv says: port → manner. Prints a line once all listen.
import { createServer } from 'node:net';

const manners: Readonly<Record<string, (socket: import('node:net').Socket) => void>> = {
  speaks: (socket) => socket.write('+OK mail.example.net ready\r\n'),
  waits: () => undefined,
  closes: (socket) => socket.end(),
};
const wanted = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
await Promise.all(
  Object.entries(wanted).map(
    ([port, manner]) =>
      new Promise<void>((resolve) => {
        createServer((socket) => {
          socket.on('error', () => undefined);
          socket.resume();
          manners[manner]!(socket);
        }).listen({ port: Number(port), host: '0.0.0.0', backlog: 4096 }, resolve);
      }),
  ),
);
console.log('listening');
