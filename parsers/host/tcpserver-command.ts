import type { TcpServer } from '../../src/model/host.ts';
import { type HostFile, joinedLines } from './host-file.ts';
import { type ServicePorts, servicePort } from './services.ts';

/** Options of ucspi-tcp 0.88's tcpserver that take a value. */
const WITH_VALUE = new Set(['c', 'x', 'B', 'g', 'u', 'b', 'l', 't']);

/** The tcpserver that a command line starts; null when it starts none. */
function readCommand(text: string, services: ServicePorts): Omit<TcpServer, 'line' | 'command'> | null {
  const words = text.replace(/["']/g, '').split(/\s+/);
  const start = words.findIndex((w) => /(^|\/)tcpserver$/.test(w));
  if (start < 0) return null;
  let rulesFile: string | null = null;
  let openWithoutFile = false;
  let looksUpNames = true;
  let at = start + 1;
  for (; at < words.length && /^-[A-Za-z]/.test(words[at]!); at++) {
    const letters = words[at]!.slice(1);
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i]!;
      if (letter === 'X') openWithoutFile = true;
      if (letter === 'H') looksUpNames = false;
      if (letter === 'h') looksUpNames = true;
      if (!WITH_VALUE.has(letter)) continue;
      const value = i + 1 < letters.length ? letters.slice(i + 1) : (words[++at] ?? '');
      if (letter === 'x') rulesFile = value;
      break;
    }
  }
  const portWord = words[at + 1];
  if (portWord === undefined) return null;
  return { rulesFile, openWithoutFile, looksUpNames, port: servicePort(services, portWord, 'tcp') };
}

/** Every tcpserver in run scripts or in a process list; comments do not start anything. */
export function findTcpServers(file: HostFile, services: ServicePorts): readonly TcpServer[] {
  const servers: TcpServer[] = [];
  for (const { raw, line } of joinedLines(file)) {
    if (/^\s*#/.test(raw)) continue;
    const found = readCommand(raw, services);
    if (found !== null) servers.push({ ...found, command: raw.trim(), line });
  }
  return servers;
}
