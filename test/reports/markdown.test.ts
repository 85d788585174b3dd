import { expect } from 'chai';
import MarkdownIt from 'markdown-it';
import { renderReport } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';

// As permissive as a reader gets: raw HTML and bare addresses allowed.
const reader = new MarkdownIt({ html: true, linkify: true });

const count = (html: string, what: RegExp): number => html.match(what)?.length ?? 0;

describe('the Markdown format', () => {
  for (const kind of REPORT_KINDS) {
    it(`${kind} makes no link, image or raw HTML of hostile text, and keeps its shape`, () => {
      const harmless = reader.render(renderReport(poison(SAMPLES[kind], 'harmless'), 'markdown'));
      for (const [name, text] of HOSTILE) {
        const html = reader.render(renderReport(poison(SAMPLES[kind], text), 'markdown'));
        expect(html, name).to.not.match(/<(a|img|script|b|svg|style|textarea|blockquote|hr)[\s>]/i);
        for (const tag of [/<h[1-6]>/g, /<li>/g, /<tr>/g, /<td/g, /<table>/g, /<pre>/g]) {
          expect(count(html, tag), `${name}: ${tag.source}`).to.equal(count(harmless, tag));
        }
      }
    });
  }

  it('keeps a config line word for word in a code span', () => {
    expect(reader.render(renderReport(SAMPLES.audit, 'markdown'))).to.include(
      '<code>access-list 150 deny   ip any any log</code>',
    );
  });

  it('does not make a table of a line with a bar in it', () => {
    const html = reader.render(renderReport(poison(SAMPLES.audit, 'a | b ` c'), 'markdown'));
    expect(html).to.include('<code>a | b ` c</code>');
  });
});
