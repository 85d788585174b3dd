// Runs inside a place of the lab: node --import tsx probe-ssh-methods.ts ADDRESS PORT; prints the transcript.
import { probeSshMethods } from '../../scans/ssh-methods.ts';

const probe = await probeSshMethods(
  { address: process.argv[2] ?? '', port: Number(process.argv[3]) },
  { signal: new AbortController().signal, now: () => new Date() },
);
process.stdout.write(probe.transcript);
process.exitCode = probe.kind === 'seen' ? 0 : 1;
