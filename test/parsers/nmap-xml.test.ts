import { expect } from 'chai';
import { createNmapXmlReader, parseNmapXml } from '../../parsers/nmap-xml.ts';
import { observed, summary } from './evidence-assertions.ts';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<nmaprun scanner="nmap" args="nmap -sS -p1-200 -oX - 192.0.2.1" start="1795407753" version="7.93" xmloutputversion="1.05">
<scaninfo type="syn" protocol="tcp" numservices="200" services="1-200"/>
`;
const host = (ports: string, address = '192.0.2.1') =>
  `<host starttime="1795407753" endtime="1795407760"><status state="up" reason="user-set" reason_ttl="0"/>
<address addr="${address}" addrtype="ipv4"/><address addr="00:00:5E:00:53:01" addrtype="mac"/>
<hostnames><hostname name="mail.example.net" type="PTR"/></hostnames>
<ports>${ports}</ports>
<times srtt="5" rttvar="0" to="100000"/></host>
`;
const TAIL = `<runstats><finished time="1795407761" summary="" elapsed="0.28" exit="success"/><hosts up="1" down="0" total="1"/></runstats>
</nmaprun>
`;
const MODERN = host(`<extraports state="closed" count="150">
<extrareasons reason="reset" count="150" proto="tcp" ports="51-200"/></extraports>
<extraports state="filtered" count="47">
<extrareasons reason="no-response" count="40" proto="tcp" ports="1-21,23-24,26-42"/>
<extrareasons reason="admin-prohibited" count="7" proto="tcp" ports="43-49"/></extraports>
<port protocol="tcp" portid="22"><state state="open" reason="syn-ack" reason_ttl="63"/><service name="ssh" product="OpenSSH" method="probed" conf="10"/></port>
<port protocol="tcp" portid="25"><state state="open" reason="syn-ack" reason_ttl="63"/><service name="tcpwrapped" method="probed" conf="8"/></port>
<port protocol="tcp" portid="50"><state state="filtered" reason="admin-prohibited" reason_ttl="254" reason_ip="203.0.113.1"/></port>`);

describe('nmap XML', () => {
  it('gives every port its own state from the lists that nmap 7.9 writes', () => {
    const { value, diagnostics } = parseNmapXml(HEAD + MODERN + TAIL, 'scan.xml');
    expect(diagnostics).to.deep.equal([]);
    const target = value.targets[0];
    expect(target).to.include({ address: '192.0.2.1', hostName: 'mail.example.net' });
    expect(summary(target)).to.deep.equal([
      'open syn-ack: 22',
      'wrapped eof: 25',
      'filtered icmp: 50',
      'closed rst: 51-200',
      'filtered timeout: 1-21, 23-24, 26-42',
      'filtered icmp: 43-49',
    ]);
    expect(observed(target, 22)).to.include({ confirmed: true, ttl: 63 });
    expect(observed(target, 50)?.icmp).to.deep.equal({ type: 3, code: 13, from: '203.0.113.1' });
    expect(observed(target, 45)?.icmp).to.deep.equal({ type: 3, code: 13, from: null });
    expect(observed(target, 60)?.at).to.equal('2026-11-23T04:22:40.000Z');
    expect(value).to.deep.include({
      tool: 'nmap 7.93',
      command: 'nmap -sS -p1-200 -oX - 192.0.2.1',
      started: '2026-11-23T04:22:33.000Z',
      completeness: { kind: 'complete' },
    });
  });

  it('subtracts the listed ports where an older nmap only counts the others', () => {
    const old = host(
      `<extraports state="closed" count="199"><extrareasons reason="resets" count="199"/></extraports>
<port protocol="tcp" portid="22"><state state="open" reason="syn-ack" reason_ttl="63"/><service name="ssh" method="table" conf="3"/></port>`,
    );
    const { value, diagnostics } = parseNmapXml(HEAD + old + TAIL, 'x');
    expect(diagnostics).to.deep.equal([]);
    expect(summary(value.targets[0])).to.deep.equal(['open syn-ack: 22', 'closed rst: 1-21, 23-200']);
    expect(observed(value.targets[0], 22)?.confirmed).to.equal(false);
    const older = host('<extraports state="filtered" count="200"/>');
    expect(summary(parseNmapXml(HEAD + older + TAIL, 'x').value.targets[0])).to.deep.equal([
      'filtered listed: 1-200',
    ]);
  });

  it('keeps the hosts of a text that is cut anywhere, and says that it is', () => {
    const whole = HEAD + host('<extraports state="closed" count="200"/>', '192.0.2.9') + MODERN + TAIL;
    const firstHostEnds = whole.indexOf('</host>') + '</host>'.length;
    const exit = whole.indexOf('<finished');
    for (let at = HEAD.length; at < whole.length - 1; at += 37) {
      const { value } = parseNmapXml(whole.slice(0, at), 'x');
      const expected = at < firstHostEnds ? 0 : at < whole.lastIndexOf('</host>') + 7 ? 1 : 2;
      expect(value.targets, `cut at ${at}`).to.have.length(expected);
      if (at < exit) expect(value.completeness.kind, `cut at ${at}`).to.equal('incomplete');
    }
  });

  it('calls a run that nmap ended with an error incomplete, with its words', () => {
    const tail = TAIL.replace('exit="success"', 'exit="error" errormsg="Permission denied"');
    expect(parseNmapXml(HEAD + MODERN + tail, 'x').value.completeness).to.deep.equal({
      kind: 'incomplete',
      reason: 'nmap ended with "error": Permission denied',
    });
  });

  it('expands no entity, neither a file nor a billion laughs', () => {
    const hostile = `<?xml version="1.0"?>
<!DOCTYPE nmaprun [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
${HEAD.split('\n').slice(3).join('\n')}${host('<extraports state="closed" count="200"/>', '192.0.2.9')}
<host><address addr="&x;" addrtype="ipv4"/><hostnames><hostname name="&b;"/></hostnames></host>${TAIL}`;
    const { value, diagnostics } = parseNmapXml(hostile, 'x');
    expect(value.targets.map((t) => t.address)).to.deep.equal(['192.0.2.9']);
    expect(value.completeness.kind).to.equal('incomplete');
    expect(JSON.stringify(value)).not.to.contain('root:').and.not.to.contain('aaaa');
    expect(diagnostics.map((d) => d.code)).to.include.members(['xml-declarations', 'xml-broken']);
  });

  it('says the same whatever the chunks', () => {
    const text = HEAD + MODERN + TAIL;
    const reader = createNmapXmlReader('x');
    for (const c of text) reader.write(c);
    expect(reader.close()).to.deep.equal(parseNmapXml(text, 'x'));
  });

  it('reports progress and each host as it closes', () => {
    const seen: string[] = [];
    const reader = createNmapXmlReader('x', {
      onTargets: (targets) => seen.push(`host ${targets[0]?.address}`),
      onProgress: (p) => seen.push(`${p.task} ${p.percent} ${p.remainingSeconds}`),
    });
    reader.write(
      `${HEAD}<taskprogress task="SYN Stealth Scan" time="1" percent="41.20" remaining="8" etc="2"/>`,
    );
    expect(seen).to.deep.equal(['SYN Stealth Scan 41.2 8']);
    reader.write(MODERN);
    expect(seen[1]).to.equal('host 192.0.2.1');
  });

  it('notes hosts that are down, and diagnoses ports it does not evaluate', () => {
    const text = `${HEAD}<host><status state="down" reason="no-response"/><address addr="192.0.2.4" addrtype="ipv4"/></host>
${host('<port protocol="sctp" portid="7"><state state="open"/></port><port protocol="tcp" portid="7"><state state="ajar"/></port>')}${TAIL}`;
    const { value, diagnostics } = parseNmapXml(text, 'x');
    expect(value.notes).to.deep.equal(['nmap took 192.0.2.4 for down']);
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['nmap-port-unread', 'nmap-unknown-state']);
  });
});
