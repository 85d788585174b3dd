import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { renderReport } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { type Browser, findBrowser, startBrowser, type Tab } from '../support/headless-browser.ts';
import { skipBecause } from '../support/skip.ts';
import { EMPTY, SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';
import { largeAudit } from './samples/large-audit.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly string[];
}

/** What axe finds against WCAG 2.1 A and AA and its own good practice. */
async function inaccessible(tab: Tab): Promise<readonly Violation[]> {
  await tab.evaluate(`${axe};0`);
  return tab.evaluate<readonly Violation[]>(
    `axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','best-practice']})
      .then(r=>r.violations.map(v=>({id:v.id,nodes:v.nodes.slice(0,3).map(n=>n.html.slice(0,200))})))`,
  );
}

const colourScheme = (value: 'light' | 'dark') => ({ features: [{ name: 'prefers-color-scheme', value }] });

describe('the HTML page in a browser', function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let tab: Tab;

  before(async function () {
    const executable = findBrowser();
    if (executable === undefined) skipBecause(this, 'no Chromium is installed');
    browser = await startBrowser(executable);
    tab = await browser.openTab();
  });
  after(async () => {
    await browser?.close();
  });

  for (const kind of REPORT_KINDS) {
    it(`${kind}: no hostile text runs, asks for anything or becomes an element`, async () => {
      await tab.show(renderReport(poison(SAMPLES[kind], 'harmless'), 'html'));
      const count = 'document.querySelectorAll("*").length';
      const elements = await tab.evaluate<number>(count);
      for (const [name, text] of HOSTILE) {
        await tab.show(renderReport(poison(SAMPLES[kind], text), 'html'));
        expect(await tab.evaluate<string>('document.title'), name).to.not.equal('owned');
        expect(await tab.evaluate<number>('document.scripts.length'), name).to.equal(1);
        expect(await tab.evaluate<number>(count), `${name}: elements`).to.equal(elements);
        const handlers = await tab.evaluate<number>(
          '[...document.querySelectorAll("*")].filter(e=>[...e.attributes].some(a=>/^on|^style$/i.test(a.name))).length',
        );
        expect(handlers, `${name}: handlers`).to.equal(0);
        expect(tab.requests().length, `${name}: requests`).to.equal(1);
        expect(tab.complaints(), name).to.deep.equal([]);
      }
    });

    it(`${kind}: accessible in light and dark, full and empty`, async () => {
      for (const scheme of ['light', 'dark'] as const) {
        await tab.send('Emulation.setEmulatedMedia', colourScheme(scheme));
        for (const report of [SAMPLES[kind], EMPTY[kind]]) {
          await tab.show(renderReport(report, 'html'));
          expect(await inaccessible(tab), `${kind} ${scheme}`).to.deep.equal([]);
        }
      }
      await tab.send('Emulation.setEmulatedMedia', colourScheme('light'));
    });
  }

  it('an element with a handler, written into the page by force, is stopped by the content policy', async () => {
    const page = renderReport(SAMPLES.audit, 'html').replace(
      '</main>',
      '<img src="x" onerror="document.title=\'owned\'"><script>document.title="owned"</script></main>',
    );
    await tab.show(page);
    expect(await tab.evaluate<string>('document.title')).to.equal('Audit of isp-mail');
    expect(tab.complaints().join('\n')).to.match(/Content Security Policy/);
  });

  it('applies its own style and script', async () => {
    await tab.show(renderReport(SAMPLES.audit, 'html'));
    expect(await tab.evaluate<string>('getComputedStyle(document.body).marginTop')).to.equal('0px');
    expect(await tab.evaluate<boolean>('document.querySelector("[data-tools]").hidden')).to.equal(false);
  });

  it('search and filters leave what matches, and everything when cleared', async () => {
    await tab.show(renderReport(SAMPLES.audit, 'html'));
    const visible = 'document.querySelectorAll("#cards [data-item]:not([hidden])").length';
    const all = await tab.evaluate<number>(visible);
    const type = (text: string) =>
      tab.evaluate(
        `(()=>{const i=document.querySelector('[data-tools=cards] input');i.value=${JSON.stringify(text)};i.dispatchEvent(new Event('input'))})()`,
      );
    const choose = (name: string, value: string) =>
      tab.evaluate(
        `(()=>{const s=document.querySelector('[data-tools=cards] select[name=${name}]');s.value=${JSON.stringify(value)};s.dispatchEvent(new Event('change'))})()`,
      );
    await type('ADMINISTRATOR locked');
    expect(await tab.evaluate<number>(visible)).to.equal(1);
    await type('nothing says this');
    expect(await tab.evaluate<number>(visible)).to.equal(0);
    await type('');
    await choose('vantage', 'friend');
    expect(await tab.evaluate<number>(visible)).to.equal(1);
    await choose('vantage', '');
    await choose('severity', 'medium');
    expect(await tab.evaluate<number>(visible)).to.equal(1);
    await choose('severity', '');
    expect(await tab.evaluate<number>(visible)).to.equal(all);
  });

  it('is complete without scripts, its search hidden', async () => {
    await tab.send('Emulation.setScriptExecutionDisabled', { value: true });
    await tab.show(renderReport(SAMPLES.audit, 'html'));
    expect(await tab.evaluate<boolean>('document.querySelector("[data-tools]").hidden')).to.equal(true);
    const text = await tab.evaluate<string>('document.body.innerText');
    await tab.send('Emulation.setScriptExecutionDisabled', { value: false });
    for (const part of ['DIFFERS', 'friend → giant tcp/514', 'access-list 150 deny', 'd4d4d4d4', '104,822']) {
      expect(text).to.include(part);
    }
  });

  it('links every line and evidence to a place on the page', async () => {
    await tab.show(renderReport(SAMPLES.audit, 'html'));
    const broken = await tab.evaluate<readonly string[]>(
      '[...document.querySelectorAll("a[href]")].map(a=>a.getAttribute("href")).filter(h=>!h.startsWith("#")||!document.getElementById(h.slice(1)))',
    );
    expect(broken).to.deep.equal([]);
    expect(
      await tab.evaluate<number>('document.querySelectorAll("a[href^=\'#ace-\']").length'),
    ).to.be.greaterThan(2);
  });

  it('does not scroll sideways as a whole at 360 columns', async () => {
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width: 360,
      height: 800,
      deviceScaleFactor: 1,
      mobile: true,
    });
    await tab.show(renderReport(SAMPLES.audit, 'html'));
    expect(await tab.evaluate<number>('document.documentElement.scrollWidth')).to.be.at.most(360);
    await tab.send('Emulation.clearDeviceMetricsOverride');
  });

  it('opens twenty flows of 65,534 ports no two of which are alike, as runs and not as cells', async () => {
    const page = renderReport(largeAudit(), 'html');
    expect(page.length).to.be.lessThan(2_000_000);
    await tab.show(page);
    expect(await tab.evaluate<number>('document.querySelectorAll(".strips svg").length')).to.equal(20);
    expect(await tab.evaluate<number>('document.querySelectorAll("*").length')).to.be.lessThan(5_000);
  });
});
