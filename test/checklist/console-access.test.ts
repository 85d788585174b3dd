import { expect } from 'chai';
import fc from 'fast-check';
import { parseAccessConf } from '../../parsers/host/access-conf.ts';
import { readPamStack } from '../../parsers/host/pam.ts';
import { type ConsoleUser, decideConsoleAccess, groupsOf } from '../../src/checklist/access-decision.ts';
import { finding, hostFile } from '../parsers/host/host-text.ts';

const ROOT: ConsoleUser = { name: 'root', groups: ['root'] };
const OP: ConsoleUser = { name: 'op', groups: ['op', 'wheel'] };
const CUSTOMER: ConsoleUser = { name: 'cust', groups: ['users'] };
const decide = (rules: string, user: ConsoleUser, terminal = 'tty1', plain = true): string =>
  decideConsoleAccess(parseAccessConf(hostFile(rules)).value, user, terminal, plain).verdict;

describe('access.conf, as pam_access reads it at the console', () => {
  const rows: readonly (readonly [string, string, ConsoleUser, string])[] = [
    ['no rule lets everyone in', '', CUSTOMER, 'granted'],
    ['a comment is no rule', '#-:ALL:ALL', CUSTOMER, 'granted'],
    ['all but root are refused', '-:ALL EXCEPT root:LOCAL', CUSTOMER, 'refused'],
    ['root is not', '-:ALL EXCEPT root:LOCAL', ROOT, 'granted'],
    ['the first rule that fits decides', '+:cust:ALL\n-:ALL:ALL', CUSTOMER, 'granted'],
    ['a later one does not', '-:ALL:ALL\n+:cust:ALL', CUSTOMER, 'refused'],
    ['a group by its plain name', '-:wheel:ALL', OP, 'refused'],
    ['a group in parentheses', '-:(wheel):ALL', OP, 'refused'],
    ['a user in parentheses is no user', '-:(op2):ALL', OP, 'granted'],
    ['nested exceptions', '-:ALL EXCEPT wheel EXCEPT op:ALL', OP, 'refused'],
    ['and those they leave out', '-:ALL EXCEPT wheel EXCEPT root:ALL', OP, 'granted'],
    ['several users', '-:a b cust:LOCAL', CUSTOMER, 'refused'],
    ['a terminal by its name', '-:cust:tty1', CUSTOMER, 'refused'],
    ['another terminal', '-:cust:tty2', CUSTOMER, 'granted'],
    ['a terminal excepted', '-:cust:ALL EXCEPT tty1', CUSTOMER, 'granted'],
    ['a network is not the console', '-:cust:192.0.2.', CUSTOMER, 'granted'],
    ['a netgroup cannot be told', '-:@staff:ALL', CUSTOMER, 'unknown'],
    ['nor a user at a host', '-:cust@giant:ALL', CUSTOMER, 'unknown'],
    ['but another user at a host is another', '-:op@giant:ALL', CUSTOMER, 'granted'],
    ['a netgroup beside a sure match does not matter', '-:@staff ALL:ALL', CUSTOMER, 'refused'],
  ];
  for (const [name, rules, user, expected] of rows)
    it(name, () => expect(decide(rules, user)).to.equal(expected));

  it('takes plain names for users alone with nodefgroup', () => {
    expect(decide('-:wheel:ALL', OP, 'tty1', false)).to.equal('granted');
    expect(decide('-:(wheel):ALL', OP, 'tty1', false)).to.equal('refused');
  });

  it('names lines that are no rule', () => {
    const { value, diagnostics } = parseAccessConf(hostFile('-:ALL\n*:a:b\n- : a : b c::1\n-::x'));
    expect(value.map((r) => r.line.line)).to.deep.equal([3]);
    expect(value[0]?.origins.tokens).to.deep.equal(['b', 'c::1']);
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([1, 2, 4]);
  });

  it('agrees with a plain reading of random rules without exceptions', () => {
    const users = ['root', 'op', 'cust', 'wheel', 'ALL'];
    const rule = fc.record({
      sign: fc.constantFrom('+', '-'),
      who: fc.subarray(users, { minLength: 1 }),
      where: fc.subarray(['tty1', 'tty2', 'LOCAL', 'ALL', '192.0.2.'], { minLength: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 5 }),
        fc.constantFrom(ROOT, OP, CUSTOMER),
        fc.constantFrom('tty1', 'tty2'),
        (rules, user, tty) => {
          const text = rules.map((r) => `${r.sign}:${r.who.join(' ')}:${r.where.join(' ')}`).join('\n');
          const fits = rules.find(
            (r) =>
              r.who.some((w) => w === 'ALL' || w === user.name || user.groups.includes(w)) &&
              r.where.some((w) => w === 'ALL' || w === 'LOCAL' || w === tty),
          );
          return (
            decide(text, user, tty) === (fits === undefined || fits.sign === '+' ? 'granted' : 'refused')
          );
        },
      ),
    );
  });

  it('gives a user the primary group and those that list him', () => {
    const groups = [
      { name: 'op', gid: 500, members: [] },
      { name: 'wheel', gid: 10, members: ['root', 'op'] },
      { name: 'users', gid: 100, members: [] },
    ];
    expect(groupsOf('op', 500, groups)).to.deep.equal(['op', 'wheel']);
  });
});

describe('a PAM stack', () => {
  const stack = (service: string, files: Readonly<Record<string, string>>): readonly string[] =>
    readPamStack(service, finding(files))?.value.entries.map(
      (e) =>
        `${e.type} ${e.control} ${e.module}${e.args.length > 0 ? ` (${e.args.join(' ')})` : ''}${e.within.length > 0 ? ` in ${e.within.join('/')}` : ''}`,
    ) ?? [];

  it('takes paths, options and bracketed controls apart', () => {
    expect(
      stack('login', {
        '/etc/pam.d/login':
          '# x\nauth [success=1 default=ignore] /lib/security/pam_unix.so nullok [a=b c]\n-session optional pam_systemd.so # y\n',
      }),
    ).to.deep.equal([
      'auth [success=1 default=ignore] pam_unix.so (nullok [a=b c])',
      'session optional pam_systemd.so',
    ]);
  });

  it('puts includes of all four kinds in place, only lines of their type where one is asked', () => {
    expect(
      stack('login', {
        '/etc/pam.d/login':
          'auth include a\naccount substack b\n@include c\nauth required pam_stack.so service=a\n',
        '/etc/pam.d/a': 'auth required pam_a.so\naccount required pam_x.so\n',
        '/etc/pam.d/b': 'account sufficient pam_b.so\n',
        '/etc/pam.d/c': 'auth required pam_c.so\naccount required pam_c.so\n',
      }),
    ).to.deep.equal([
      'auth required pam_a.so',
      'account sufficient pam_b.so in b',
      'auth required pam_c.so',
      'account required pam_c.so',
      'auth required pam_a.so in a',
    ]);
  });

  it('names what it includes and does not have, and survives a loop', () => {
    expect(
      readPamStack('login', finding({ '/etc/pam.d/login': 'auth include gone\n' }))?.value.missing,
    ).to.deep.equal(['/etc/pam.d/gone']);
    expect(() =>
      stack('login', {
        '/etc/pam.d/login': 'auth include login\nauth include login\nauth required pam_x.so\n',
      }),
    ).to.not.throw();
    expect(readPamStack('login', finding({}))).to.equal(null);
  });
});
