import { spawn } from 'node:child_process';

/** nmap's version, or why there is none. */
export function readNmapVersion(
  binary = 'nmap',
): Promise<{ readonly version: string } | { readonly why: string }> {
  return new Promise((resolve) => {
    const child = spawn(binary, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({
        why:
          error.code === 'ENOENT'
            ? 'nmap is not installed, or not in PATH; use --engine connect, which needs nothing'
            : error.message,
      });
    });
    child.on('close', () => {
      const version = /Nmap version (\S+)/.exec(text)?.[1];
      resolve(version ? { version } : { why: '`nmap --version` did not answer as nmap does' });
    });
  });
}
