import { expect } from 'chai';
import fc from 'fast-check';
import { forCsv, forJson, forMarkdown, forTerminal, forXml, markdownCode } from '../../reports/untrusted.ts';

describe('neutralising untrusted text', () => {
  it('spells out what a terminal would act on, and leaves ordinary letters alone', () => {
    expect(forTerminal('a\u001b[31mb')).to.equal('a\\x1b[31mb');
    expect(forTerminal('a\u202eb')).to.equal('a\\u{202e}b');
    expect(forTerminal('café 漢字 [31m')).to.equal('café 漢字 [31m');
  });

  it('spells out a surrogate without its other half, and keeps a whole pair', () => {
    expect(forTerminal('\ud83d')).to.equal('\\u{d83d}');
    expect(forTerminal('😀')).to.equal('😀');
  });

  it('says how much of a long text it leaves out', () => {
    expect(forTerminal('x'.repeat(700))).to.match(/^x{600}… \(100 more characters\)$/);
    expect(forTerminal('x'.repeat(600))).to.equal('x'.repeat(600));
  });

  it('escapes what XML reserves and spells out what it cannot hold', () => {
    expect(forXml('<a b="c">&\u0000')).to.equal('&lt;a b=&quot;c&quot;&gt;&amp;\\x00');
  });

  it('guards a formula in CSV, near misses only by quoting', () => {
    expect(forCsv('=1+1')).to.equal(`"'=1+1"`);
    expect(forCsv('1=1')).to.equal('1=1');
    expect(forCsv('a,b')).to.equal('"a,b"');
    expect(forCsv('a"b')).to.equal('"a""b"');
  });

  it('fences a Markdown code span longer than any backticks inside', () => {
    expect(markdownCode('deny ip')).to.equal('`deny ip`');
    expect(markdownCode('a `` b')).to.equal('``` a `` b ```');
    expect(markdownCode('a|b', true)).to.equal('`a\\|b`');
  });

  it('escapes Markdown at the start of a text and leaves a hyphen inside one alone', () => {
    expect(forMarkdown('- item')).to.equal('\\- item');
    expect(forMarkdown('syn-ack')).to.equal('syn-ack');
    expect(forMarkdown('1. one')).to.equal('1\\. one');
  });

  it('escaped JSON is the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(JSON.parse(forJson(json))).to.deep.equal(JSON.parse(json));
      }),
    );
  });
});
