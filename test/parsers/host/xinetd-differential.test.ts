import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parseServices } from '../../../parsers/host/services.ts';
import { parseXinetd } from '../../../parsers/host/xinetd-conf.ts';
import { requireProgram } from '../../support/real-program.ts';
import { finding } from './host-text.ts';

const svc = (name: string, port: number, more = '', id = ''): string =>
  `service ${name}\n{\n type = UNLISTED\n port = ${port}\n socket_type = stream\n protocol = tcp\n wait = no\n user = root\n server = /bin/true\n${more}${id ? ` id = ${id}\n` : ''}}\n`;
/** Stands for the folder in which the files lie. */
const D = 'FOLDER';

const CASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {
    'x.conf': svc('a', 1001) + svc('b', 1002, ' disable = yes\n') + svc('c', 1003, ' disable = no\n'),
  },
  'disable words': {
    'x.conf':
      svc('a', 1001, ' disable = YES\n') +
      svc('b', 1002, ' disable = true\n') +
      svc('c', 1003, ' disable = on\n') +
      svc('d', 1004, ' disable = 1\n') +
      svc('e', 1005, ' disable=yes\n') +
      svc('f', 1006, ' disable = y\n'),
  },
  'disable twice': {
    'x.conf':
      svc('a', 1001, ' disable = yes\n disable = no\n') + svc('b', 1002, ' disable = no\n disable = yes\n'),
  },
  'defaults disabled': {
    'x.conf':
      'defaults\n{\n disabled = a\n disabled += b\n}\n' + svc('a', 1001) + svc('b', 1002) + svc('c', 1003),
  },
  'defaults disabled twice =': {
    'x.conf':
      'defaults\n{\n disabled = a\n disabled = b\n}\n' + svc('a', 1001) + svc('b', 1002) + svc('c', 1003),
  },
  'enabled list': {
    'x.conf':
      'defaults\n{\n enabled = a b\n}\n' +
      svc('a', 1001) +
      svc('b', 1002, ' disable = yes\n') +
      svc('c', 1003),
  },
  'enabled + disabled': {
    'x.conf':
      'defaults\n{\n enabled = a b\n disabled = a\n}\n' + svc('a', 1001) + svc('b', 1002) + svc('c', 1003),
  },
  'enabled empty': { 'x.conf': 'defaults\n{\n enabled =\n}\n' + svc('a', 1001) },
  ids: {
    'x.conf': 'defaults\n{\n disabled = a\n}\n' + svc('a', 1001, '', 'a-one') + svc('a', 1002, '', 'a'),
  },
  'ids by name': {
    'x.conf': 'defaults\n{\n enabled = a\n}\n' + svc('a', 1001, '', 'a-one') + svc('z', 1002, '', 'a'),
  },
  'defaults after': { 'x.conf': svc('a', 1001) + svc('b', 1002) + 'defaults\n{\n disabled = a\n}\n' },
  'two defaults': {
    'x.conf':
      'defaults\n{\n disabled = a\n}\ndefaults\n{\n disabled = b\n}\n' + svc('a', 1001) + svc('b', 1002),
  },
  includedir: {
    'x.conf': `includedir ${D}/d\n`,
    'd/a': svc('a', 1001),
    'd/b.conf': svc('b', 1002),
    'd/c~': svc('c', 1003),
    'd/.d': svc('d', 1004),
    'd/E-1': svc('e', 1005),
    'd/f_g': svc('f', 1006),
  },
  'includedir slash, defaults in it': {
    'x.conf': `includedir ${D}/d/\n`,
    'd/a': svc('a', 1001) + svc('aa', 1011),
    'd/z': 'defaults\n{\n disabled = a\n}\n',
  },
  include: { 'x.conf': `include ${D}/d/a.x\n` + svc('b', 1002), 'd/a.x': svc('a', 1001) },
  'brace same line': { 'x.conf': svc('a', 1001).replace('service a\n{', 'service a {') + svc('b', 1002) },
  'comment after value': {
    'x.conf':
      svc('a', 1001, ' disable = yes # off\n') +
      svc('b', 1002, ' # disable = yes\n') +
      svc('c', 1003, ' disable = no # yes\n'),
  },
  'unknown attribute': { 'x.conf': svc('a', 1001, ' nonsense = 3\n') + svc('b', 1002) },
  'same service twice': { 'x.conf': svc('a', 1001) + svc('a', 1002) },
  'same service twice, ids': { 'x.conf': svc('a', 1001, '', 'one') + svc('a', 1002, '', 'two') },
  'bad line': { 'x.conf': svc('a', 1001) + 'garbage here\n' + svc('b', 1002) },
  'not closed': { 'x.conf': svc('a', 1001) + svc('b', 1002).replace('}\n', '') + svc('c', 1003) },
  'name case': { 'x.conf': 'defaults\n{\n disabled = A\n}\n' + svc('a', 1001) },
  'attr case': { 'x.conf': svc('a', 1001, ' DISABLE = yes\n') + svc('b', 1002) },
  'colon style': { 'x.conf': svc('a', 1001, ' disable: yes\n') + svc('b', 1002) },
  'no spaces': { 'x.conf': svc('a', 1001).replace(/ = /g, '=') + svc('b', 1002).replace(/ = /g, ' =') },
  'port by name': {
    'x.conf':
      svc('shell', 0)
        .replace(/ type = .*\n/, '')
        .replace(/ port = .*\n/, '') + svc('b', 1002),
  },
  internal: {
    'x.conf':
      'service daytime\n{\n type = INTERNAL\n id = daytime-stream\n socket_type = stream\n protocol = tcp\n user = root\n wait = no\n}\n',
  },
  bind: { 'x.conf': svc('a', 1001, ' bind = 127.0.0.1\n') + svc('b', 1002, ' interface = 127.0.0.1\n') },
  udp: {
    'x.conf': svc('a', 1001)
      .replace('stream', 'dgram')
      .replace('tcp', 'udp')
      .replace('wait = no', 'wait = yes'),
  },
  'protocol from services': {
    'x.conf': svc('shell', 514)
      .replace(/ type = .*\n/, '')
      .replace(/ protocol = .*\n/, '')
      .replace(/ port = .*\n/, ''),
  },
  'disabled in service': { 'x.conf': svc('a', 1001, ' disabled = a\n') },
  'disable in defaults': {
    'x.conf': 'defaults\n{\n disable = yes\n}\n' + svc('a', 1001) + svc('b', 1002, ' disable = no\n'),
  },
  'two spaces service': { 'x.conf': svc('a', 1001).replace('service a', 'service   a  ') },
  redirect: { 'x.conf': svc('a', 1001, ' redirect = 127.0.0.1 22\n').replace(/ server = .*\n/, '') },
  'nested include': {
    'x.conf': `include ${D}/d/one\n`,
    'd/one': `include ${D}/d/two\n` + svc('a', 1001),
    'd/two': svc('b', 1002),
  },
  'include in service dir': {
    'x.conf': `includedir ${D}/d\n`,
    'd/one': `includedir ${D}/e\n` + svc('a', 1001),
    'e/two': svc('b', 1002),
  },
  'flags disabled types': { 'x.conf': svc('a', 1001, ' access_times = 00:00-00:01\n') },
};

/** A line of /proc/net/TABLE behind the table's name: state 0A listens, 07 is an unconnected udp socket. */
function openPort(line: string): readonly string[] {
  const [table, , local, , state] = line.split(/\s+/);
  const protocol = table!.slice(0, 3);
  if (state !== (protocol === 'tcp' ? '0A' : '07')) return [];
  return [`${Number.parseInt(local!.split(':')[1]!, 16)}/${protocol}`];
}

/** The ports that xinetd really opens with a configuration, in a network of its own, against those that are read from it. */
describe('xinetd.conf as the real xinetd takes it', function () {
  this.timeout(30_000);
  let folder: string;
  const services = (): ReturnType<typeof parseServices> =>
    parseServices({ file: '/etc/services', text: readFileSync('/etc/services', 'utf8') });

  before(function () {
    requireProgram(this, ['xinetd', 'ip'], ['--net', '--pid', '--fork']);
    folder = mkdtempSync(join(tmpdir(), 'aclscope-xinetd-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What the kernel of the daemon's own network says is open, once it has opened all: it logs its start after that. */
  const listening = (config: string): readonly string[] => {
    const script = `
      rm -f "$1.log"
      ip link set lo up || exit 3
      xinetd -dontfork -f "$1" -pidfile "$1.pid" -filelog "$1.log" >/dev/null 2>&1 &
      daemon=$! gone=
      until grep -qsE 'Started working|xiting' "$1.log"; do
        [ -z "$gone" ] || exit 4
        sleep 0.02
        kill -0 $daemon 2>/dev/null || gone=yes
      done
      for table in tcp tcp6 udp udp6; do sed "1d; s/^/$table /" /proc/net/$table || exit 5; done`;
    const { status, error, stdout, stderr } = spawnSync(
      'unshare',
      ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script, 'sh', config],
      { encoding: 'utf8', timeout: 25_000, killSignal: 'SIGKILL' },
    );
    if (error || status !== 0)
      throw new Error(`the real xinetd was not asked: exit ${status}, ${error?.message ?? stderr}`);
    return [...new Set(stdout.split('\n').filter(Boolean).flatMap(openPort))].sort();
  };

  for (const [name, files] of Object.entries(CASES)) {
    it(name, () => {
      const at = join(folder, name.replace(/\W+/g, '-'));
      const texts: Record<string, string> = {};
      for (const [file, text] of Object.entries(files)) {
        const path = join(at, file);
        mkdirSync(dirname(path), { recursive: true });
        texts[path] = text.replaceAll(D, at);
        writeFileSync(path, texts[path]);
      }
      const main = join(at, 'x.conf');
      const { value } = parseXinetd({ file: main, text: texts[main]! }, finding(texts), services());
      const ours = [...new Set(value.filter((s) => s.enabled).map((s) => `${s.port}/${s.protocol}`))].sort();
      expect(ours).to.deep.equal(listening(main));
    });
  }
});
