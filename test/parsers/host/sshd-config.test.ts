import { expect } from 'chai';
import { parseSshdConfig, parseSshdEffective, parseSshVersion } from '../../../parsers/host/sshd-config.ts';
import { finding, hostFile } from './host-text.ts';

const read = (text: string, files: Readonly<Record<string, string>> = {}) =>
  parseSshdConfig(hostFile(text, '/etc/ssh/sshd_config'), finding(files));
const shown = (text: string, files: Readonly<Record<string, string>> = {}): readonly string[] =>
  read(text, files).value.map(
    (s) => `${s.keyword}=${s.args.join('|')}${s.match === null ? '' : ` [${s.match}]`}`,
  );

describe('sshd_config', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['keywords are without case, values keep theirs', 'PermitRootLogin No', ['permitrootlogin=No']],
    ['an equals sign may part them', 'PermitRootLogin=no\nPort = 22', ['permitrootlogin=no', 'port=22']],
    ['comments and blank lines say nothing', '# Port 1\n\n  # Port 2\nPort 22', ['port=22']],
    ['a comment may follow a value', 'Port 22 # really', ['port=22']],
    ['a hash inside quotes is no comment', 'Banner "/etc/a #b"', ['banner=/etc/a #b']],
    ['a keyword may stand in quotes', '"Port" 22', ['port=22']],
    ['quotes hold blanks together', 'AllowUsers "a b" c', ['allowusers=a b|c']],
    ['every line of a keyword is kept, the first one first', 'Port 22\nPort 23', ['port=22', 'port=23']],
    ['CRLF is a line end', 'Port 22\r\nProtocol 2\r\n', ['port=22', 'protocol=2']],
    [
      'a Match block reaches to the next one',
      'Port 22\nMatch User a\nX11Forwarding yes\nMatch all\nPort 23',
      ['port=22', 'match=User|a [User a]', 'x11forwarding=yes [User a]', 'match=all', 'port=23'],
    ],
  ];
  for (const [name, text, expected] of rows) it(name, () => expect(shown(text)).to.deep.equal(expected));

  it('puts includes in place, in the order of their names', () => {
    expect(
      shown('Port 1\nInclude sshd_config.d/*.conf\nPort 4', {
        '/etc/ssh/sshd_config.d/20-b.conf': 'Port 3',
        '/etc/ssh/sshd_config.d/10-a.conf': 'Port 2',
        '/etc/ssh/sshd_config.d/30.off': 'Port 9',
      }),
    ).to.deep.equal(['port=1', 'port=2', 'port=3', 'port=4']);
  });

  it('ends a Match block that an included file opens with that file', () => {
    expect(shown('Include /a\nPort 22', { '/a': 'Match User x\nPort 1' })).to.deep.equal([
      'match=User|x [User x]',
      'port=1 [User x]',
      'port=22',
    ]);
  });

  it('puts a file that a Match block includes under its condition', () => {
    expect(shown('Match User x\nInclude /a', { '/a': 'Port 1' })).to.deep.equal([
      'match=User|x [User x]',
      'port=1 [User x]',
    ]);
  });

  it('stops at a file that includes itself', () => {
    const { value, diagnostics } = read('Include /a', { '/a': 'Port 1\nInclude /a' });
    expect(value).to.have.length(16);
    expect(diagnostics[0]?.message).to.contain('nested');
  });

  it('names a quote that is not closed, with its line', () => {
    const { value, diagnostics } = read('Port 22\nBanner "x\nProtocol 2');
    expect(value.map((s) => s.keyword)).to.deep.equal(['port', 'protocol']);
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([2]);
  });

  it('reads what sshd -T says, repeated keywords with all values', () => {
    const effective = parseSshdEffective(
      hostFile('port 22\nport 2222\npermitrootlogin no\nSomething else\n'),
    );
    expect(effective.get('port')).to.deep.equal(['22', '2222']);
    expect(effective.get('permitrootlogin')).to.deep.equal(['no']);
    expect(effective.size).to.equal(2);
  });

  it('reads versions old and new, and no other program', () => {
    expect(parseSshVersion('OpenSSH_3.6.1p2, SSH protocols 1.5/2.0')).to.deep.equal([3, 6]);
    expect(parseSshVersion('OpenSSH_9.2p1 Debian-2')).to.deep.equal([9, 2]);
    expect(parseSshVersion('Sun_SSH_1.1')).to.equal(null);
  });
});
