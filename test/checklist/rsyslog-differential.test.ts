import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { parseRsyslogConf } from '../../parsers/host/rsyslog-conf.ts';
import { remoteReach } from '../../src/checklist/syslog-reach.ts';
import { SYSLOG_PRIORITIES } from '../../src/model/host.ts';
import { finding } from '../parsers/host/host-text.ts';
import { requireProgram } from '../support/real-program.ts';

/** Facilities that a process may log under (kern is the kernel's), by number. */
const FACILITIES: Readonly<Record<string, number>> = {
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  cron: 9,
  authpriv: 10,
  local0: 16,
  local7: 23,
};
/** The other host: a socket of this test on loopback. */
const R = '@127.0.0.1:PORT';

const CASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: { main: `*.* ${R}\n` },
  info: { main: `*.info;mail.none;authpriv.none;cron.none ${R}\n` },
  'none then again': { main: `*.info;mail.none;mail.err ${R}\n` },
  exact: { main: `*.=info;mail.=debug ${R}\n` },
  not: { main: `*.*;mail.!err ${R}\n` },
  'not exact': { main: `*.*;mail.!=info;daemon.!none ${R}\n` },
  'not alone': { main: `mail.!err ${R}\n` },
  'star none': { main: `*.none;mail.info ${R}\n` },
  'list of facilities': { main: `mail,cron.info;daemon,auth.=err ${R}\n` },
  numbers: { main: `mail.3;*.!=6 ${R}\n` },
  'star not': { main: `*.!info ${R}\n` },
  'equals none': { main: `*.*;mail.=none ${R}\n` },
  stop: { main: `mail.info stop\n*.* ${R}\n` },
  'and stop': { main: `mail.* /dev/null\n& stop\n*.* ${R}\n` },
  'and remote': { main: `mail.err /dev/null\n& ${R}\n` },
  property: { main: `:msg, contains, "zzz" stop\n*.* ${R}\n` },
  'property remote': { main: `:programname, isequal, "tag" ${R}\n` },
  'if facility': { main: `if $syslogfacility-text == 'mail' then ${R}\n` },
  'if facility stop': { main: `if $syslogfacility-text == 'mail' then stop\n*.* ${R}\n` },
  'if prifilt': {
    main: `if prifilt("mail.err") then { action(type="omfwd" target="127.0.0.1" port="PORT" protocol="udp") }\n`,
  },
  'if both': { main: `if $syslogfacility-text == 'mail' and $syslogseverity-text == 'info' then ${R}\n` },
  'if or': { main: `if ($syslogfacility-text == 'mail') or ($syslogfacility-text == 'cron') then ${R}\n` },
  'if else': { main: `if $syslogfacility-text == 'mail' then stop else ${R}\n` },
  'if else block': { main: `if prifilt("mail.*") then {\n stop\n} else {\n ${R}\n}\n` },
  nested: { main: `if prifilt("*.err") then {\n if $syslogfacility-text == 'mail' then ${R}\n}\n` },
  'block with two': { main: `mail.* {\n /dev/null\n ${R}\n}\n` },
  'block stop': { main: `mail.* {\n stop\n}\n*.* ${R}\n` },
  ruleset: { main: `ruleset(name="x") { *.* ${R} }\nmail.* call x\n` },
  'ruleset stop in call': { main: `ruleset(name="x") { mail.* stop }\ncall x\n*.* ${R}\n` },
  'legacy ruleset': { main: `$RuleSet x\n*.* ${R}\n$RuleSet RSYSLOG_DefaultRuleset\n*.* /dev/null\n` },
  include: { main: `$IncludeConfig FOLDER/i*.conf\n*.* ${R}\n`, 'i1.conf': 'mail.* stop\n' },
  'include object': { main: `include(file="FOLDER/i*.conf" mode="optional")\n`, 'i1.conf': `mail.* ${R}\n` },
  'include in if': {
    main: `if $syslogfacility-text == 'mail' then { include(file="FOLDER/i1.conf") }\n`,
    'i1.conf': `*.err ${R}\n`,
  },
  'old block': { main: `!tag\n*.* ${R}\n!*\nmail.* ${R}\n` },
  'template suffix': { main: `mail.* ${R};RSYSLOG_ForwardFormat\n` },
  'comment after': { main: `mail.* ${R} # comment\n` },
  continued: { main: `mail.*;\\\n  cron.* ${R}\n` },
  'spaces after semicolon': { main: `mail.*; cron.* ${R}\n` },
  tabs: { main: `mail.*\t\t${R}\n` },
  'action params': {
    main: `*.* action(type="omfwd"\n  target="127.0.0.1" # where\n  port="PORT" protocol="udp"\n)\n`,
  },
  'continue legacy': { main: `mail.* continue\n*.* ${R}\n` },
  'if facility in array': { main: `if $syslogfacility-text == ['mail','cron'] then ${R}\n` },
  'warn panic error': { main: `mail.warn;cron.panic;daemon.error ${R}\n` },
  'upper case': { main: `MAIL.INFO ${R}\n` },
  security: { main: `security.* ${R}\n` },
  mark: { main: `*.*;mark.none ${R}\n` },
  'local by number': { main: `local0,local7.info ${R}\n` },
  'brace on next line': { main: `if prifilt("mail.*") then\n{\n ${R}\n}\n` },
  set: { main: `set $.x = "y";\nmail.* ${R}\n` },
  'unknown directive': { main: `$ActionQueueType LinkedList\n$ActionResumeRetryCount -1\nmail.* ${R}\n` },
  'stop semicolon': { main: `mail.* stop;\n*.* ${R}\n` },
};

/** A few selector lists by chance, the same in each run. */
function* randomConfigs(count: number): Generator<string> {
  let seed = 7;
  const below = (n: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(seed / 65_536) % n;
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const selector = (): string => {
    const facilities = Array.from({ length: 1 + below(2) }, () => pick(Object.keys(FACILITIES))).join(',');
    return `${below(3) === 0 ? '*' : facilities}.${pick(['', '', '=', '!', '!='])}${pick([...SYSLOG_PRIORITIES, '*', 'none'])}`;
  };
  for (let i = 0; i < count; i++) {
    const lines = Array.from({ length: 1 + below(4) }, () => {
      const selectors = Array.from({ length: 1 + below(4) }, selector).join(';');
      return `${selectors} ${pick([R, R, 'stop', '/dev/null'])}\n`;
    });
    // With nothing to do at all it does not start.
    yield `${lines.join('')}*.* /dev/null\n`;
  }
}

/**
 * One message of each facility and priority through the real rsyslogd: what arrives must be what the configuration is
 * read to send, where it is read to be certain, and may be so where it is left open.
 */
describe('rsyslog.conf as the real rsyslogd obeys it', function () {
  this.timeout(30_000);
  let folder: string;
  let daemon: ChildProcess | null = null;
  let runs = 0;

  before(function () {
    requireProgram(this, ['rsyslogd', 'logger']);
    folder = mkdtempSync(join(tmpdir(), 'aclscope-rsyslog-'));
  });
  afterEach(() => {
    daemon?.kill('SIGKILL');
    daemon = null;
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const check = async (files: Readonly<Record<string, string>>): Promise<void> => {
    const at = join(folder, String(++runs));
    mkdirSync(at);
    const arrived: string[] = [];
    const remote = createSocket('udp4');
    remote.on('message', (bytes) => arrived.push(bytes.toString()));
    remote.bind(0, '127.0.0.1');
    await once(remote, 'listening');
    const socket = join(at, 'log');
    const head = `global(workDirectory="${at}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}" RateLimit.Interval="0")
`;
    const texts: Record<string, string> = {};
    for (const [file, text] of Object.entries(files)) {
      const path = join(at, file);
      const filled = text.replaceAll('PORT', String(remote.address().port)).replaceAll('FOLDER', at);
      texts[path] = file === 'main' ? head + filled : filled;
      writeFileSync(path, texts[path]);
    }
    const main = join(at, 'main');
    daemon = spawn('rsyslogd', ['-n', '-iNONE', '-f', main], { stdio: 'ignore' });
    for (let i = 0; i < 250 && !existsSync(socket); i++) await sleep(20);
    await sleep(50);
    const messages = Object.entries(FACILITIES).flatMap(([facility, number]) =>
      SYSLOG_PRIORITIES.map((priority, i) => `<${number * 8 + i}>${facility}.${priority}.\n`),
    );
    spawnSync('logger', ['-u', socket, '-t', 'tag', '--prio-prefix'], { input: messages.join('') });
    // It empties its queues before it ends.
    await sleep(100);
    const ended = daemon.exitCode === null ? once(daemon, 'exit') : Promise.resolve();
    daemon.kill();
    await ended;
    await sleep(30);
    remote.close();

    const { value } = parseRsyslogConf({ file: main, text: texts[main]! }, finding(texts));
    for (const facility of Object.keys(FACILITIES)) {
      const { must, may } = remoteReach(value, facility, () => true);
      for (const [i, priority] of SYSLOG_PRIORITIES.entries()) {
        const name = `${facility}.${priority}`;
        const came = arrived.some((message) => message.includes(`${name}.`));
        expect(came || (must & (1 << i)) === 0, `${name} must be sent, and did not arrive`).to.equal(true);
        expect(!came || (may & (1 << i)) !== 0, `${name} may not be sent, and arrived`).to.equal(true);
      }
    }
  };

  for (const [name, files] of Object.entries(CASES)) it(name, () => check(files));
  for (const [i, main] of [...randomConfigs(12)].entries())
    it(`by chance, number ${i}`, () => check({ main }));
});
