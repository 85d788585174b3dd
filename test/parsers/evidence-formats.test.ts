import { expect } from 'chai';
import { detectFormat, EVIDENCE_FORMATS } from '../../parsers/evidence-formats.ts';

const SAMPLES: Readonly<Record<string, string>> = {
  'nmap-xml':
    '<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap"><host><address addr="192.0.2.1" addrtype="ipv4"/></host></nmaprun>',
  'masscan-json':
    '[\n{   "ip": "192.0.2.1",   "timestamp": "1", "ports": [ {"port": 22, "proto": "tcp", "status": "open"} ] }\n]',
  'nmap-grepable':
    '# Nmap 7.93 scan initiated Mon Nov 23 04:22:33 2026 as: nmap -oG - 192.0.2.1\nHost: 192.0.2.1 ()\tPorts: 22/open/tcp//ssh///\n',
  'nmap-normal':
    'Interesting ports on  (192.0.2.1):\nPort       State       Service\n110/tcp    open        pop-3\n',
  netstat: 'Proto Recv-Q Send-Q Local Address  Foreign Address State\ntcp 0 0 *:shell *:* LISTEN\n',
  ss: 'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN 0 50 127.0.0.1:25 0.0.0.0:*\n',
};

describe('evidence formats', () => {
  it('tells every format by its text', () => {
    for (const format of EVIDENCE_FORMATS) {
      expect(detectFormat(SAMPLES[format.id] ?? format.example)?.id, format.id).to.equal(format.id);
    }
  });

  it('recognises nothing in other text', () => {
    for (const text of [
      '',
      'hello',
      '{"schema":"aclscope/evidence/1"}',
      'access-list 150 deny ip any any',
      '[]',
      '<html></html>',
    ]) {
      expect(detectFormat(text)?.id, text).to.equal(undefined);
    }
  });

  it('reads any garbage without a throw, and says that it is not whole or that nothing is in it', () => {
    const garbage = [
      '',
      '\0\0',
      '{"ip": 3, "ports": 4',
      '<nmaprun',
      'tcp tcp tcp',
      'Not shown: x\n1/tcp',
      '"'.repeat(50),
    ];
    for (const format of EVIDENCE_FORMATS) {
      for (const text of garbage) {
        const { value } = format.parse(text, 'x');
        expect(value.targets, `${format.id} ${JSON.stringify(text)}`).to.deep.equal([]);
      }
    }
  });
});
