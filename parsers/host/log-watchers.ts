import type { LogWatcher } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

type Notice = LogWatcher['notifies'][number];

/** swatch: `watchfor /…/` opens a group; `mail`, `exec` and `pipe` in it tell someone. Screen output tells nobody. */
export function parseSwatch(file: HostFile): LogWatcher {
  const notifies: Notice[] = [];
  let patterns = 0;
  for (const { raw, line } of linesOf(file)) {
    const text = raw.trim();
    if (text.startsWith('#')) continue;
    if (/^watchfor\b/.test(text)) patterns++;
    const mail = /^mail(?:\s*=\s*|\s+)?(?:addresses=)?([^\s,]+)?/.exec(text);
    if (mail) notifies.push({ recipient: mail[1] ?? 'the user who runs swatch', line });
    const command = /^(?:exec|pipe)(?:\s*=\s*|\s+)(.+)$/.exec(text);
    if (command) notifies.push({ recipient: command[1]!, line });
  }
  return { tool: 'swatch', notifies, patterns };
}

/** logwatch.conf: the last MailTo counts, and `Print = Yes` (`Output = stdout`) sends nothing. */
export function parseLogwatch(files: readonly HostFile[]): LogWatcher {
  let recipient: Notice | null = null;
  let prints: boolean = false;
  for (const file of files) {
    for (const { raw, line } of linesOf(file)) {
      const m = /^\s*(\w+)\s*=\s*"?(.*?)"?\s*$/.exec(raw.replace(/#.*/, ''));
      const key = m?.[1]?.toLowerCase();
      if (key === 'mailto') recipient = m![2] === '' ? null : { recipient: m![2]!, line };
      if (key === 'print') prints = /^yes/i.test(m![2]!);
      if (key === 'output') prints = !/^mail/i.test(m![2]!);
    }
  }
  return { tool: 'logwatch', notifies: recipient === null || prints ? [] : [recipient], patterns: null };
}

/** logcheck.conf: `SENDMAILTO="root"`; the old script: `SYSADMIN=root`. */
export function parseLogcheck(file: HostFile): LogWatcher {
  const notifies: Notice[] = [];
  for (const { raw, line } of linesOf(file)) {
    const m = /^\s*(?:SENDMAILTO|SYSADMIN)=["']?([^"'\s]+)/.exec(raw);
    if (m) notifies.push({ recipient: m[1]!, line });
  }
  return { tool: 'logcheck', notifies, patterns: null };
}
