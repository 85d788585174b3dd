import { expect } from 'chai';
import { parseInetd } from '../../../parsers/host/inetd-conf.ts';
import { parseServices, servicePort } from '../../../parsers/host/services.ts';
import { parseListSockets } from '../../../parsers/host/systemd-sockets.ts';
import { parseXinetd } from '../../../parsers/host/xinetd-conf.ts';
import { finding, hostFile } from './host-text.ts';

const services = parseServices(hostFile('shell 514/tcp cmd # rsh\nodd 4000/udp\nshell 515/tcp\n'));
const xinetd = (main: string, files: Readonly<Record<string, string>> = {}) =>
  parseXinetd(hostFile(main, '/etc/xinetd.conf'), finding(files), services);
const service = (name: string, ...lines: readonly string[]): string =>
  `service ${name}\n{\n${lines.map((l) => `  ${l}\n`).join('')}}\n`;
const states = (main: string, files: Readonly<Record<string, string>> = {}): readonly string[] =>
  xinetd(main, files).value.map((s) => `${s.name} ${s.port}/${s.protocol} ${s.enabled ? 'on' : 'off'}`);

describe('xinetd', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['a service without "disable" is on', service('shell'), ['shell 514/tcp on']],
    ['disable = no is on', service('shell', 'disable = no'), ['shell 514/tcp on']],
    ['disable = yes is off', service('shell', 'disable = yes'), ['shell 514/tcp off']],
    ['the first "disable" counts', service('shell', 'disable = yes', 'disable = no'), ['shell 514/tcp off']],
    [
      'a comment behind "disable = yes" leaves it on',
      service('shell', 'disable = yes # off'),
      ['shell 514/tcp on'],
    ],
    ['a comment switches nothing off', service('shell', '# disable = yes'), ['shell 514/tcp on']],
    ['port wins over the name', service('shell', 'type = UNLISTED', 'port = 1514'), ['shell 1514/tcp on']],
    ['a datagram socket is UDP', service('odd', 'socket_type = dgram'), ['odd 4000/udp on']],
    ['a name without a port has none', service('strange'), ['strange null/tcp on']],
    [
      'a brace beside the name loses the section',
      `service shell {\n}\n${service('imap')}`,
      ['imap 143/tcp on'],
    ],
    [
      'disabled in the defaults',
      `defaults\n{\n disabled = shell\n}\n${service('shell')}`,
      ['shell 514/tcp off'],
    ],
    ['disabled names another', `defaults\n{\n disabled = imap\n}\n${service('shell')}`, ['shell 514/tcp on']],
    [
      'enabled leaves the others out',
      `defaults\n{\n enabled = imap\n}\n${service('shell')}${service('imap')}`,
      ['shell 514/tcp off', 'imap 143/tcp on'],
    ],
    [
      'enabled does not switch on what its file switches off',
      `defaults\n{\n enabled = shell\n}\n${service('shell', 'disable = yes')}`,
      ['shell 514/tcp off'],
    ],
    [
      'lists go by the id, where one is given',
      `defaults\n{\n disabled = rsh\n}\n${service('shell', 'id = rsh')}`,
      ['shell 514/tcp off'],
    ],
    [
      'a list may grow by +=',
      `defaults\n{\n disabled = imap\n disabled += shell\n}\n${service('shell')}`,
      ['shell 514/tcp off'],
    ],
  ];
  for (const [name, text, expected] of rows) it(name, () => expect(states(text)).to.deep.equal(expected));

  it('reads a folder, but no name with a dot and no backup copy', () => {
    expect(
      states('includedir /etc/xinetd.d\n', {
        '/etc/xinetd.d/rsh': service('shell'),
        '/etc/xinetd.d/rsh.rpmsave': service('imap'),
        '/etc/xinetd.d/rsh~': service('imap'),
        '/etc/other/imap': service('imap'),
      }),
    ).to.deep.equal(['shell 514/tcp on']);
  });

  it('reads one file by include, and keeps its line', () => {
    const [found] = xinetd('\ninclude /a\n', {
      '/a': `\n${service('shell', 'server = /usr/sbin/in.rshd')}`,
    }).value;
    expect(found).to.deep.include({ server: '/usr/sbin/in.rshd', enabled: true });
    expect(found?.line).to.deep.equal({ file: '/a', line: 2, text: 'service shell' });
  });

  it('says what it could not read: a lost line, a section never closed', () => {
    const { value, diagnostics } = xinetd('servic shell\n{\n}\nservice imap\n{\n oops\n');
    expect(value).to.deep.equal([]);
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([1, 6, 4]);
  });

  it('knows who may connect, with the defaults', () => {
    const only = (text: string): readonly string[] | null | undefined => xinetd(text).value[0]?.onlyFrom;
    expect(only(service('shell'))).to.equal(null);
    expect(only(service('shell', 'only_from = 192.0.2.1 192.0.2.2'))).to.deep.equal([
      '192.0.2.1',
      '192.0.2.2',
    ]);
    expect(only(`defaults\n{\n only_from = 127.0.0.1\n}\n${service('shell')}`)).to.deep.equal(['127.0.0.1']);
  });

  it('survives a folder that includes itself', () => {
    expect(() =>
      xinetd('includedir /d\n', { '/d/a': 'includedir /d\n', '/d/b': 'includedir /d\n' }),
    ).to.not.throw();
  });
});

describe('inetd', () => {
  const read = (text: string) => parseInetd(hostFile(text), services);
  it('takes each line as on, comments as nothing', () => {
    expect(
      read(
        'shell stream tcp nowait root /usr/sbin/tcpd in.rshd\n#telnet stream tcp nowait root /x x\n',
      ).value.map((s) => [s.name, s.port, s.server]),
    ).to.deep.equal([['shell', 514, 'in.rshd']]);
  });
  it('knows an address before the service, and UDP', () => {
    expect(read('127.0.0.1:odd dgram udp wait nobody /x x').value[0]).to.deep.include({
      name: 'odd',
      protocol: 'udp',
      port: 4000,
      bind: '127.0.0.1',
    });
  });
  it('names a line that is too short', () => {
    expect(read('shell stream tcp').diagnostics.map((d) => d.span?.line)).to.deep.equal([1]);
  });
});

describe('systemd sockets', () => {
  const text = [
    '/run/dbus/system_bus_socket dbus.socket dbus.service',
    '0.0.0.0:23 telnet.socket telnet@.service',
    '[::]:22 ssh.socket ssh.service',
    '127.0.0.1:631 cups.socket cups.service',
    '3 sockets listed.',
  ].join('\n');
  it('are network services only where they have a port', () => {
    expect(parseListSockets(hostFile(text)).map((s) => [s.name, s.port, s.bind])).to.deep.equal([
      ['telnet.socket', 23, '0.0.0.0'],
      ['ssh.socket', 22, '::'],
      ['cups.socket', 631, '127.0.0.1'],
    ]);
  });
});

describe('the services table', () => {
  it('takes the first entry of a name, aliases too, and fills gaps with well-known ones', () => {
    expect(servicePort(services, 'shell', 'tcp')).to.equal(514);
    expect(servicePort(services, 'cmd', 'tcp')).to.equal(514);
    expect(servicePort(services, 'smtp', 'tcp')).to.equal(25);
    expect(servicePort(services, 'shell', 'udp')).to.equal(null);
    expect(servicePort(services, '8080', 'tcp')).to.equal(8080);
  });
});
