import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { commandIn, findLab, upLab } from './lab.ts';
import { type Place, places } from './naming.ts';
import { type LabOptions, usualLab } from './options.ts';
import { labObstacle } from './require-lab.ts';
import { isAbandoned, type LabState, listLabs, readState } from './state.ts';
import { removeLab } from './teardown.ts';

const usage = `usage: npm run lab -- COMMAND

  up [OPTION...]                    bring a lab up; prints its name
     --acl none|short|full          the router's list            (${usualLab.acl})
     --leak off|listening|through   rsh on 514                   (${usualLab.leak})
     --denial drop|reject|reject-limited                         (${usualLab.denial})
     --loss PERCENT                 each way                     (${usualLab.lossPercent})
     --policer                      10,000 packets a second
     --portsentry off|tcp|stcp                                   (${usualLab.portSentry})
     --pretender off|syn-proxy|tarpit|decoy                      (${usualLab.pretender})
  list                              labs on this machine
  exec [--lab NAME] WHERE -- COMMAND...
                                    run a command in ${places.join(', ')}
  down [NAME | --all] [--force]     take labs down; --force also those that a running test uses
`;

/** Typed wrongly: the usage helps. */
class UsageError extends Error {}

/** Typed well, but it cannot be done. */
class Refusal extends Error {}

function oneOf<T extends string>(name: string, given: string | undefined, known: readonly T[], usual: T): T {
  if (given === undefined) return usual;
  const match = known.find((value) => value === given);
  if (match === undefined) throw new UsageError(`--${name} is one of ${known.join(', ')}`);
  return match;
}

function parseOptions(argv: string[]): LabOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      acl: { type: 'string' },
      leak: { type: 'string' },
      denial: { type: 'string' },
      loss: { type: 'string' },
      policer: { type: 'boolean' },
      portsentry: { type: 'string' },
      pretender: { type: 'string' },
    },
  });
  const lossPercent = Number(values.loss ?? usualLab.lossPercent);
  if (!(lossPercent >= 0 && lossPercent <= 100)) throw new UsageError('--loss is a percentage');
  return {
    ...usualLab,
    acl: oneOf('acl', values.acl, ['none', 'short', 'full'], usualLab.acl),
    leak: oneOf('leak', values.leak, ['off', 'listening', 'through'], usualLab.leak),
    denial: oneOf('denial', values.denial, ['drop', 'reject', 'reject-limited'], usualLab.denial),
    lossPercent,
    policer: values.policer ?? usualLab.policer,
    portSentry: oneOf('portsentry', values.portsentry, ['off', 'tcp', 'stcp'], usualLab.portSentry),
    pretender: oneOf(
      'pretender',
      values.pretender,
      ['off', 'syn-proxy', 'tarpit', 'decoy'],
      usualLab.pretender,
    ),
  };
}

/** The lab named, or the only one there is. */
function chooseLab(name: string | undefined): LabState {
  const labs = name === undefined ? listLabs() : [name];
  if (labs.length !== 1) {
    throw new Refusal(
      labs.length === 0 ? 'no lab is up' : `several labs are up, name one: ${labs.join(' ')}`,
    );
  }
  const state = readState(labs[0]!);
  if (state === null || findLab(labs[0]!) === null) throw new Refusal(`no lab is called ${labs[0]}`);
  return state;
}

async function up(argv: string[]): Promise<number> {
  const obstacle = labObstacle();
  if (obstacle !== null) throw new Refusal(obstacle);
  const lab = await upLab(parseOptions(argv), { lasting: true });
  console.log(lab.name);
  return 0;
}

function list(): number {
  for (const name of listLabs()) {
    const state = readState(name);
    const use = isAbandoned(name) ? 'abandoned' : state?.owner ? `used by ${state.owner.pid}` : 'by hand';
    console.log([name, use, state ? JSON.stringify(state.options) : 'no state file'].join('  '));
  }
  return 0;
}

function exec(argv: string[]): Promise<number> {
  const separator = argv.indexOf('--');
  const before = separator === -1 ? argv : argv.slice(0, separator);
  const { values, positionals } = parseArgs({
    args: separator === -1 ? before.slice(0, before[0] === '--lab' ? 3 : 1) : before,
    options: { lab: { type: 'string' } },
    allowPositionals: true,
  });
  const where = places.find((place) => place === positionals[0]);
  if (where === undefined) throw new UsageError(`WHERE is one of ${places.join(', ')}`);
  const command = separator === -1 ? argv.slice(argv.indexOf(where) + 1) : argv.slice(separator + 1);
  if (command.length === 0) throw new UsageError('no command given');
  return runHere(commandIn(chooseLab(values.lab), where satisfies Place, command));
}

/** Runs a command on this terminal. */
function runHere([file, ...args]: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function down(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { all: { type: 'boolean' }, force: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (!values.all && positionals.length === 0 && listLabs().length > 1) {
    throw new Refusal(`several labs are up: name one or say --all: ${listLabs().join(' ')}`);
  }
  const labs = positionals.length > 0 ? positionals : listLabs();
  for (const lab of labs) {
    const state = readState(lab);
    if (state?.owner && !isAbandoned(lab) && !values.force) {
      console.error(`${lab} is used by process ${state.owner.pid}: left alone`);
      continue;
    }
    await removeLab(lab);
    console.log(`${lab} is down`);
  }
  return 0;
}

async function main([command, ...argv]: string[]): Promise<number> {
  switch (command) {
    case 'up':
      return up(argv);
    case 'list':
      return list();
    case 'exec':
      return exec(argv);
    case 'down':
      return down(argv);
    default:
      throw new UsageError(command === undefined ? 'no command given' : `unknown command ${command}`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const badArguments = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  if (!badArguments && !(error instanceof UsageError) && !(error instanceof Refusal)) throw error;
  console.error((error as Error).message);
  if (!(error instanceof Refusal)) console.error(`\n${usage}`);
  process.exitCode = 2;
}
