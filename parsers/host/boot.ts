import type { BootEntry } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** `chkconfig --list`: `sshd 0:off 1:off 2:on 3:on …`; below it, `name: on` for what xinetd starts. */
export function parseChkconfig(file: HostFile, runlevel: number | null): readonly BootEntry[] {
  return linesOf(file).flatMap(({ raw, line }): BootEntry[] => {
    const [name, ...levels] = raw.trim().split(/\s+/);
    if (!name || !/^\d:(on|off)$/.test(levels[0] ?? '')) return [];
    const on = levels.filter((l) => l.endsWith(':on')).map((l) => Number(l[0]));
    const enabled = runlevel === null ? on.some((l) => l >= 2 && l <= 5) : on.includes(runlevel);
    return [{ name, mechanism: 'chkconfig', enabled, line }];
  });
}

/** `systemctl list-unit-files`: `sshd.service enabled enabled`. */
export function parseUnitFiles(file: HostFile): readonly BootEntry[] {
  return linesOf(file).flatMap(({ raw, line }): BootEntry[] => {
    const m = /^(\S+\.(?:service|socket|timer))\s+([a-z-]+)/.exec(raw.trim());
    // An alias is a second name; what it stands for has a line of its own.
    if (!m || m[2] === 'alias') return [];
    // `static` and `generated` units start when another asks for them: no promise by themselves.
    return [{ name: m[1]!, mechanism: 'systemd', enabled: /^enabled/.test(m[2]!), line }];
  });
}

/** `ls` of /etc/rc?.d: `/etc/rc3.d/S55sshd`; only the start links of the default runlevel count as on. */
export function parseRcLinks(file: HostFile, runlevel: number | null): readonly BootEntry[] {
  return linesOf(file).flatMap(({ raw, line }): BootEntry[] => {
    const m = /\/rc(\d)\.d\/([SK])\d\d([^\s/]+)/.exec(raw);
    if (!m) return [];
    const level = Number(m[1]);
    const here = runlevel === null ? level >= 2 && level <= 5 : level === runlevel;
    return here ? [{ name: m[3]!, mechanism: 'rc-link', enabled: m[2] === 'S', line }] : [];
  });
}

/** inittab: `id:3:initdefault:` and what init keeps running. */
export function parseInittab(file: HostFile): {
  readonly runlevel: number | null;
  readonly entries: readonly BootEntry[];
} {
  let runlevel: number | null = null;
  const entries: BootEntry[] = [];
  for (const { raw, line } of linesOf(file)) {
    if (/^\s*#/.test(raw)) continue;
    const [, levels, action, ...command] = raw.split(':');
    if (action === 'initdefault' && /^\d$/.test(levels ?? '')) runlevel = Number(levels);
    else if (action === 'respawn' || action === 'once' || action === 'boot') {
      entries.push({ name: command.join(':').trim(), mechanism: 'inittab', enabled: true, line });
    }
  }
  return { runlevel, entries };
}

/** Each command of rc.local. */
export const parseRcLocal = (file: HostFile): readonly BootEntry[] =>
  linesOf(file)
    .filter(({ raw }) => raw.trim() !== '' && !/^\s*#/.test(raw))
    .map(({ raw, line }) => ({ name: raw.trim(), mechanism: 'rc-local', enabled: true, line }));

/** `ls` of /service or /etc/service: each folder is a service that svscan keeps running. */
export const parseSupervised = (file: HostFile): readonly BootEntry[] =>
  linesOf(file).flatMap(({ raw, line }): BootEntry[] => {
    const m = /^\/(?:etc\/|var\/)?service\/([\w.-]+)$/.exec(raw.trim());
    return m ? [{ name: m[1]!, mechanism: 'supervise', enabled: true, line }] : [];
  });
