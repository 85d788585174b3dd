import { expect } from 'chai';
import { entriesOf, listOf, read } from './read.ts';

const WEB = 'permit 6 any -> host 192.0.2.1:80';
const DENY = 'deny ip any -> any';

/** The two entries of list 150, however the text around them looks. */
const both = (text: string, complaints: readonly string[] = []): void => {
  const r = read(text);
  expect(entriesOf(r, '150')).to.deep.equal([WEB, DENY]);
  expect(r.complaints).to.deep.equal(complaints);
};

const A = 'access-list 150 permit tcp any host 192.0.2.1 eq 80';
const B = 'access-list 150 deny ip any any';

describe('what terminals and mail do to a configuration', () => {
  it('Windows ends of line', () => both(`${A}\r\n${B}\r\n`));
  it('old Macintosh ends of line', () => both(`${A}\r${B}\r`));
  it('doubled carriage returns', () => both(`${A}\r\r\n${B}\r\r\n`));
  it('a byte order mark', () => both(`\ufeff${A}\n${B}\n`));
  it('NUL bytes between the letters, as UTF-16 read as bytes has them', () =>
    both(`${[...A].join('\0')}\n${B}\n`));
  it('a pager prompt rubbed out with backspaces', () =>
    both(`${A}\n --More-- ${'\b'.repeat(9)}${' '.repeat(8)}${'\b'.repeat(9)}${B}\n`));
  it('a pager prompt of other devices', () => {
    both(`${A}\n<--- More --->\r              \r${B}\n`);
    both(`${A}\n -- More --${B}\n`);
  });
  it('a pager prompt with blanks only', () => both(`${A}\n--More--          ${B}\n`));
  it('a pager prompt overwritten by a carriage return', () => both(`${A}\n --More-- \r          \r${B}\n`));
  it('colours', () => both(`\x1b[1;32m${A}\x1b[0m\n\x1b[K${B}\n`));
  it('non-breaking spaces', () => both(`${A.replaceAll(' ', '\u00a0')}\n${B}\n`));
  it('tabs and runs of blanks', () =>
    both(`access-list\t150  permit   tcp any host 192.0.2.1 eq 80\n${B}   \n`));
  it('prompts before each command', () => both(`gw(config)#${A}\ngw(config)# ${B}\n`));
  it('a session that shows the configuration', () =>
    both(
      `gw>enable\nPassword:\ngw#show running-config\nBuilding configuration...\n\nCurrent configuration : 99 bytes\n!\n${A}\n${B}\nend\n\ngw#exit\n`,
    ));
  it('output of other commands in the session is left out', () =>
    both(`gw#show version\nIOS (tm) 3600\ngw#show run\n${A}\n${B}\nend\n`));
  it('what every kind of show prints first', () =>
    both(
      `Load for five secs: 1%/0%; one minute: 1%\nTime source is NTP, 10:00:00 UTC\nUsing 99 out of 129016 bytes\n!\n${A}\n${B}\n`,
    ));
  it('raw text of a line is kept without its end', () => {
    const { config } = read(`${A}\r\n`);
    expect(config.acls.get('150')?.entries[0]?.span).to.deep.equal({
      file: 'test.cfg',
      line: 1,
      column: 1,
      endColumn: A.length + 1,
      text: A,
    });
  });
  it('a statement behind a prompt begins where the prompt ends', () => {
    const { config } = read(`gw(config)#${A}\n`);
    expect(config.acls.get('150')?.entries[0]?.span.column).to.equal('gw(config)#'.length + 1);
  });
});

describe('lines that cannot be trusted', () => {
  it('after a `$` the start of the line is lost: an error, and nothing is guessed', () => {
    const r = read(`gw(config)#$ny host 192.0.2.1 eq 80\ngw(config)#${B}\n`);
    expect(entriesOf(r, '150')).to.deep.equal([DENY]);
    expect(r.complaints).to.deep.equal(['scrolled-line']);
  });
  it('an entry cut in two by a terminal: both parts are reported and the list keeps their place', () => {
    const r = read(`access-list 150 permit tcp any host 192.0.2.1\n eq 80\n${B}\n`);
    expect(entriesOf(r, '150')).to.deep.equal(['unread permit', DENY]);
    expect(r.complaints).to.deep.equal(['wrapped-line', 'wrapped-line']);
    expect(r.diagnostics.map((d) => d.span?.line)).to.deep.equal([1, 2]);
  });
  it('an entry cut inside a number', () => {
    const r = read(`access-list 150 permit tcp any host 192.0.2.\n1 eq 80\n${B}\n`);
    expect(entriesOf(r, '150')).to.deep.equal(['unread permit', DENY]);
  });
  it('a named list’s cut entry, with sequence numbers around it', () => {
    const r = read('ip access-list extended T\n 10 permit tcp any any\n range 1 5\n 20 deny ip any any\n');
    expect(entriesOf(r)).to.deep.equal(['unread permit', DENY]);
  });
  it('a numbered entry below an entry is no orphan', () => {
    expect(
      entriesOf(read('ip access-list extended T\n 10 permit tcp any any\n 20 deny ip any any\n')),
    ).to.deep.equal(['permit 6 any -> any', DENY]);
  });
  it('a prompt that names another mode than the lines lead to', () => {
    expect(read(`gw(config-if)#${A}\n`).complaints).to.deep.equal(['prompt-mode-mismatch']);
    expect(
      read('gw(config)#interface Fa0/0\ngw(config-if)#ip access-group 150 in\n').complaints,
    ).to.deep.equal([]);
  });
  it('binary data', () => {
    const r = read(String.fromCharCode(...Array.from({ length: 512 }, (_, i) => (i * 7) % 32)));
    expect(r.complaints).to.deep.equal(['binary-input']);
    expect(r.config.account.modelled).to.equal(0);
  });
  it('nothing at all', () => {
    for (const text of ['', '\n', '  \n\t\n', '\0\0'])
      expect(read(text).diagnostics.map((d) => d.code)).to.deep.equal(['empty-input']);
  });
  it('a line longer than any command', () => {
    const r = read(`access-list 150 permit tcp any any ${'x'.repeat(30_000)}\n${B}\n`);
    expect(r.complaints).to.deep.equal(['overlong-line']);
  });
  it('a second configuration in the same text is not entered on top of the first', () => {
    const whole = `version 12.1\nhostname gw\n${A}\n${B}\nend\n`;
    for (const between of [
      '',
      '\ngw#show run\nBuilding configuration...\n\n',
      'Current configuration : 9 bytes\n',
    ])
      both(`${whole}${between}${whole}`, ['two-configurations']);
  });
});

describe('comments', () => {
  it('a comment does not leave the mode', () => {
    const r = read(
      'ip access-list extended T\n permit tcp any host 192.0.2.1 eq 80\n! ---\n!\n deny ip any any\n',
    );
    expect(entriesOf(r)).to.deep.equal([WEB, DENY]);
  });
  it('behind a statement it is left out, with a notice', () => {
    const r = read(`${A} ! web\n${B} !\n`);
    expect(entriesOf(r)).to.deep.equal([WEB, DENY]);
    expect(r.diagnostics.map((d) => d.code)).to.deep.equal(['trailing-comment', 'trailing-comment']);
  });
  it('in a remark, a description or a password it is text', () => {
    const r = read(
      'access-list 150 remark a ! b\ninterface Fa0/0\n description c ! d\nline vty 0 4\n password e ! f\n',
    );
    expect(entriesOf(r)).to.deep.equal(['remark "a ! b"']);
    expect(r.config.interfaces.get('FastEthernet0/0')?.description).to.equal('c ! d');
    expect(r.diagnostics).to.deep.equal([]);
  });
});

describe('free text that looks like statements', () => {
  const hidden = 'access-list 150 permit ip any any';
  const bodies: readonly (readonly [title: string, text: string])[] = [
    ['a banner between ^C, as shown', `banner motd ^C\n${hidden}\n^C`],
    ['a banner between end-of-text characters', `banner motd \x03\n${hidden}\n\x03`],
    ['a banner between any other character', `banner login #\n${hidden}\n#`],
    ['a banner that begins on its first line', `banner exec ^CHello\n${hidden}\nbye^C`],
    ['a banner of one line', 'banner motd #access-list 150 permit ip any any#'],
    ['a banner with a prompt in it', `banner motd ^C\ngw(config)#${hidden}\n^C`],
    ['a busy message', `line vty 0 4\n vacant-message ^C\n${hidden}\n^C`],
    ['an authentication banner', `aaa authentication banner ^C\n${hidden}\n^C`],
    ['a macro', `macro name M\n${hidden}\n@`],
  ];
  for (const [title, text] of bodies)
    it(title, () => {
      both(`${text}\n${A}\n${B}\n`);
    });
  it('a certificate', () => {
    const r = read(
      `crypto pki certificate chain TP\n certificate self-signed 01\n  30820241 308201AA A0030201 02020101 300D0609\n  2A864886 F70D0101 0405\n  quit\n${A}\n${B}\n`,
    );
    expect(entriesOf(r, '150')).to.deep.equal([WEB, DENY]);
    expect(r.config.account.skippedFamilies['keys and certificates']).to.equal(4);
  });
  it('a cut-off certificate does not swallow what follows', () => {
    both(`crypto pki certificate chain TP\n certificate 01\n  30820241 308201AA\n${A}\n${B}\n`, [
      'unterminated-block',
    ]);
  });
  it('a banner command without its text swallows nothing', () => {
    const lists = (text: string) => [...read(text).config.acls.keys()];
    expect(lists('banner motd\naccess-list 1 permit any\n')).to.deep.equal(['1']);
    expect(lists('banner motd m\naccess-list 1 permit any\n')).to.deep.equal([]);
  });
  it('a banner without an end is an error over the rest of the text', () => {
    const r = read(`${A}\nbanner motd #\nhello\n${B}\n`);
    expect(r.complaints).to.deep.equal(['unterminated-block']);
    expect(listOf(r).entries.length).to.equal(1);
    expect(r.config.account.diagnosed).to.equal(3);
  });
});

describe('modes', () => {
  it('text without indentation is read by what each line says', () => {
    const r = read(
      `interface FastEthernet0/0\nip address 192.0.2.1 255.255.255.0\nip access-group OUT in\nip access-list extended OUT\npermit tcp any host 192.0.2.1 eq 80\ndeny ip any any\nline vty 0 4\naccess-class 7 in\n`,
    );
    expect(entriesOf(r, 'OUT')).to.deep.equal([WEB, DENY]);
    expect(r.config.interfaces.get('FastEthernet0/0')?.bindings.in?.acl).to.equal('OUT');
    expect(r.config.lines[0]?.accessClassIn?.acl).to.equal('7');
    expect(r.complaints).to.deep.equal([]);
  });
  it('a global statement inside a sub-mode moves to global mode', () => {
    const r = read(` interface FastEthernet0/0\n ${A}\n ${B}\n ip address 192.0.2.1 255.255.255.0\n`);
    expect(entriesOf(r, '150')).to.deep.equal([WEB, DENY]);
    expect(r.complaints).to.deep.equal(['mode-unclear']);
  });
  it('a router statement is not an abbreviated router-id of the process before it', () => {
    const r = read(
      'router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\nrouter bgp 65000\n neighbor 192.0.2.9 remote-as 65001\n',
    );
    expect(
      r.config.routing.map((p) => `${p.protocol} ${p.id} ${p.networks.length}/${p.neighbours.length}`),
    ).to.deep.equal(['ospf 1 1/0', 'bgp 65000 0/1']);
  });
  it('sub-commands without their header, as a filtered output has them, are told apart from nonsense', () => {
    const codes = (text: string) => read(text).complaints;
    expect(codes(' ip access-group 150 in\n')).to.deep.equal(['mode-unclear']);
    expect(codes(' permit ip any any\n')).to.deep.equal(['mode-unclear']);
    expect(codes(' 10 permit ip any any\n')).to.deep.equal(['mode-unclear']);
    expect(codes(' ip acess-group 150 in\n')).to.deep.equal(['unparsed-line']);
  });
  it('text after end is no configuration', () => {
    both(`${A}\n${B}\nend\naccess-list 150 permit ip any any\n`);
  });
  it('exit ends a mode, not the file', () => {
    both(`interface Fa0/0\n exit\nexit\n${A}\n${B}\n`);
  });
});
