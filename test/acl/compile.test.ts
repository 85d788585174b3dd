import { expect } from 'chai';
import { type CompileEnvironment, compileAcl } from '../../src/acl/compile.ts';
import { coverWithin, decidePacket } from '../../src/acl/decide.ts';
import { allPackets } from '../../src/headerspace/packet-set.ts';
import type { Ace, AclEntry } from '../../src/model/access-list.ts';
import { parseIpv4, prefixPattern } from '../../src/model/address.ts';
import { ACK, makePacket, type Packet, SYN } from '../../src/model/packet.ts';
import type {
  NetworkGroupMember,
  ObjectGroup,
  ServiceGroupMember,
  TimeRange,
} from '../../src/model/router-config.ts';
import { deny, listOf, NO_ENVIRONMENT, permit, spanOf, tcpPacket, toPort } from './lists.ts';

const span = spanOf(0);
const verdict = (
  entries: readonly AclEntry[],
  packet: Packet,
  env: Partial<CompileEnvironment> = {},
): string => decidePacket(compileAcl(listOf(...entries), { ...NO_ENVIRONMENT, ...env }), packet).verdict;
const web = tcpPacket('203.0.113.7', '192.0.2.25', 80);
const mail = tcpPacket('203.0.113.7', '192.0.2.25', 25);
const later = (packet: Packet): Packet => ({ ...packet, nonInitialFragment: true });

describe('fragments', () => {
  const rest = permit('ip', 'any', 'any');

  it('pass a permit with layer 4 on addresses and protocol alone', () => {
    const line = permit('tcp', 'any', '192.0.2.25', toPort(80));
    expect(verdict([line], mail)).to.equal('deny');
    expect(verdict([line], later(mail))).to.equal('permit');
    expect(verdict([line], later({ ...mail, protocol: 17 }))).to.equal('deny');
  });

  it('skip a deny with layer 4', () => {
    const line = deny('tcp', 'any', '192.0.2.25', toPort(80));
    expect(verdict([line, rest], web)).to.equal('deny');
    expect(verdict([line, rest], later(web))).to.equal('permit');
  });

  it('meet a line without layer 4 as whole packets do', () => {
    expect(verdict([deny('tcp', 'any', '192.0.2.25'), rest], later(web))).to.equal('deny');
    expect(verdict([deny('tcp', 'any', '192.0.2.25'), rest], web)).to.equal('deny');
  });

  it('are all that a line with fragments matches', () => {
    const line = deny('ip', 'any', 'any', { fragments: true });
    expect(verdict([line, rest], later(web))).to.equal('deny');
    expect(verdict([line, rest], web)).to.equal('permit');
  });

  it('pass a range of all ports, which still asks for layer 4', () => {
    const all = deny('tcp', 'any', 'any', {
      destinationPorts: { kind: 'ports', operator: 'range', operands: [0, 65535], set: [[0, 65535]] },
    });
    expect(verdict([all, rest], web)).to.equal('deny');
    expect(verdict([all, rest], later(web))).to.equal('permit');
  });
});

describe('address and service groups', () => {
  const groups = (...all: readonly ObjectGroup[]): Partial<CompileEnvironment> => ({
    objectGroups: new Map(all.map((g) => [g.name, g])),
  });
  const network = (name: string, ...members: readonly NetworkGroupMember[]): ObjectGroup => ({
    kind: 'network',
    name,
    members,
    span,
  });
  const service = (name: string, ...members: readonly ServiceGroupMember[]): ObjectGroup => ({
    kind: 'service',
    name,
    members,
    span,
  });
  const from = (name: string): Ace => permit('tcp', 'any', 'any', { source: { kind: 'group', name } });
  const servers: NetworkGroupMember = {
    kind: 'pattern',
    pattern: prefixPattern(parseIpv4('203.0.113.0')!, 28),
    span,
  };
  const elsewhere = tcpPacket('203.0.113.99', '192.0.2.25', 80);

  it('match what their members match', () => {
    const env = groups(network('G', servers));
    expect(verdict([from('G')], web, env)).to.equal('permit');
    expect(verdict([from('G')], elsewhere, env)).to.equal('deny');
  });

  it('match ranges to the address', () => {
    const first = parseIpv4('203.0.113.5')!;
    const last = parseIpv4('203.0.113.7')!;
    const env = groups(network('G', { kind: 'range', first, last, span }));
    expect(verdict([from('G')], web, env)).to.equal('permit');
    expect(verdict([from('G')], tcpPacket('203.0.113.5', '192.0.2.25', 80), env)).to.equal('permit');
    expect(verdict([from('G')], tcpPacket('203.0.113.8', '192.0.2.25', 80), env)).to.equal('deny');
    expect(verdict([from('G')], tcpPacket('203.0.113.4', '192.0.2.25', 80), env)).to.equal('deny');
  });

  it('reach through groups in groups, also in a circle', () => {
    const inner = network('IN', servers, { kind: 'group', name: 'G', span });
    const env = groups(network('G', { kind: 'group', name: 'IN', span }), inner);
    expect(verdict([from('G')], web, env)).to.equal('permit');
    expect(verdict([from('G')], elsewhere, env)).to.equal('deny');
  });

  it('leave open what an unknown group or an unread member may hold', () => {
    expect(verdict([from('G')], web, groups())).to.equal('undetermined');
    expect(verdict([from('G')], { ...web, protocol: 17 }, groups())).to.equal('deny');
    const env = groups(network('G', servers, { kind: 'unparsed', reason: '?', span }));
    expect(verdict([from('G')], web, env)).to.equal('permit');
    expect(verdict([from('G')], elsewhere, env)).to.equal('undetermined');
  });

  it('match nothing when they are known and empty', () => {
    expect(verdict([from('G')], web, groups(network('G')))).to.equal('deny');
  });

  it('give protocol and ports', () => {
    const line = permit('ip', 'any', 'any', { protocol: { kind: 'service-group', name: 'S' } });
    const tcp80: ServiceGroupMember = {
      kind: 'service',
      protocols: [6, 17],
      sourcePorts: null,
      destinationPorts: [[80, 80]],
      icmp: null,
      span,
    };
    const echo: ServiceGroupMember = {
      kind: 'service',
      protocols: [1],
      sourcePorts: null,
      destinationPorts: null,
      icmp: { type: 8, code: null },
      span,
    };
    const env = groups(service('S', tcp80, echo));
    expect(verdict([line], web, env)).to.equal('permit');
    expect(verdict([line], mail, env)).to.equal('deny');
    expect(verdict([line], makePacket({ ...web, protocol: 1, icmpType: 8 }), env)).to.equal('permit');
    expect(verdict([line], makePacket({ ...web, protocol: 1, icmpType: 0 }), env)).to.equal('deny');
    expect(verdict([line], web, groups())).to.equal('undetermined');
  });

  it('give the ports of one end', () => {
    const line = permit('tcp', 'any', 'any', { destinationPorts: { kind: 'group', name: 'P' } });
    const ports = (port: number): ServiceGroupMember => ({
      kind: 'service',
      protocols: [6, 17],
      sourcePorts: null,
      destinationPorts: [[port, port]],
      icmp: null,
      span,
    });
    const env = groups(service('P', ports(80), ports(443)));
    expect(verdict([line], web, env)).to.equal('permit');
    expect(verdict([line], { ...web, destinationPort: 443 }, env)).to.equal('permit');
    expect(verdict([line], mail, env)).to.equal('deny');
    expect(verdict([line], web, groups())).to.equal('undetermined');
    const odd = { ...ports(80), icmp: { type: 8, code: null } };
    expect(verdict([line], mail, groups(service('P', odd)))).to.equal('undetermined');
  });

  it('keep members apart that differ in more than destination ports', () => {
    const line = permit('ip', 'any', 'any', { protocol: { kind: 'service-group', name: 'S' } });
    const member = { kind: 'service' as const, protocols: [6], sourcePorts: null, icmp: null, span };
    const env = groups(
      service(
        'S',
        { ...member, destinationPorts: [[80, 80]] },
        { ...member, destinationPorts: [[443, 443]] },
        { ...member, sourcePorts: [[20, 20]], destinationPorts: [[25, 25]] },
      ),
    );
    expect(verdict([line], web, env)).to.equal('permit');
    expect(verdict([line], { ...web, destinationPort: 443 }, env)).to.equal('permit');
    expect(verdict([line], mail, env)).to.equal('deny');
    expect(verdict([line], { ...mail, sourcePort: 20 }, env)).to.equal('permit');
  });
});

describe('what the text leaves open', () => {
  it('a host name stands for any address until somebody says which', () => {
    const line = permit('tcp', 'any', 'any', {
      destination: { kind: 'hostname', name: 'www.example.net' },
      ...toPort(80),
    });
    expect(verdict([line], web)).to.equal('undetermined');
    expect(verdict([line], mail)).to.equal('deny');
  });

  it('an IP option narrows by something that is not modelled', () => {
    const line = deny('ip', 'any', 'any', { option: 'any-options' });
    expect(verdict([line, permit('ip', 'any', 'any')], web)).to.equal('undetermined');
    expect(verdict([line], web)).to.equal('deny');
  });

  it('a dynamic line is without effect until somebody logs in', () => {
    const line = permit('ip', 'any', 'any', {}, [{ kind: 'dynamic', name: 'D', timeout: null }]);
    expect(verdict([line], web)).to.equal('undetermined');
  });

  it('a reflect line matches as if the word were not there', () => {
    const line = permit('tcp', 'any', 'any', {}, [{ kind: 'reflect', name: 'R', timeout: null }]);
    expect(verdict([line], web)).to.equal('permit');
  });

  it('evaluate matches nothing that nobody asked for', () => {
    const list = [{ kind: 'evaluate' as const, name: 'R', sequence: null, span }, deny('ip', 'any', 'any')];
    for (const packet of [web, { ...web, tcpFlags: ACK }, makePacket({ ...web, protocol: 17 })])
      expect(verdict(list, packet)).to.equal('deny');
  });

  it('evaluate may match any reply, but not a first request', () => {
    const list = [{ kind: 'evaluate' as const, name: 'R', sequence: null, span }, deny('ip', 'any', 'any')];
    const reply = (packet: Packet): string => verdict(list, packet, { traffic: 'reply' });
    expect(reply({ ...web, tcpFlags: SYN | ACK })).to.equal('undetermined');
    expect(reply({ ...web, tcpFlags: SYN })).to.equal('deny');
    expect(reply(makePacket({ ...web, protocol: 17 }))).to.equal('undetermined');
    expect(reply(makePacket({ ...web, protocol: 1, icmpType: 0 }))).to.equal('undetermined');
    expect(reply(makePacket({ ...web, protocol: 1, icmpType: 8 }))).to.equal('deny');
  });

  it('gives a reason for every line it cannot be sure of', () => {
    const unread = {
      kind: 'unparsed' as const,
      action: null,
      sequence: null,
      reason: 'no such keyword',
      span,
    };
    const named = permit('tcp', 'any', 'any', { destination: { kind: 'hostname', name: 'www.example.net' } });
    const compiled = compileAcl(listOf(unread, named, permit('ip', 'any', 'any')), NO_ENVIRONMENT);
    expect(compiled.entries.map((e) => e.reason)).to.deep.equal([
      'no such keyword',
      'the address of host name www.example.net is not in the text',
      null,
    ]);
  });
});

describe('time ranges', () => {
  const monday = Date.UTC(2024, 0, 1);
  const hour = 3_600_000;
  const range = (...entries: readonly TimeRange['entries'][number][]): Partial<CompileEnvironment> => ({
    timeRanges: new Map([['T', { name: 'T', entries, span }]]),
  });
  const line = permit('ip', 'any', 'any', {}, [{ kind: 'time-range', name: 'T' }]);
  const office = range({
    kind: 'periodic',
    days: [1, 2, 3, 4, 5],
    startMinute: 540,
    endDays: [1, 2, 3, 4, 5],
    endMinute: 1020,
    span,
  });
  const at = (env: Partial<CompileEnvironment>, clock: number | Date | null): string =>
    verdict([line], web, { ...env, clock });

  it('count while they hold and not outside', () => {
    expect(at(office, monday + 9 * hour)).to.equal('permit');
    expect(at(office, monday + 9 * hour - 1)).to.equal('deny');
    expect(at(office, new Date(monday + 12 * hour))).to.equal('permit');
    expect(at(office, monday + 17 * hour + 60_000)).to.equal('deny');
    expect(at(office, monday + (5 * 24 + 12) * hour)).to.equal('deny');
  });

  it('hold from one day into another', () => {
    const weekend = range({
      kind: 'periodic',
      days: [5],
      startMinute: 1020,
      endDays: [1],
      endMinute: 540,
      span,
    });
    expect(at(weekend, monday + (6 * 24 + 12) * hour)).to.equal('permit');
    expect(at(weekend, monday + 7 * 24 * hour + 8 * hour)).to.equal('permit');
    expect(at(weekend, monday + 10 * hour)).to.equal('deny');
    const night = range({
      kind: 'periodic',
      days: [0, 1, 2, 3, 4, 5, 6],
      startMinute: 1320,
      endDays: [0, 1, 2, 3, 4, 5, 6],
      endMinute: 360,
      span,
    });
    expect(at(night, monday + 3 * hour)).to.equal('permit');
    expect(at(night, monday + 12 * hour)).to.equal('deny');
  });

  it('hold within an absolute bound only', () => {
    const once = range({ kind: 'absolute', start: monday, end: monday + hour, span });
    expect(at(once, monday + hour / 2)).to.equal('permit');
    expect(at(once, monday - 1)).to.equal('deny');
    expect(at(once, monday + 2 * hour)).to.equal('deny');
    const both = range(
      { kind: 'absolute', start: null, end: monday + 10 * hour, span },
      { kind: 'periodic', days: [1], startMinute: 540, endDays: [1], endMinute: 1020, span },
    );
    expect(at(both, monday + 9.5 * hour)).to.equal('permit');
    expect(at(both, monday + 12 * hour)).to.equal('deny');
    expect(at(both, monday + 8 * hour)).to.equal('deny');
  });

  it('leave a packet open without a clock, a definition, or all of it readable', () => {
    expect(at(office, null)).to.equal('undetermined');
    expect(at({}, monday)).to.equal('undetermined');
    expect(at(range({ kind: 'unparsed', span }), monday)).to.equal('undetermined');
    expect(
      at(
        range({ kind: 'unparsed', span }, { kind: 'absolute', start: null, end: monday, span }),
        monday + hour,
      ),
    ).to.equal('deny');
  });
});

describe('compileAcl', () => {
  it('permits everything where the list is missing, empty, or says nothing but remarks', () => {
    const remark = { kind: 'remark' as const, text: 'soon', sequence: null, span };
    for (const acl of [null, undefined, listOf(), listOf(remark)]) {
      const pieces = coverWithin(compileAcl(acl, NO_ENVIRONMENT), allPackets());
      expect(pieces.map((p) => [p.verdict, p.decidedBy])).to.deep.equal([['permit', null]]);
    }
  });

  it('keeps apart what a list means to the router itself and to packets that pass through', () => {
    const objectGroups = new Map<string, ObjectGroup>([
      ['HOSTS', { kind: 'network', name: 'HOSTS', members: [], span }],
    ]);
    const list = listOf({
      ...permit('ip', 'any', 'any'),
      match: { ...permit('ip', 'any', 'any').match, source: { kind: 'group', name: 'HOSTS' } },
    });
    const environment = { ...NO_ENVIRONMENT, objectGroups };
    const reasons = [true, false].map(
      (groupsMayBeIgnored) => compileAcl(list, { ...environment, groupsMayBeIgnored }).entries[0]!.reason,
    );
    expect(reasons[0]).to.match(/ignores lines with object groups/);
    expect(reasons[1]).to.equal(null);
  });
});

describe('a list asked about packets to the router and about others', () => {
  it('is not answered for the one what was found for the other, whichever came first', () => {
    const members: readonly NetworkGroupMember[] = [
      { kind: 'pattern', pattern: prefixPattern(parseIpv4('192.0.2.0')!, 24), span },
    ];
    const line = permit('tcp', 'any', '192.0.2.25', toPort(80));
    const grouped: Ace = {
      ...line,
      match: { ...line.match, destination: { kind: 'group', name: 'SERVERS' } },
    };
    const environment = {
      ...NO_ENVIRONMENT,
      objectGroups: new Map<string, ObjectGroup>([
        ['SERVERS', { kind: 'network', name: 'SERVERS', members, span }],
      ]),
    };
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const list = listOf(grouped);
      for (const groupsMayBeIgnored of order)
        expect(
          decidePacket(compileAcl(list, { ...environment, groupsMayBeIgnored }), web).verdict,
          `${order}`,
        ).to.equal(groupsMayBeIgnored ? 'undetermined' : 'permit');
    }
  });
});
