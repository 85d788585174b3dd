import { expect } from 'chai';
import { parseSs } from '../../parsers/ss.ts';

describe('ss', () => {
  it('reads ss -tlnp', () => {
    const { value, diagnostics } = parseSs(
      `State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      50         127.0.0.1:25        0.0.0.0:*    users:(("master",pid=15197,fd=4))
LISTEN 0      128                *:22              *:*
LISTEN 0      128             [::]:110          [::]:*    users:(("xinetd",pid=3,fd=4),("x",pid=5,fd=4))
LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*
`,
      'x',
    );
    expect(diagnostics).to.deep.equal([]);
    expect(value.listeners).to.deep.equal([
      { protocol: 'tcp', address: '127.0.0.1', port: 25, process: 'master' },
      { protocol: 'tcp', address: '*', port: 22, process: null },
      { protocol: 'tcp', address: '*', port: 110, process: 'xinetd' },
      { protocol: 'tcp', address: '127.0.0.53', port: 53, process: null },
    ]);
  });

  it('takes listeners only, from the Netid form too', () => {
    const { value, diagnostics } = parseSs(
      `Netid State     Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
nl    UNCONN    0      0                  0:0                 *
u_str LISTEN    0      128    /run/x.sock 1234              * 0
udp   UNCONN    0      0            0.0.0.0:ntp         0.0.0.0:*
udp   ESTAB     0      0          192.0.2.1:1030     192.0.2.53:53
tcp   LISTEN    0      50         127.0.0.1:ssh         0.0.0.0:*
tcp   TIME-WAIT 0      0          127.0.0.1:22       127.0.0.1:57752
`,
      'x',
    );
    expect(diagnostics).to.deep.equal([]);
    expect(value.listeners.map((l) => `${l.protocol} ${l.port}`)).to.deep.equal(['udp 123', 'tcp 22']);
  });

  it('says which name it does not know', () => {
    const { diagnostics } = parseSs('LISTEN 0 50 0.0.0.0:frobd 0.0.0.0:*\n', 'x');
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['listener-port-unknown']);
  });
});
