import { expect } from 'chai';
import type { ItemOutcome } from '../../src/model/checklist.ts';
import {
  attachment,
  outcomeOf,
  readSample,
  runSample,
  sampleAttachments,
  sampleBundle,
} from './sample-audit.ts';

// The sample's log, in UTC: friend's probe of TCP 32773 at 15:19:12 stands in both logs; the bundle is of 16:05.
const CLOCK = 'commands/clock';
const LOG = 'commands/portsentry-log';
const sent = (words: string): string =>
  `# aclscope probe portsentry\nsent ${words.replaceAll(' giant ', ' 192.168.2.35 ')} closed\n`;
const NOTICED = '2004-04-10T15:19:10.000Z tcp 192.168.2.50 giant 32773';

interface Given {
  readonly probe: string;
  readonly log?: (text: string) => string;
  readonly remote?: string | null;
  readonly clock?: string;
}

function ten({ probe, log, remote, clock }: Given): ItemOutcome {
  const others = sampleAttachments().filter((a) => a.kind !== 'remote-log');
  const remoteLog = remote === undefined ? readSample('remote-syslog.txt') : remote;
  return outcomeOf(
    runSample(null, {
      bundle: sampleBundle({
        ...(log === undefined ? {} : { [LOG]: log }),
        ...(clock === undefined ? {} : { [CLOCK]: clock }),
      }),
      attachments: [
        ...others,
        ...(remoteLog === null ? [] : [attachment('remote-log', remoteLog)]),
        attachment('portsentry-probe', sent(probe)),
      ],
    }),
    '10',
  );
}

describe('a probe that was sent for PortSentry', () => {
  const rows: readonly (readonly [string, Given, ItemOutcome['result'], RegExp])[] = [
    ['in both logs', { probe: NOTICED }, 'pass', /the same probe stands in the remote log/],
    [
      'of another port than was logged',
      { probe: NOTICED.replace('32773', '32774') },
      'fail',
      /does not stand in the local log: PortSentry did not notice it/,
    ],
    [
      'from another source',
      { probe: NOTICED.replace('2.50', '2.51') },
      'fail',
      /does not stand in the local log/,
    ],
    ['by UDP', { probe: NOTICED.replace('tcp', 'udp') }, 'fail', /does not stand in the local log/],
    ['an hour before', { probe: NOTICED.replace('T15', 'T14') }, 'fail', /does not stand in the local log/],
    [
      'nine minutes before',
      { probe: NOTICED.replace('15:19:10', '15:10:13') },
      'pass',
      /stands in the remote/,
    ],
    [
      'of a port that is not watched',
      { probe: NOTICED.replace('32773', '40000') },
      'undetermined',
      /PortSentry does not watch that port/,
    ],
    [
      'to another host',
      { probe: NOTICED.replace('giant', '192.168.2.36') },
      'undetermined',
      /which is not this host/,
    ],
    [
      'after the collection',
      { probe: NOTICED.replace('T15:19', 'T17:19') },
      'undetermined',
      /was sent after the host's evidence was collected/,
    ],
    ['with no remote log', { probe: NOTICED, remote: null }, 'undetermined', /no excerpt of the remote log/],
    [
      'missing from the remote log',
      { probe: NOTICED, remote: 'Apr 10 15:19:12 giant sshd[1]: nothing\n' },
      'fail',
      /does not stand in the remote log given/,
    ],
    [
      'on a host whose clock shows summer time',
      {
        probe: NOTICED,
        clock: 'Sat Apr 10 18:05:06 CEST 2004\n',
        log: (t) => t.replaceAll('15:19:12', '17:19:12'),
        remote: readSample('remote-syslog.txt').replaceAll('15:19:12', '17:19:12'),
      },
      'pass',
      /stands in the remote/,
    ],
    [
      'two hours off on a host in UTC',
      { probe: NOTICED, log: (t) => t.replaceAll('15:19:12', '17:19:12') },
      'fail',
      /does not stand in the local log/,
    ],
  ];
  for (const [name, given, result, says] of rows) {
    it(`${name}: ${result}`, () => {
      const outcome = ten(given);
      expect(outcome.statements.map((s) => s.text).join('\n')).to.match(says);
      expect(outcome.result).to.equal(result);
    });
  }

  it('is judged alike wherever the report is made', () => {
    const zone = process.env.TZ;
    try {
      for (const TZ of ['UTC', 'Asia/Tokyo', 'America/Los_Angeles']) {
        process.env.TZ = TZ;
        expect(ten({ probe: NOTICED }).result, TZ).to.equal('pass');
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});
