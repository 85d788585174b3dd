import { expect } from 'chai';
import { SaxesParser } from 'saxes';
import { drawNetwork } from '../../../reports/html/network-drawing.ts';
import { portPicture } from '../../../reports/html/port-picture.ts';
import { portStrip } from '../../../reports/html/port-strip.ts';
import { repeatCommands, shellWord, witnessText } from '../../../reports/html/shell-command.ts';
import type { NetworkPicture } from '../../../reports/report.ts';
import type { AuditFlow } from '../../../src/model/audit.ts';
import { flows } from '../samples/audit-sample.ts';
import { network } from '../samples/isp-mail.ts';

const open = flows.find((f) => f.observed === 'open') as AuditFlow;
const flow = (f: Partial<AuditFlow>): AuditFlow => ({ ...open, ...f });

/** Fails on markup that is not well-formed; returns the text of all elements. */
function textOf(markup: string): string {
  let text = '';
  const parser = new SaxesParser({ fragment: true });
  parser.on('text', (t) => {
    text += `${t} `;
  });
  parser.on('error', (e) => {
    throw e;
  });
  parser.write(markup).close();
  return text;
}

const widthOf = (path: string): number =>
  [...path.matchAll(/h(\d+)v/g)].reduce((sum, m) => sum + Number(m[1]), 0);
const pathOf = (svg: string, state: string): string =>
  new RegExp(`class="s-${state}" d="([^"]*)"`).exec(svg)?.[1] ?? '';

describe('the port strip', () => {
  it('gives a single port a width that can be seen', () => {
    const svg = portStrip([flow({ ports: [[110, 110]] })], '').text;
    expect(widthOf(pathOf(svg, 'open'))).to.be.at.least(2);
  });

  it('shows the last port, and one failing port among 65,534 that pass', () => {
    const svg = portStrip(
      [
        flow({ ports: [[1, 65534]], intended: 'deny', observed: 'closed' }),
        flow({ ports: [[65535, 65535]], intended: 'deny', observed: 'open', verdict: 'fail' }),
      ],
      '',
    ).text;
    expect(widthOf(pathOf(svg, 'fail'))).to.be.at.least(2);
    expect(widthOf(pathOf(svg, 'open'))).to.be.at.least(2);
  });

  it('marks nothing as differing where all passes', () => {
    expect(pathOf(portStrip([flow({ ports: [[0, 65535]] })], '').text, 'fail')).to.equal('');
  });
});

describe('the port picture', () => {
  it('has a column for each run of ports and a row for each flow', () => {
    const text = textOf(portPicture(flows).text);
    for (const part of ['514', '515–65535', 'friend → giant', '✗ open', '✓ wrapped', '? not seen']) {
      expect(text).to.include(part);
    }
  });

  it('says how many runs it leaves out, and never leaves out the port that fails', () => {
    const many = Array.from({ length: 200 }, (_, i) => [1000 + 2 * i, 1000 + 2 * i] as const);
    const text = textOf(
      portPicture([
        flow({ ports: many, intended: 'deny', observed: 'closed' }),
        flow({ ports: [[60000, 60000]], intended: 'deny', verdict: 'fail' }),
      ]).text,
    );
    expect(text).to.include('60000');
    expect(text).to.match(/177 further runs/);
  });
});

describe('the drawing of the network', () => {
  it('names vantages, interfaces with their lists, segments and targets, and what passes', () => {
    const text = textOf(drawNetwork(network, flows).text);
    for (const part of [
      'internet',
      'FastEthernet0/0',
      'list 150 in',
      'servers',
      'giant',
      '✗ giant open: tcp/514',
      'no evidence',
    ]) {
      expect(text).to.include(part);
    }
  });

  it('draws a link as a guess where no interface holds the segment, and as known where one does', () => {
    expect(drawNetwork(network, flows).text).to.not.include('w-guess');
    const withoutMask: NetworkPicture = {
      ...network,
      routers: network.routers.map((r) => ({ ...r, interfaces: r.interfaces.slice(0, 1) })),
    };
    expect(drawNetwork(withoutMask, flows).text).to.include('w-guess');
  });

  it('stays well-formed with no router, no segment and no vantage', () => {
    expect(() =>
      textOf(drawNetwork({ siteFile: '', routers: [], segments: [], targets: [], vantages: [] }, []).text),
    ).to.not.throw();
  });

  it('draws targets on no segment, vantages that enter an unknown interface, and twenty vantages', () => {
    const odd: NetworkPicture = {
      ...network,
      targets: [{ name: 'stray', address: '198.51.100.9', segment: null }],
      vantages: Array.from({ length: 20 }, (_, i) => ({
        name: `vantage-${i}`,
        address: '203.0.113.1',
        enters: { router: i === 0 ? 'nobody' : 'gw', interface: 'Serial9/9' },
        segment: null,
      })),
    };
    const text = textOf(drawNetwork(odd, flows).text);
    expect(text).to.include('stray');
    expect(text).to.include('vantage-19');
  });
});

describe('commands that repeat a finding', () => {
  const exposed = flows.find((f) => f.ports[0]?.[0] === 514) as AuditFlow;
  const denied = flows.find((f) => f.verdict === 'fail' && f.vantage === 'internet') as AuditFlow;

  it('probe one port of a run, not the run', () => {
    expect(repeatCommands(denied, network)?.probe).to.match(/-p 1,111 192\.168\.2\.35$/);
  });

  it('trace the packet at the desk, except on the own segment', () => {
    expect(repeatCommands(denied, network)?.explain).to.equal(
      'aclscope explain site.yaml --from internet --to 192.168.2.35 --proto tcp --dport 1',
    );
    expect(repeatCommands(exposed, network)?.explain).to.equal(null);
  });

  it('take the bare address of a vantage whose sources stand behind it in words', () => {
    const wide = {
      ...network,
      vantages: network.vantages.map((v) => ({ ...v, address: `${v.address} (any)` })),
    };
    expect(repeatCommands(denied, wide)?.from).to.equal('internet (203.0.113.77)');
    expect(witnessText(denied, wide)).to.equal('tcp 203.0.113.77 -> 192.168.2.35:1 syn');
  });

  it('go to the address that stands for the target outside, where there is one', () => {
    const translated = {
      ...network,
      targets: network.targets.map((t) => ({ ...t, reachedAs: { internet: '198.51.100.10' } })),
    };
    expect(repeatCommands(denied, translated)?.probe).to.match(/-p 1,111 198\.51\.100\.10$/);
    expect(repeatCommands(denied, translated)?.explain).to.include('--to 198.51.100.10 ');
    expect(witnessText(denied, translated)).to.equal('tcp 203.0.113.77 -> 198.51.100.10:1 syn');
    expect(witnessText(exposed, translated)).to.include('-> 192.168.2.35:514');
  });

  it('are left out where the drawing does not know the hosts', () => {
    expect(repeatCommands(denied, null)).to.equal(null);
  });

  it('quote what a shell would act on', () => {
    expect(shellWord('gw.cfg')).to.equal('gw.cfg');
    expect(shellWord('a b')).to.equal("'a b'");
    expect(shellWord("$(reboot)'`")).to.equal("'$(reboot)'\\''`'");
    expect(shellWord('-oN')).to.equal('./-oN');
    expect(shellWord('')).to.equal("''");
  });
});
