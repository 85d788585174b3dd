import { expect } from 'chai';
import { read } from './read.ts';

/** Headers and statements that decide about no packet, each with a misspelling of it. */
const GLOBAL: readonly (readonly [line: string, family: string, miss: string])[] = [
  ['aaa accounting exec default', 'authentication servers', 'aaaa accounting exec default'],
  ['arp 192.0.2.5 0011.2233.4455 ARPA', 'layer 2', 'arpp 192.0.2.5 0011.2233.4455 ARPA'],
  ['bfd-template single-hop T', 'layer 2', 'bfd-templates single-hop T'],
  ['call-home', 'device services', 'call-homes'],
  ['endpoint-tracker T', 'probes and tracking', 'endpoint-trackers T'],
  ['ip domain name example.net', 'names and lookups', 'ip domains name example.net'],
  ['ip extcommunity-list standard E', 'routing protocol details', 'ip extcommunity-lists standard E'],
  ['ip igmp profile 1', 'multicast', 'ip igmps profile 1'],
  ['ip routing protocol purge interface', 'routing protocol details', 'ip routing purge interface'],
  ['ip sdee events 500', 'name and probe services', 'ip sdees events 500'],
  ['ip source binding 0011.2233.4455 vlan 10', 'name and probe services', 'ip sources binding x'],
  ['ip ssh pubkey-chain', 'name and probe services', 'ip sshd pubkey-chain'],
  ['ip verify drop-rate compute interval 60', 'device services', 'ip verify drops compute interval 60'],
  ['licensing config enable false', 'licences', 'licensings config enable false'],
  ['mac access-list extended M', 'layer 2', 'macs access-list extended M'],
  ['mmi polling-interval 60', 'device services', 'mmis polling-interval 60'],
  ['mpls oam', 'MPLS', 'mplss oam'],
  ['spanning-tree mst configuration', 'layer 2', 'spaning-tree mst configuration'],
  ['webvpn gateway G', 'SSL VPN portals', 'webvpns gateway G'],
];

/** Effects on packets that are said, never passed over. */
const SAID: readonly (readonly [line: string, effect: string, miss: string])[] = [
  ['cts role-based enforcement', 'cts role-based enforcement', 'cts role-based sgt-map 192.0.2.1 sgt 5'],
  ['ip slb serverfarm F', 'ip slb serverfarm F', 'ip slbs serverfarm F'],
  ['ip ips signature-category', 'ip ips signature-category', 'ip ipss signature-category'],
  ['nat64 v4 pool P 192.0.2.1 192.0.2.9', 'nat64 v4 pool P 192.0.2.1 192.0.2.9', 'nat66 inside'],
  ['router lisp', 'router lisp', 'router lips'],
  ['sdwan', 'sdwan', 'sdwans'],
];

const ON_INTERFACE: readonly (readonly [line: string, family: string, miss: string])[] = [
  ['ip dns view-group G', 'name and probe services', 'ip dnss view-group G'],
  ['ip virtual-reassembly-out', 'interface layer 2 and physical', 'ip virtual-reassemble-out'],
  ['ipv6 source-guard', 'IPv6', 'ipv6 source-gard'],
  ['multilink-group 1', 'interface layer 2 and physical', 'multilinks-group 1'],
  ['no autostate', 'interface layer 2 and physical', 'no autostates'],
  ['redundancy group 1 ip 192.0.2.9 exclusive', 'gateway redundancy details', 'redundancy groups 1'],
  ['dot1x pae authenticator', 'interface layer 2 and physical', 'dot1y pae authenticator'],
  ['cts manual', 'interface layer 2 and physical', 'ctss manual'],
];

const SAID_ON_INTERFACE: readonly (readonly [line: string, family: string])[] = [
  ['access-session port-control auto', 'other'],
  ['authentication port-control auto', 'other'],
  ['cts role-based enforcement', 'other'],
  ['dot1x port-control auto', 'other'],
  ['ip lisp source-locator Loopback0', 'other'],
  ['ip security dedicated unclassified genser', 'other'],
  ['ip subscriber routed', 'other'],
  ['nat64 enable', 'other'],
  ['service-insertion waas', 'web-redirect'],
  ['umbrella out', 'web-redirect'],
];

const ROUTING: readonly (readonly [line: string, miss: string])[] = [
  ['auto-cost reference-bandwidth 100000', 'autocost reference-bandwidth 100000'],
  ['domain-id 192.0.2.1', 'domains-id 192.0.2.1'],
  ['ip route priority high tag 5', 'ip routes priority high tag 5'],
  ['neighbor 2001:db8::1 remote-as 65001', 'neighbour 2001:db8::1 remote-as 65001'],
  ['ttl-security all-interfaces', 'ttl-secure all-interfaces'],
];

describe('knowingly skipped families', () => {
  for (const [line, family, miss] of GLOBAL)
    it(`${line} => ${family}; ${miss} is diagnosed`, () => {
      const r = read(`${line}\nhostname x\n`);
      expect([r.complaints, r.config.account.skippedFamilies]).to.deep.equal([[], { [family]: 1 }]);
      expect(read(`${miss}\nhostname x\n`).config.account.diagnosed).to.equal(1);
    });
  for (const [line, family, miss] of ON_INTERFACE)
    it(`${line} on an interface => ${family}; ${miss} is diagnosed`, () => {
      const r = read(`interface Gi0/0\n ${line}\n`);
      expect([r.complaints, r.config.account.skippedFamilies]).to.deep.equal([[], { [family]: 1 }]);
      const near = read(`interface Gi0/0\n ${miss}\n`);
      expect(near.config.account.diagnosed).to.equal(1);
      expect([...near.config.interfaces.values()].map((i) => i.effects.length)).to.deep.equal([1]);
    });
  for (const [line, miss] of ROUTING)
    it(`${line} in a routing process; ${miss} is diagnosed`, () => {
      expect(read(`router isis\n ${line}\n`).config.account.skipped).to.equal(1);
      expect(read(`router isis\n ${miss}\n`).config.account.diagnosed).to.equal(1);
    });
});

describe('effects that are said', () => {
  for (const [line, effect, miss] of SAID)
    it(`${line}; not ${miss}`, () => {
      const said = (text: string) => read(`${text}\n`).config.settings.effects.map((e) => e.name);
      expect(said(line)).to.deep.equal([effect]);
      expect(said(miss)).to.deep.equal([]);
    });
  for (const [line, family] of SAID_ON_INTERFACE)
    it(`${line} on an interface`, () => {
      const r = read(`interface Gi0/0\n ${line}\n`);
      const [port] = [...r.config.interfaces.values()];
      expect([r.complaints, port?.effects.map((e) => e.family)]).to.deep.equal([[], [family]]);
    });
  it('the list of directed broadcasts is used by it', () => {
    const uses = (line: string) =>
      read(`interface Gi0/0\n ${line}\n`).config.references.map((x) => `${x.use} ${x.acl}`);
    expect(uses('ip directed-broadcast 105')).to.deep.equal(['other 105']);
    expect(uses('ip directed-broadcast')).to.deep.equal([]);
  });
  it('an address from a pool is not known', () => {
    const r = read('interface Gi0/0\n ip address pool P\n');
    expect([...r.config.interfaces.values()].map((i) => i.addressing.kind)).to.deep.equal(['negotiated']);
    expect(read('interface Gi0/0\n ip address pools P\n').config.account.diagnosed).to.equal(1);
  });
});
