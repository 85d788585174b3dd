import type { PortProtocol } from '../src/model/site.ts';

/**
 * Service names as `netstat` and `ss` print them without `-n`, from /etc/services of Linux systems since the late
 * 1990s. A name of one line holds for TCP and UDP unless the line says otherwise.
 */
const BOTH = `
tcpmux 1, rje 5, echo 7, discard 9, sink 9, systat 11, users 11, daytime 13, netstat 15, qotd 17, quote 17, msp 18,
chargen 19, ttytst 19, source 19, ftp-data 20, ftp 21, fsp 21, fspd 21, ssh 22, telnet 23, smtp 25, mail 25, time 37,
timserver 37, rlp 39, resource 39, nameserver 42, nicname 43, whois 43, tacacs 49, re-mail-ck 50, domain 53, mtp 57,
tacacs-ds 65, bootps 67, bootpc 68, tftp 69, gopher 70, netrjs-1 71, rje 77, link 87, ttylink 87, finger 79, http 80,
www 80, www-http 80, kerberos 88, kerberos5 88, krb5 88, kerberos-sec 88, supdup 95, linuxconf 98, hostnames 101,
hostname 101, iso-tsap 102, tsap 102, acr-nema 104, csnet-ns 105, cso-ns 105, poppassd 106, rtelnet 107, pop2 109,
postoffice 109, pop-2 109, pop3 110, pop-3 110, sunrpc 111, portmapper 111, rpcbind 111, portmap 111, auth 113,
authentication 113, tap 113, ident 113, sftp 115, uucp-path 117, nntp 119, readnews 119, untp 119, ntp 123,
pwdgen 129, loc-srv 135, epmap 135, netbios-ns 137, netbios-dgm 138, netbios-ssn 139, imap 143, imap2 143, imap4 143,
snmp 161, snmp-trap 162, snmptrap 162, cmip-man 163, cmip-agent 164, mailq 174, xdmcp 177, nextstep 178, bgp 179,
prospero 191, irc 194, smux 199, at-rtmp 201, at-nbp 202, at-echo 204, at-zis 206, qmtp 209, z3950 210, wais 210,
ipx 213, imap3 220, rpc2portmap 369, codaauth2 370, ulistserv 372, ldap 389, svrloc 427, slp 427, mobileip-agent 434,
https 443, snpp 444, microsoft-ds 445, kpasswd 464, kpasswd5 464, photuris 468, saft 487, gss-http 488, isakmp 500,
rtsp 554, nntps 563, snntp 563, submission 587, ipp 631, ldaps 636, tinc 655, silc 706, entrustmanager 709,
kerberos-adm 749, kerberos-iv 750, webster 765, phonebook 767, rsync 873, ftps-data 989, ftps 990, telnets 992,
imaps 993, ircs 994, pop3s 995, spop3 995, socks 1080, proofd 1093, rmiregistry 1099, openvpn 1194, kazaa 1214,
nessus 1241, lotusnote 1352, ms-sql-s 1433, ms-sql-m 1434, ingreslock 1524, prospero-np 1525, datametrics 1645,
sa-msg-port 1646, kermit 1649, l2f 1701, l2tp 1701, h323hostcall 1720, tftp-mcast 1758, mtftp 1759, hello 1789,
radius 1812, radius-acct 1813, radacct 1813, mqtt 1883, msnp 1863, hsrp 1985, licensedaemon 1986, gdp-port 1997,
rtcm-sc104 2101, nfs 2049, nfsd 2049, cisco-sccp 2000, sieve 4190, zephyr-srv 2102, zephyr-clt 2103, zephyr-hm 2104,
eklogin 2105, venus 2430, venus-se 2431, codasrv 2432, codasrv-se 2433, mon 2583, dict 2628, gsigatekeeper 2119,
gpsd 2947, gds-db 3050, gds_db 3050, icpv2 3130, icp 3130, isns 3205, iscsi-target 3260, mysql 3306, ms-wbt-server 3389,
nut 3493, distcc 3632, daap 3689, svn 3690, subversion 3690, suucp 4031, sysrqd 4094, epmd 4369, remctl 4373,
f5-iquery 4353, mxi 8005, ntske 4460, ipsec-nat-t 4500, iax 4569, mtn 4691, radmin-port 4899, rfe 5002,
sip 5060, sip-tls 5061, xmpp-client 5222, jabber-client 5222, xmpp-server 5269, jabber-server 5269, cfengine 5308,
mdns 5353, postgresql 5432, postgres 5432, canna 5680, freeciv 5556, amqps 5671, amqp 5672, x11 6000, x11-1 6001,
x11-2 6002, x11-3 6003, x11-4 6004, x11-5 6005, x11-6 6006, x11-7 6007, gnutella-svc 6346, gnutella-rtr 6347,
redis 6379, sge-qmaster 6444, sge-execd 6445, mysql-proxy 6446, ircs-u 6697, babel 6696, bbs 7000, afs3-fileserver 7000,
afs3-callback 7001, afs3-prserver 7002, afs3-vlserver 7003, afs3-kaserver 7004, afs3-volser 7005, afs3-errors 7006,
afs3-bos 7007, afs3-update 7008, afs3-rmtsys 7009, font-service 7100, xfs 7100, http-alt 8080, webcache 8080,
puppet 8140, tproxy 8081, bacula-dir 9101, bacula-fd 9102, bacula-sd 9103, xmms2 9667, nbd 10809, zabbix-agent 10050,
zabbix-trapper 10051, amanda 10080, dicom 11112, hkp 11371, sgi-cmsd 17001, db-lsp 17500, dcap 22125, gsidcap 22128,
wnn6 22273, binkp 24554, asp 27374, csync2 30865, dircproxy 57000, tfido 60177, fido 60179, swat 901, amandaidx 10082,
amidxtape 10083, kx 2111, iprop 2121, supfilesrv 871, supfiledbg 1127, linuxconf 98, cvspserver 2401, hylafax 4559,
rplay 5555, pcrd 5151, noclog 5354, hostmon 5355, zope-ftp 8021, tinyproxy 8888, clc-build-daemon 8990, xinetd 9098,
git 9418, munin 4949, xtel 1313, xtelw 1314, predict 1210, support 1529, moira-db 775, moira-update 777,
moira-ureg 779, spamd 783, omirr 808, customs 1001, skkserv 1178, rmtcfg 1236, cmsd 5050, printer 515, spooler 515`;

const TCP_ONLY = `
exec 512, login 513, shell 514, cmd 514, syslog-tls 6514, tempo 526, newdate 526, courier 530, rpc 530, conference 531,
chat 531, netnews 532, uucp 540, uucpd 540, klogin 543, kshell 544, krcmd 544, afpovertcp 548, remotefs 556, rfs 556,
efs 520, krbupdate 760, kreg 760, kpasswd-iv 761, rlogin 513, rsh 514, rexec 512, domain-s 853, nqs 607, krb_prop 754,
krb5_prop 754, hprop 754, icb 7326`;

const UDP_ONLY = `
biff 512, comsat 512, who 513, whod 513, syslog 514, talk 517, ntalk 518, route 520, router 520, routed 520,
timed 525, timeserver 525, netwall 533, new-rwho 550, rmonitor 560, rmonitord 560, monitor 561, asf-rmcp 623,
domain-s 853, rquotad 875, passwd_server 752, dhcpv6-client 546, dhcpv6-server 547`;

const readNames = (text: string): (readonly [string, number])[] =>
  text
    .trim()
    .split(/,\s*/)
    .map((entry) => {
      const [name, port] = entry.split(' ');
      return [name!, Number(port)] as const;
    });

const TABLES: Readonly<Record<PortProtocol, ReadonlyMap<string, number>>> = {
  tcp: new Map([...readNames(BOTH), ...readNames(TCP_ONLY)]),
  udp: new Map([...readNames(BOTH), ...readNames(UDP_ONLY)]),
};

/** The port of a service name, or of a number written out; undefined for a name that the table lacks. */
export function portOfService(name: string, protocol: PortProtocol): number | undefined {
  if (/^\d{1,5}$/.test(name)) return Number(name) <= 65535 ? Number(name) : undefined;
  return TABLES[protocol].get(name.toLowerCase());
}
