import { expect } from 'chai';
import fc from 'fast-check';
import { parseRsyslogConf } from '../../parsers/host/rsyslog-conf.ts';
import { parseSyslogConf } from '../../parsers/host/syslog-conf.ts';
import { describePriorities, remoteReach, selectedPriorities } from '../../src/checklist/syslog-reach.ts';
import { SYSLOG_PRIORITIES, type SyslogConfig, type SyslogSelector } from '../../src/model/host.ts';
import { finding, hostFile } from '../parsers/host/host-text.ts';

const isRemote = (host: string): boolean => host !== 'localhost';
const words = (mask: number): string => SYSLOG_PRIORITIES.filter((_, i) => mask & (1 << i)).join(' ');
const reach = (config: SyslogConfig, facility: string): string => {
  const { must, may } = remoteReach(config, facility, isRemote);
  return must === may ? words(must) : `${words(must)} .. ${words(may)}`;
};
const ALL = SYSLOG_PRIORITIES.join(' ');
const INFO = 'emerg alert crit err warning notice info';

describe('what syslog.conf sends to another host', () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['*.info is info and above', '*.info @h', 'kern', INFO],
    ['kern is among *', '*.* @h', 'kern', ALL],
    ['mail.none takes mail away again', '*.info;mail.none @h', 'mail', ''],
    ['and no other', '*.info;mail.none @h', 'daemon', INFO],
    ['a later field brings it back', '*.info;mail.none;mail.crit @h', 'mail', 'emerg alert crit'],
    ['none before the star takes nothing away', 'mail.none;*.info @h', 'mail', INFO],
    ['= is one priority', 'kern.=debug @h', 'kern', 'debug'],
    ['! takes away that and above', 'kern.*;kern.!err @h', 'kern', 'warning notice info debug'],
    ['!= takes away one', 'kern.*;kern.!=info @h', 'kern', 'emerg alert crit err warning notice debug'],
    ['facilities by commas', 'mail,cron.crit @h', 'cron', 'emerg alert crit'],
    ['panic, error and warn are old names', 'kern.warn @h', 'kern', 'emerg alert crit err warning'],
    ['two lines add up', 'kern.crit @h\nkern.=debug @h', 'kern', 'emerg alert crit debug'],
    ['a comment sends nothing', '#kern.* @h', 'kern', ''],
    ['a file is not another host', 'kern.* /var/log/kern', 'kern', ''],
    ['the host itself is not another host', 'kern.* @localhost', 'kern', ''],
    ['a line may go on', 'kern.*;\\\n  mail.* @h', 'mail', ALL],
    ['a program block may leave everything out', '!su\n*.* @h', 'kern', ` .. ${ALL}`],
    ['after !* rules are for all again', '!su\n*.* /f\n!*\n*.* @h', 'kern', ALL],
    ['a line that is not understood sends nothing', 'kern @h\nkern.whatever @h', 'kern', ''],
  ];
  for (const [name, text, facility, expected] of rows) {
    it(name, () => expect(reach(parseSyslogConf(hostFile(text)).value, facility)).to.equal(expected));
  }

  it('names the lines that it could not read', () => {
    const { diagnostics } = parseSyslogConf(hostFile('kern @h\nkern.whatever @h\nplumbing.* @h\nkern.*'));
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([1, 2, 3, 4]);
  });

  it('agrees with asking message by message', () => {
    const field = fc.record({
      facilities: fc.constantFrom(['*'], ['kern'], ['mail'], ['kern', 'mail']),
      priority: fc.constantFrom(...SYSLOG_PRIORITIES, '*' as const, 'none' as const),
      exact: fc.boolean(),
      negated: fc.boolean(),
    });
    /** One message through the fields, as the daemon's bitmaps say it. */
    const taken = (fields: readonly SyslogSelector[], facility: string, severity: number): boolean => {
      let on = false;
      for (const f of fields) {
        if (!f.facilities.includes('*') && !f.facilities.includes(facility)) continue;
        if (f.priority === 'none') on = f.negated;
        else {
          const limit = f.priority === '*' ? 7 : SYSLOG_PRIORITIES.indexOf(f.priority);
          // `=*` names a single priority that no message has.
          const hit = f.exact ? f.priority !== '*' && severity === limit : severity <= limit;
          if (hit) on = !f.negated;
        }
      }
      return on;
    };
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 5 }),
        fc.constantFrom('kern', 'mail', 'cron'),
        fc.nat(7),
        (fields, facility, severity) =>
          ((selectedPriorities(fields, facility) & (1 << severity)) !== 0) ===
          taken(fields, facility, severity),
      ),
    );
  });

  it('says priorities in the fewest words', () => {
    expect(describePriorities(0xff)).to.equal('every priority');
    expect(describePriorities(0x7f)).to.equal('info and above');
    expect(describePriorities(0x80)).to.equal('debug');
    expect(describePriorities(0x01)).to.equal('emerg');
    expect(describePriorities(0x42)).to.equal('info, alert');
  });
});

describe('what rsyslog.conf sends to another host', () => {
  const parse = (text: string, files: Readonly<Record<string, string>> = {}): SyslogConfig =>
    parseRsyslogConf(hostFile(text, '/etc/rsyslog.conf'), finding(files)).value;
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['the old form, by UDP', '*.* @h', 'kern', ALL],
    ['the old form, by TCP with a port', '*.* @@(o)h:10514;fmt', 'kern', ALL],
    [
      'the new form after a selector',
      'kern.* action(type="omfwd" target="h" port="514" protocol="tcp")',
      'kern',
      ALL,
    ],
    ['over several lines', '*.info action(\n  type="omfwd"\n  target="h"\n)', 'kern', INFO],
    ['relp', '*.* action(type="omrelp" target="h" port="20514")', 'kern', ALL],
    ['a new form that writes a file', '*.* action(type="omfile" file="/x")', 'kern', ''],
    ['an ampersand repeats the selector', 'mail.info /f\n& @h', 'mail', INFO],
    ['and no other facility', 'mail.info /f\n& @h', 'kern', ''],
    ['what is stopped before does not arrive', 'mail.* stop\n*.* @h', 'mail', ''],
    ['what is stopped after has gone', '*.* @h\nmail.* stop', 'mail', ALL],
    ['the old tilde stops too', 'mail.* ~\n*.* @h', 'mail', ''],
    ['a filter by text may stop anything', ':msg, contains, "x" stop\n*.* @h', 'kern', ` .. ${ALL}`],
    ['a filter by text may send anything', ':msg, contains, "x" @h', 'kern', ` .. ${ALL}`],
    ['a condition on the facility is understood', "if $syslogfacility-text == 'mail' then @h", 'mail', ALL],
    ['and does not speak of another', "if $syslogfacility-text == 'mail' then @h", 'kern', ''],
    [
      'prifilt is understood',
      'if prifilt("kern.crit") then { action(type="omfwd" target="h") stop }',
      'kern',
      'emerg alert crit',
    ],
    ['other conditions may hold or not', 'if $msg contains "x" then { @h\n }', 'kern', ` .. ${ALL}`],
    ['what stands in an else may run', 'if $msg contains "x" then stop else @h', 'kern', ` .. ${ALL}`],
    ['a block under a selector', 'kern.* { action(type="omfwd" target="h") }', 'kern', ALL],
    [
      'a ruleset nobody calls sends nothing',
      'ruleset(name="r") { action(type="omfwd" target="h") }',
      'kern',
      '',
    ],
    ['one that is called does', 'ruleset(name="r") { action(type="omfwd" target="h") }\ncall r', 'kern', ALL],
    ['an old ruleset apart', '$RuleSet remote\n*.* @h\n$RuleSet RSYSLOG_DefaultRuleset\n*.* /f', 'kern', ''],
    ['comments of both kinds', '# *.* @h\n/* *.* @h\n*/\n*.crit @h', 'kern', 'emerg alert crit'],
    [
      'a template between does not disturb',
      'template(name="t" type="list") { constant(value="}") }\n*.* @h',
      'kern',
      ALL,
    ],
  ];
  for (const [name, text, facility, expected] of rows) {
    it(name, () => expect(reach(parse(text), facility)).to.equal(expected));
  }

  it('reads what both languages include, in order', () => {
    const files = { '/etc/rsyslog.d/10.conf': 'mail.* stop', '/etc/rsyslog.d/20.conf': '*.* @h' };
    expect(reach(parse('$IncludeConfig /etc/rsyslog.d/*.conf', files), 'mail')).to.equal('');
    expect(reach(parse('include(file="/etc/rsyslog.d/*.conf")', files), 'kern')).to.equal(ALL);
  });

  it('knows by which module the kernel is read', () => {
    expect(parse('module(load="imklog")').kernelInput?.line).to.equal(1);
    expect(parse('x\n$ModLoad imklog.so').kernelInput?.line).to.equal(2);
    expect(parse('module(load="imuxsock")').kernelInput).to.equal(null);
  });

  it('names what it cannot read and goes on', () => {
    const { value, diagnostics } = parseRsyslogConf(hostFile('gibberish here\n*.* @h'), finding({}));
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([1]);
    expect(value.rules).to.have.length(1);
  });
});
