import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createNmapXmlReader, type NmapTaskProgress } from '../../parsers/nmap-xml.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import type { TargetEvidence } from '../../src/model/evidence.ts';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';

/** The part of node-nmap's scan class that this adapter builds on. */
interface NmapScanBase {
  command: string[];
}
interface NodeNmap {
  readonly NmapScan: new (range: string[], inputArguments: string[]) => NmapScanBase;
}

/** node-nmap writes this text itself; its own parser and spawner are never reached. */
const { NmapScan } = createRequire(import.meta.url)('node-nmap') as NodeNmap;

export interface NmapRunResult {
  /** Hosts that nmap finished; also those of a run that failed later. */
  readonly targets: readonly TargetEvidence[];
  /** Null when nmap said that it succeeded. */
  readonly failure: string | null;
}

const STDERR_KEPT = 2000;

/**
 * One run of nmap over one target. node-nmap builds the command line; the process is started here, without a shell,
 * because node-nmap would start it in its constructor, lose output that holds the word "percent", and take any
 * warning for total failure.
 */
export class NmapChunkScan extends NmapScan {
  constructor(address: string, options: readonly string[]) {
    // Only a dotted quad can stand after `--`: no option, no file name, no host name to resolve.
    if (parseIpv4(address) === undefined) throw new Error(`not an address: ${escapeUntrusted(address, 60)}`);
    super(['--', address], [...options]);
  }

  /** node-nmap calls this from its constructor to start the process; nothing may start there. */
  initializeChildProcess(): void {}

  run(
    signal: AbortSignal,
    onProgress: (progress: NmapTaskProgress) => void,
    binary = 'nmap',
  ): Promise<NmapRunResult> {
    const reader = createNmapXmlReader('nmap', { onProgress });
    const decoder = new StringDecoder('utf8');
    return new Promise((resolve) => {
      const child: ChildProcessByStdio<null, Readable, Readable> = spawn(binary, this.command, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LC_ALL: 'C' },
      });
      let complaints = '';
      let spawnFailure: string | null = null;
      const kill = () => child.kill('SIGTERM');
      signal.addEventListener('abort', kill);
      if (signal.aborted) kill();
      child.stdout.on('data', (chunk: Buffer) => reader.write(decoder.write(chunk)));
      child.stderr.on('data', (chunk: Buffer) => {
        if (complaints.length < STDERR_KEPT) complaints += chunk.toString('utf8');
      });
      child.on('error', (error: NodeJS.ErrnoException) => {
        spawnFailure =
          error.code === 'ENOENT' ? 'nmap is not installed, or not in PATH' : `nmap: ${error.message}`;
      });
      child.on('close', (code, ended) => {
        signal.removeEventListener('abort', kill);
        reader.write(decoder.end());
        const { value } = reader.close();
        const said = complaints.trim() === '' ? '' : `: ${escapeUntrusted(complaints.trim(), 300)}`;
        let failure: string | null = spawnFailure;
        if (failure === null && signal.aborted) failure = 'the scan was interrupted';
        if (failure === null && value.completeness.kind === 'incomplete') {
          failure = `nmap ended with ${ended ?? `code ${code}`}${said || `: ${value.completeness.reason}`}`;
        }
        resolve({ targets: value.targets, failure });
      });
    });
  }
}
