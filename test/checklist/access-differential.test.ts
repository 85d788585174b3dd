import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAccessConf } from '../../parsers/host/access-conf.ts';
import { parseGroups, parsePasswd } from '../../parsers/host/accounts.ts';
import { decideConsoleAccess, groupsOf } from '../../src/checklist/access-decision.ts';
import { hostFile } from '../parsers/host/host-text.ts';
import { requireProgram } from '../support/real-program.ts';

/** Names and groups that a careless reader takes for one another. */
const PASSWD = `root:x:0:0::/root:/bin/sh
alice:x:1001:1001::/h:/bin/sh
bob:x:1002:100::/h:/bin/sh
Wheel:x:1003:1003::/h:/bin/sh
staff:x:1004:1004::/h:/bin/sh
`;
const GROUP = `root:x:0:
alice:x:1001:
users:x:100:alice
wheel:x:10:bob
Wheel:x:1003:
staff:x:50:bob
staffu:x:1004:
`;
const RULES: readonly string[] = [
  '-:ALL EXCEPT root:LOCAL',
  '- : ALL EXCEPT root : LOCAL',
  '-:ALL EXCEPT root:ALL',
  '+:root:LOCAL\n-:ALL:ALL',
  '-:ALL:ALL\n+:root:LOCAL',
  '-:ALL EXCEPT wheel:LOCAL',
  '-:ALL EXCEPT (wheel):LOCAL',
  '-:ALL EXCEPT (wheel) root:LOCAL',
  '-:wheel:ALL',
  '-:(wheel):ALL',
  '-:WHEEL:ALL',
  '-:Wheel:ALL',
  '-:ALICE:ALL',
  '-:alice bob:tty1',
  '-:alice,bob:tty1',
  '-:alice:tty2',
  '-:alice:TTY1',
  '-:alice:tty',
  '-:ALL:tty1 tty2',
  '-:ALL EXCEPT root:tty1',
  '-:ALL EXCEPT root:/dev/tty1',
  '-:ALL EXCEPT root EXCEPT alice:LOCAL',
  '-:ALL:ALL EXCEPT LOCAL',
  '-:ALL:ALL EXCEPT tty1',
  '-:ALL except root:LOCAL',
  '-:all:LOCAL',
  '-:ALL:local',
  '-:ALL:none',
  '-:ALL:NONE',
  '+:ALL:LOCAL\n-:ALL:ALL',
  '# nothing',
  '',
  '-:ALL',
  '-:ALL:',
  '-::ALL',
  'x:ALL:ALL',
  '+-:ALL:ALL',
  '- :alice:ALL',
  ' -:alice:ALL',
  '\t-:alice:ALL',
  '-:alice:ALL # comment',
  '-:alice#x:ALL',
  '-:alice:ALL:extra',
  '-:users:ALL',
  '-:(users):ALL',
  '-:staff:ALL',
  '-:(staff):ALL',
  '-:alice:192.168.1.',
  '-:alice:.example.net',
  '-:ALL:0.0.0.0/0',
  '-:alice:::1',
  '+:alice:LOCAL\n-:ALL EXCEPT root:LOCAL',
  '-:ALL EXCEPT root :\\\n LOCAL',
  '-:ALL EXCEPT\troot:LOCAL',
  '-:ALL  EXCEPT  root:LOCAL',
  '-:ALL EXCEPT root:LOCAL\r',
  '-:EXCEPT root:LOCAL',
  '-:ALL EXCEPT:LOCAL',
  '-:root EXCEPT root:ALL',
  '-:ALL EXCEPT root:cron crond tty1 tty2',
  '-:1001:ALL',
  '-:(1001):ALL',
  '-:alice:ALL EXCEPT',
  '-:(wheel:ALL',
  '-:(all):ALL',
  '-:alice : LOCAL tty9',
  '-:a*:ALL',
  '-:ALL:tty*',
  '+ : root : ALL\n+ : (wheel) : tty1\n- : ALL : ALL',
  '-:ALL EXCEPT root wheel bob:LOCAL',
  '-:ALL:LOCAL EXCEPT tty1',
  '-:ALL:LOCAL EXCEPT tty2',
  '-:ALL EXCEPT (users):ALL',
];

/** Each account at tty1 through the real pam_access with the same files, in a mount namespace of its own. */
describe('access.conf as the real pam_access evaluates it', function () {
  this.timeout(30_000);
  let folder: string;
  const users = parsePasswd(hostFile(PASSWD)).value;
  const groups = parseGroups(hostFile(GROUP));

  before(function () {
    requireProgram(this, ['pamtester'], ['--mount']);
    folder = mkdtempSync(join(tmpdir(), 'aclscope-pam-'));
    mkdirSync(join(folder, 'pam.d'));
    writeFileSync(join(folder, 'passwd'), PASSWD);
    writeFileSync(join(folder, 'group'), GROUP);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const script = `
    mount --bind "$1/passwd" /etc/passwd; mount --bind "$1/group" /etc/group; mount --bind "$1/pam.d" /etc/pam.d
    shift
    for user; do pamtester -I tty=tty1 probe $user acct_mgmt >&2 && echo granted || echo refused; done`;

  for (const args of ['', 'nodefgroup']) {
    for (const text of RULES) {
      it(`${JSON.stringify(text)} ${args}`, () => {
        writeFileSync(join(folder, 'access'), `${text}\n`);
        const line = `account required pam_access.so accessfile=${join(folder, 'access')} ${args}\n`;
        writeFileSync(join(folder, 'pam.d/probe'), line);
        const names = users.map((u) => u.name);
        const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', folder, ...names], {
          encoding: 'utf8',
        });
        const rules = parseAccessConf(hostFile(`${text}\n`)).value;
        const ours = users.map((u) => {
          const user = { name: u.name, groups: groupsOf(u.name, u.gid, groups) };
          return `${u.name} ${decideConsoleAccess(rules, user, 'tty1', args === '').verdict}`;
        });
        const theirs = stdout.trim().split('\n');
        expect(ours).to.deep.equal(names.map((name, i) => `${name} ${theirs[i]}`));
      });
    }
  }
});
