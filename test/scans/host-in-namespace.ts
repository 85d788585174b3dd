// Listens in a namespace as argv says: port → manner, of TCP or UDP. Prints a line once all listen.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const manners: Readonly<Record<string, (socket: import('node:net').Socket) => void>> = {
  speaks: (socket) => socket.write('+OK mail.example.net ready\r\n'),
  waits: () => undefined,
  closes: (socket) => socket.end(),
  echoes: (socket) => socket.on('data', (data) => socket.write(data)),
};
const datagramManners: Readonly<Record<string, (answer: (text: string) => void) => void>> = {
  answers: (answer) => answer('here I am'),
  ignores: () => undefined,
};
const wanted = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
await Promise.all(
  Object.entries(wanted).map(
    ([port, manner]) =>
      new Promise<void>((resolve) => {
        const udp = datagramManners[manner];
        if (udp) {
          const socket = createSocket('udp4');
          socket.on('message', (_, from) => udp((text) => socket.send(text, from.port, from.address)));
          socket.bind(Number(port), '0.0.0.0', resolve);
          return;
        }
        createServer((socket) => {
          socket.on('error', () => undefined);
          socket.resume();
          manners[manner]!(socket);
        }).listen({ port: Number(port), host: '0.0.0.0', backlog: 4096 }, resolve);
      }),
  ),
);
console.log('listening');
