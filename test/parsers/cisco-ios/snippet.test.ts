import { expect } from 'chai';
import { parseSnippet } from '../../../parsers/cisco-ios/parse-snippet.ts';

const steps = (text: string): string[] =>
  parseSnippet(text, 's').value.steps.map(
    (s) => `${s.step} ${s.kind} ${s.line.line} ${s.line.text.slice(s.line.column - 1, s.line.endColumn - 1)}`,
  );
const codes = (text: string): string[] => parseSnippet(text, 's').diagnostics.map((d) => d.code);

describe('the lines of a snippet', () => {
  it('are counted without blanks and comments', () => {
    expect(steps('\n! swap\nno access-list 150\n\n!\n  access-list 150 deny ip any any  \n')).to.deep.equal([
      '1 command 3 no access-list 150',
      '2 command 6 access-list 150 deny ip any any',
    ]);
  });
  it('lose their prompts, which say where the paste begins', () => {
    const session =
      'gw#conf t\ngw(config)#interface Fa0/0\ngw(config-if)#ip access-group 151 in\ngw(config-if)#end\n';
    expect(steps(session)).to.deep.equal([
      '1 command 1 conf t',
      '2 command 2 interface Fa0/0',
      '3 command 3 ip access-group 151 in',
      '4 command 4 end',
    ]);
    expect(parseSnippet(session, 's').value.start.kind).to.equal('exec');
    expect(codes(session)).to.deep.equal([]);
    expect(parseSnippet('interface Fa0/0\n', 's').value.start.kind).to.equal('global');
    expect(parseSnippet('configure terminal\n', 's').value.start.kind).to.equal('exec');
    expect(parseSnippet('gw(config)#interface Fa0/0\n', 's').value.start.kind).to.equal('global');
  });
  it('disagree with a prompt of another mode', () => {
    expect(codes('gw(config)#access-list 1 permit any\ngw(config-if)#shutdown\n')).to.deep.equal([
      'prompt-mode-mismatch',
    ]);
    expect(codes('gw(config)#interface Fa0/0\ngw(config-subif)#shutdown\n')).to.deep.equal([]);
  });
  it('are not guessed where the terminal scrolled', () => {
    const text = 'gw(config)#access-list 1 permit any\ngw(config)#$list 1 deny any\n';
    expect(steps(text)[1]).to.equal('2 scrolled 2 $list 1 deny any');
    expect(parseSnippet(text, 's').diagnostics.map((d) => `${d.code} ${d.severity}`)).to.deep.equal([
      'scrolled-line error',
    ]);
    expect(codes('access-list 1 remark costs $5\n')).to.deep.equal([]);
  });
  it('tell a banner’s body and a terminal’s output from commands', () => {
    expect(
      steps(
        'gw(config)#hostname x\nEnter configuration commands, one per line.  End with CNTL/Z.\n% Invalid input detected\n      ^\n',
      ).map((s) => s.split(' ')[1]),
    ).to.deep.equal(['command', 'output', 'output', 'output']);
    expect(
      steps('banner motd ^C\naccess-list 1 permit any\n^C\nhostname x\n').map((s) => s.split(' ')[1]),
    ).to.deep.equal(['command', 'body', 'body', 'command']);
  });
  it('know a banner however short its words are', () => {
    for (const opener of ['ban motd ^', 'BANNER M ^', 'bann pro ^', 'banner ^'])
      expect(
        steps(`${opener}\nno access-list 150\n^\nend\n`).map((s) => s.split(' ')[1]),
        opener,
      ).to.deep.equal(['command', 'body', 'body', 'command']);
    expect(steps('banner motd\nno access-list 150\n').map((s) => s.split(' ')[1])).to.deep.equal([
      'command',
      'command',
    ]);
  });
  it('tell what a command has shown from commands, up to the next prompt', () => {
    const shown = 'gw#sh access-lists\nExtended IP access list 150\n    10 permit ip any any\n';
    const kinds = (text: string): readonly string[] => steps(text).map((s) => s.split(' ')[1]!);
    expect(kinds(`${shown}gw#conf t\n`)).to.deep.equal(['command', 'output', 'output', 'command']);
    expect(kinds(`gw(config-ext-nacl)#do ${shown.slice(3)}gw(config-ext-nacl)#no 10\n`)).to.deep.equal([
      'command',
      'output',
      'output',
      'command',
    ]);
    // Whoever goes on without prompts may mean commands.
    expect(kinds(`${shown}access-list 150 deny ip any any\n`).slice(1)).to.deep.equal([
      'command',
      'command',
      'command',
    ]);
    expect(kinds('gw#conf t\nhostname x\ngw(config)#end\n')).to.deep.equal(['command', 'command', 'command']);
  });
  it('tell a banner’s body behind a prompt, too', () => {
    expect(
      steps(
        'gw(config)#banner motd #\nEnter TEXT message.  End with the character #.\nno access-list 150\n#\ngw(config)#end\n',
      ).map((s) => s.split(' ')[1]),
    ).to.deep.equal(['command', 'body', 'body', 'body', 'command']);
  });
  it('end with a text that has no end, and are no commands where no device takes them whole', () => {
    expect(steps('banner motd #\nno access-list 150\n').map((s) => s.split(' ')[1])).to.deep.equal([
      'unfinished',
      'body',
    ]);
    expect(steps(`access-list 1 remark ${'x'.repeat(40_000)}\n`)[0]).to.match(/^1 overlong /);
  });
  it('of binary data there are none', () => {
    const text = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => (i * 5) % 31));
    expect([steps(text), codes(text)]).to.deep.equal([[], ['binary-input']]);
    expect([steps(''), codes('')]).to.deep.equal([[], []]);
  });
  it('of comments alone there are none, and that is said: it may be meant', () => {
    expect([steps('\n ! done\n!\n'), codes('\n ! done\n!\n')]).to.deep.equal([[], ['only-comments']]);
    expect(codes('! done\nend\n')).to.deep.equal([]);
  });
});
