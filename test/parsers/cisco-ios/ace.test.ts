import { expect } from 'chai';
import { sayLine } from './read.ts';

type Row = readonly [line: string, says: string];

const rows = (kind: 'standard' | 'extended', table: readonly Row[], version?: string): void => {
  for (const [line, says] of table)
    it(`${line} => ${says}`, () => {
      expect(sayLine(line, kind, version)).to.equal(says);
    });
};

describe('extended entries', () => {
  describe('addresses', () => {
    rows('extended', [
      ['permit ip any any', 'permit ip any -> any'],
      ['permit ip any', 'unread permit'],
      ['permit ip host 192.0.2.1 any', 'permit ip host 192.0.2.1 -> any'],
      ['permit ip host 192.0.2.256 any', 'unread permit'],
      ['permit ip host any', 'unread permit'],
      ['permit ip 10.4.4.2 0.0.255.255 any', 'permit ip 10.4.0.0 0.0.255.255 -> any'],
      ['permit ip 10.4.4.2 any', 'unread permit'],
      ['permit ip 10.4.4.0/24 any', 'unread permit'],
      ['permit ip 10.0.10.0 0.255.0.255 any', 'permit ip 10.0.10.0 0.255.0.255 -> any'],
      ['permit ip 0.0.0.0 255.255.255.255 any', 'permit ip any -> any'],
      ['permit ip 192.0.2.9 0.0.0.0 any', 'permit ip host 192.0.2.9 -> any'],
      ['permit ip object-group SRC any', 'permit ip group SRC -> any'],
      ['permit ip object-group', 'unread permit'],
      ['permit ip any addrgroup DST', 'permit ip any -> group DST'],
      ['permit ip any host www.example.net', 'permit ip any -> hostname www.example.net (hostname-in-ace)'],
      ['permit ip any www', 'unread permit'],
    ]);
  });

  describe('protocols', () => {
    rows('extended', [
      ['permit tcp any any', 'permit 6 any -> any'],
      ['permit 6 any any', 'permit 6 any -> any'],
      ['permit 256 any any', 'unread permit'],
      ['permit ipinip any any', 'permit 4 any -> any'],
      ['permit gre any any', 'permit 47 any -> any'],
      ['permit esp any any', 'permit 50 any -> any'],
      ['permit ahp any any', 'permit 51 any -> any'],
      ['permit ah any any', 'permit 51 any -> any'],
      ['permit eigrp any any', 'permit 88 any -> any'],
      ['permit ospf any any', 'permit 89 any -> any'],
      ['permit nos any any', 'permit 94 any -> any'],
      ['permit pim any any', 'permit 103 any -> any'],
      ['permit pcp any any', 'permit 108 any -> any'],
      ['permit igrp any any', 'permit 9 any -> any'],
      ['permit ipsec any any', 'unread permit'],
      ['permit object-group SVC any any', 'permit group SVC any -> any'],
    ]);
  });

  describe('ports', () => {
    rows('extended', [
      ['permit tcp any host 192.0.2.1 eq 80', 'permit 6 any -> host 192.0.2.1:80'],
      ['permit tcp any host 192.0.2.1 eq www', 'permit 6 any -> host 192.0.2.1:80'],
      ['permit tcp any host 192.0.2.1 eq http', 'unread permit'],
      ['permit tcp any host 192.0.2.1 eq 65536', 'unread permit'],
      ['permit tcp any eq 25 any', 'permit 6 any:25 -> any'],
      ['permit tcp any eq 25 any gt 1023', 'permit 6 any:25 -> any:1024-65535'],
      ['permit tcp any any neq 80', 'permit 6 any -> any:0-79, 81-65535'],
      ['permit tcp any any neq 80 443', 'permit 6 any -> any:0-79, 81-442, 444-65535'],
      ['permit tcp any any eq 25 80 443', 'permit 6 any -> any:25, 80, 443'],
      ['permit tcp any any eq smtp www 443 established', 'permit 6 any -> any:25, 80, 443 ack|rst'],
      ['permit tcp any eq www host 192.0.2.1', 'permit 6 any:80 -> host 192.0.2.1'],
      ['permit tcp any any lt 1024', 'permit 6 any -> any:0-1023'],
      ['permit tcp any any lt 0', 'permit 6 any -> any:none (empty-port-range)'],
      ['permit tcp any any gt 65534', 'permit 6 any -> any:65535'],
      ['permit tcp any any gt 65535', 'permit 6 any -> any:none (empty-port-range)'],
      ['permit udp any any range 33434 33523', 'permit 17 any -> any:33434-33523'],
      ['permit tcp any any range 90 80', 'permit 6 any -> any:80-90 (reversed-range)'],
      ['permit tcp any any range 80', 'unread permit'],
      ['permit tcp any any range 0 65535', 'permit 6 any -> any:0-65535'],
      ['permit ip any any eq 80', 'unread permit'],
      ['permit icmp any any eq 80', 'unread permit'],
      ['permit tcp any any portgroup P', 'permit 6 any -> any:group P'],
      // 512-514 are other services in each protocol.
      ['permit tcp any any eq cmd', 'permit 6 any -> any:514'],
      ['permit udp any any eq cmd', 'unread permit'],
      ['permit udp any any eq syslog', 'permit 17 any -> any:514'],
      ['permit udp any any eq who', 'permit 17 any -> any:513'],
      ['permit tcp any any eq who', 'permit 6 any -> any:43'],
      ['permit tcp any any eq login', 'permit 6 any -> any:513'],
      ['permit udp any any eq biff', 'permit 17 any -> any:512'],
      ['permit udp any any eq dnsix', 'permit 17 any -> any:195'],
      ['permit udp any any eq dns', 'permit 17 any -> any:53'],
      ['permit tcp any any eq dns', 'unread permit'],
      ['permit tcp any any eq time', 'permit 6 any -> any:37'],
      ['permit tcp any any eq 80 time-range T', 'permit 6 any -> any:80 if time-range T'],
    ]);
  });

  describe('ICMP and IGMP', () => {
    rows('extended', [
      ['permit icmp any any', 'permit 1 any -> any'],
      ['permit icmp any any echo', 'permit 1 any -> any type 8/*'],
      ['permit icmp any any echo-reply', 'permit 1 any -> any type 0/*'],
      ['permit icmp any any unreachable', 'permit 1 any -> any type 3/*'],
      ['permit icmp any any host-unreachable', 'permit 1 any -> any type 3/1'],
      ['permit icmp any any packet-too-big', 'permit 1 any -> any type 3/4'],
      ['permit icmp any any administratively-prohibited', 'permit 1 any -> any type 3/13'],
      ['permit icmp any any ttl-exceeded', 'permit 1 any -> any type 11/0'],
      ['permit icmp any any 8 0', 'permit 1 any -> any type 8/0'],
      ['permit icmp any any 8', 'permit 1 any -> any type 8/*'],
      ['permit icmp any any 256', 'unread permit'],
      ['permit icmp any any ping', 'unread permit'],
      ['permit icmp any any echo log', 'permit 1 any -> any type 8/* log'],
      ['permit icmp any any echo unreachable', 'unread permit'],
      ['permit tcp any any echo', 'unread permit'],
      ['permit igmp any any host-report', 'permit 2 any -> any igmp 2'],
      ['permit igmp any any 7', 'permit 2 any -> any igmp 7'],
      ['permit igmp any any 16', 'unread permit'],
      ['permit igmp any any v2leave-group', 'permit 2 any -> any igmp 7'],
      ['permit igmp any any mtrace-route', 'permit 2 any -> any igmp 15'],
      ['permit igmp any any v4host-report', 'unread permit'],
    ]);
  });

  describe('TCP flags', () => {
    rows('extended', [
      ['permit tcp any any established', 'permit 6 any -> any ack|rst'],
      ['permit udp any any established', 'unread permit'],
      ['permit tcp any any rst', 'permit 6 any -> any any set=4 clear=0'],
      ['permit tcp any any ack rst', 'permit 6 any -> any any set=20 clear=0'],
      ['permit tcp any any match-any +syn -ack', 'permit 6 any -> any any set=2 clear=16'],
      ['permit tcp any any match-all +syn -ack', 'permit 6 any -> any all set=2 clear=16'],
      ['permit tcp any any match-all syn', 'unread permit'],
      ['permit tcp any any match-all +syn -syn', 'unread permit'],
      ['permit tcp any any match-all', 'unread permit'],
      ['permit tcp any any established syn', 'unread permit'],
      ['permit tcp any any log established', 'permit 6 any -> any ack|rst log'],
    ]);
  });

  describe('other fields', () => {
    rows('extended', [
      ['deny ip any any fragments', 'deny ip any -> any fragments'],
      ['deny tcp any any eq 80 fragments', 'unread deny'],
      ['deny icmp any any echo fragments', 'unread deny'],
      ['permit ip any any precedence critical', 'permit ip any -> any precedence 160&224'],
      ['permit ip any any precedence 8', 'unread permit'],
      ['permit ip any any tos min-delay', 'permit ip any -> any tos 16&30'],
      ['permit ip any any tos 8 precedence 5', 'permit ip any -> any tos 16&30 precedence 160&224'],
      ['permit ip any any dscp ef', 'permit ip any -> any dscp 184&252'],
      ['permit ip any any dscp af41', 'permit ip any -> any dscp 136&252'],
      ['permit ip any any dscp cs3', 'permit ip any -> any dscp 96&252'],
      ['permit ip any any dscp default', 'permit ip any -> any dscp 0&252'],
      ['permit ip any any dscp ef precedence 5', 'unread permit'],
      ['permit ip any any ttl eq 1', 'permit ip any -> any ttl 1'],
      ['permit ip any any ttl lt 5', 'permit ip any -> any ttl 0-4'],
      ['permit ip any any ttl range 3 1', 'permit ip any -> any ttl 1-3'],
      ['permit ip any any ttl eq 256', 'unread permit'],
      ['permit ip any any option record-route', 'permit ip any -> any option record-route'],
      ['permit ip any any option 131', 'permit ip any -> any option 131'],
      ['permit ip any any option 300', 'unread permit'],
      ['permit ip any any log', 'permit ip any -> any log'],
      ['permit ip any any log COOKIE', 'permit ip any -> any log "COOKIE"'],
      ['permit ip any any log COOKIE MORE', 'unread permit'],
      ['permit ip any any log-input', 'permit ip any -> any log-input'],
      ['permit ip any any lo', 'unread permit'],
      ['permit ip any any time-range', 'unread permit'],
      ['permit tcp any any reflect R timeout 30', 'permit 6 any -> any if reflect R for 30'],
      ['evaluate R', 'evaluate R'],
      ['evaluate', 'unread action'],
      ['dynamic D timeout 60 permit ip any any', 'permit ip any -> any if dynamic D for 60'],
      ['dynamic D ip any any', 'unread action'],
      ['remark the ! is text', 'remark "the ! is text"'],
      ['permit ip any any ! the ! is not', 'permit ip any -> any'],
      ['permit ip any any any', 'unread permit'],
    ]);
  });

  describe('abbreviations: any unique prefix at that place', () => {
    rows('extended', [
      ['perm tcp a h 192.0.2.1 eq 80', 'permit 6 any -> host 192.0.2.1:80'],
      ['d ip a a', 'unread action'],
      ['de ip a a', 'deny ip any -> any'],
      ['per t a a est', 'permit 6 any -> any ack|rst'],
      ['per i a a', 'unread permit'],
      ['per e a a', 'unread permit'],
      ['per tcp a a eq tel', 'permit 6 any -> any:23'],
      ['per tcp a a eq w', 'unread permit'],
      ['per tcp a a eq ww', 'permit 6 any -> any:80'],
      ['per icmp a a echo-', 'permit 1 any -> any type 0/*'],
      ['per icmp a a time', 'unread permit'],
      ['PERMIT TCP ANY HOST 192.0.2.1 EQ WWW', 'permit 6 any -> host 192.0.2.1:80'],
    ]);
  });
});

describe('standard entries', () => {
  rows('standard', [
    ['permit any', 'permit ip any -> any'],
    ['permit 10.1.1.1', 'permit ip host 10.1.1.1 -> any'],
    ['permit host 10.1.1.1', 'permit ip host 10.1.1.1 -> any'],
    ['permit 10.1.1.0', 'permit ip host 10.1.1.0 -> any'],
    ['permit 10.1.1.0 0.0.0.255', 'permit ip 10.1.1.0 0.0.0.255 -> any'],
    ['permit 0.0.0.0', 'permit ip host 0.0.0.0 -> any'],
    ['permit 0.0.0.0 255.255.255.255', 'permit ip any -> any'],
    ['deny any log', 'deny ip any -> any log'],
    ['permit 10.1.1.1 10.2.2.2 10.3.3.3', 'unread permit'],
    ['permit tcp any any', 'unread permit'],
    ['permit mail.example.net', 'permit ip hostname mail.example.net -> any (hostname-in-ace)'],
    ['permit', 'unread permit'],
    ['evaluate R', 'unread action'],
    ['remark hosts only', 'remark "hosts only"'],
  ]);
});
