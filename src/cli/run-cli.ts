import { Argument, type Command, Option } from 'commander';
import {
  collect,
  example,
  type Finish,
  formatOption,
  keyOption,
  outputOption,
  runProgram,
  severityOption,
  signOption,
} from './run-program.ts';
import { engineOption, scanCommand } from './scan-command.ts';
import type { ExitCode, World } from './world.ts';

/** Runs one command line, whatever the command. */
export const runCli = (argv: readonly string[], world: World): Promise<ExitCode> =>
  runProgram(argv, world, [
    configCommands,
    reviewCommands,
    siteCommands,
    probingCommands,
    scanCommands,
    auditCommands,
    shellCommands,
    checklistCommands,
  ]);

const iosVersionOption = (): Option =>
  new Option('--ios-version <train>', 'of a configuration: full IOS train, such as 12.1(5)T15');
const clockOption = (): Option =>
  new Option('--clock <time>', "the router's wall clock, for time-ranges (default: the site's)");

function configCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('explain')
    .description('trace one packet and its reply: interfaces, lists, deciding lines, NAT')
    .argument('<config>', 'router configuration, or a site file (.yaml)')
    .requiredOption('--from <address>', 'source address, or a vantage of the site')
    .requiredOption('--to <address>', 'destination address, or a target of the site')
    .option('--proto <protocol>', 'tcp, udp, icmp, ip, another name or a number', 'tcp')
    .option('--sport <port>', 'source port; without it any of 49152-65535')
    .option('--dport <port>', 'destination port')
    .option('--flags <flags>', 'TCP flags such as syn or ack,rst (default: syn)')
    .option('--icmp-type <type>', 'ICMP type')
    .option('--icmp-code <code>', 'ICMP code')
    .option('--fragment', 'a non-initial fragment')
    .option('--dscp <value>', 'differentiated services code point')
    .option('--in <interface>', 'interface by which the packet enters')
    .option('--out <interface>', 'interface by which it leaves')
    .addOption(iosVersionOption())
    .addOption(clockOption())
    .addOption(formatOption(['text', 'json', 'markdown']))
    .addOption(outputOption())
    .addHelpText(
      'after',
      example('aclscope explain gw.cfg --from 203.0.113.77 --to 192.168.2.35 --proto tcp --dport 110'),
    )
    .action(async (config: string, options) => {
      finish(await (await import('./commands/explain.ts')).explain(world, config, options));
    });
  program
    .command('intended')
    .description('reachable, blocked and undetermined ports per vantage and target, by config alone')
    .argument('<site-or-config>', 'site file (.yaml), or a configuration with --from and --to')
    .option('--from <address>', 'source address; with a site, one of its vantages')
    .option('--to <address>', 'destination address; with a site, one of its targets')
    .option('--vantage <name>', 'only this vantage of the site')
    .option('--target <name>', 'only this target, or group of targets, of the site')
    .option('--proto <protocol>', 'tcp, udp or both', 'tcp')
    .option('--in <interface>', 'of a configuration: interface by which packets enter')
    .option('--out <interface>', 'of a configuration: interface by which they leave')
    .addOption(iosVersionOption())
    .addOption(clockOption())
    .addOption(formatOption(['text', 'json', 'markdown', 'csv']))
    .addOption(outputOption())
    .addHelpText('after', example('aclscope intended gw.cfg --from 203.0.113.77 --to 192.168.2.35'))
    .action(async (file: string, options) => {
      finish(await (await import('./commands/intended.ts')).intended(world, file, options));
    });
  program
    .command('lint')
    .description('dead, contradicted, risky and mistyped lines')
    .argument('<config>', 'router configuration, or a site file (.yaml)')
    .addOption(severityOption())
    .option('--stats', 'count the lines that were modelled, knowingly skipped and diagnosed')
    .option('--partial', 'also lines that are dead only in part')
    .option('--site <site>', 'site file whose lint settings and addresses count')
    .addOption(iosVersionOption())
    .addOption(clockOption())
    .addOption(formatOption())
    .addOption(outputOption())
    .addHelpText('after', example('aclscope lint gw.cfg'))
    .action(async (config: string, options) => {
      finish(await (await import('./commands/lint.ts')).lint(world, config, options));
    });
}

function reviewCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('review')
    .description(
      'what a change does, before it is deployed: packets gained and lost, hazards per pasted line, lint, policy',
    )
    .argument('[configs...]', 'OLD and NEW configuration, or OLD with --change')
    .option('--change <snippet>', 'what is about to be pasted; - for standard input')
    .option('--git <range>', 'compare the path at both ends of BASE..HEAD')
    .option('--operator <address>', 'who must not be locked out (default: management of the site)')
    .option('--site <site>', 'site file: policy, vantages, management')
    .addOption(severityOption())
    .option('--expect-same', 'any change in effect fails')
    .option('--all', 'also findings and policy violations that were there before')
    .option(
      '--safe-snippet <file>',
      'write a command sequence to the same end without any hazard; - for standard output',
    )
    .addOption(iosVersionOption())
    .addOption(clockOption())
    .addOption(formatOption())
    .addOption(outputOption())
    .addHelpText('after', example('aclscope review gw.cfg --change snippet.txt --operator 192.0.2.10'))
    .action(async (files: string[], options) => {
      finish(await (await import('./commands/review.ts')).review(world, files, options));
    });
}

/** What says which packets are to be sent: for a plan, and for what plans and scans in one. */
const planOptions = (command: Command, vantage: string): Command =>
  command
    .argument('<site>', 'site file')
    .option('--vantage <name>', vantage)
    .option('--target <name>', 'only this target, or group of targets (may be repeated)', collect)
    .option('--ports <ports>', 'ports to sweep', '1-65535')
    .option('--exclude <what>', 'never probe these ports, or this target or group (may be repeated)', collect)
    .option('--coverage-only', 'only the ports that tell ACL lines apart')
    .option('--rate <n>', 'probes a second per host (default: 100)')
    .option('--override-ceiling', 'allow more than 500 probes a second per host; recorded in the evidence');

function siteCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('init')
    .description('draft a site file: vantages from interfaces, policy from permits, gaps as questions')
    .argument('[config]', 'router configuration')
    .option('--name <site>', 'name of the site')
    .option('--schema', 'write the JSON Schema of site files instead, for editors')
    .addOption(outputOption())
    .addHelpText('after', example('aclscope init gw.cfg -o site.yaml'))
    .action(async (config: string | undefined, options) => {
      finish(await (await import('./commands/init.ts')).init(world, config, options));
    });
  planOptions(
    program
      .command('plan')
      .description(
        'what to probe from one vantage; holds no config text, but discloses the ports expected open',
      ),
    'vantage to probe from',
  )
    .addOption(signOption('plan'))
    .addOption(outputOption())
    .addHelpText('after', example('aclscope plan site.yaml --vantage internet -o plan.json'))
    .action(async (site: string, options) => {
      finish(await (await import('./commands/plan.ts')).plan(world, site, options));
    });
}

function scanCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('import')
    .description(
      "evidence from other tools' output: nmap XML, normal and grepable, masscan JSON, netstat, ss, mail logs",
    )
    .argument('<file>', 'the output; - for standard input')
    .requiredOption('--vantage <name>', 'vantage from which it was seen')
    .option('--target <name>', 'target that it is about, where the text names another address or none')
    .option('--site <name>', 'name of the site')
    .option('--as <format>', 'its format, where it is not recognised')
    .addOption(outputOption())
    .addHelpText('after', example('aclscope import outside-scan.nmap --vantage internet -o outside.json'))
    .action(async (file: string, options) => {
      finish(await (await import('./commands/import.ts')).importEvidence(world, file, options));
    });
}

/** What `run` and `watch` have in common. */
const scanOptions = (command: Command): Command =>
  planOptions(command, 'the vantage that this box is')
    .addOption(engineOption())
    .option('--behind-nat <address>', 'the address that the targets see, where a NAT hides this box')
    .option('--evidence <file>', 'keep the evidence here (default: VANTAGE-TIME.json)')
    .option('--resume', 'go on with an interrupted scan into the same --evidence')
    .option('--dry-run', 'print what would be sent, at what rate and for how long')
    .addOption(formatOption())
    .addOption(outputOption());

function probingCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('demo')
    .description(
      'the whole loop on an embedded site, on loopback: plan, probe from four vantages, audit, report',
    )
    .addOption(engineOption())
    .option('--lab', 'in network namespaces instead, with a real router; needs root, ip and nft')
    .addOption(formatOption())
    .addOption(outputOption())
    .addHelpText('after', example('aclscope demo'))
    .action(async (options) => {
      finish(await (await import('./commands/demo.ts')).demo(world, options));
    });
  program.command('demo-server', { hidden: true }).action(async () => {
    finish(await (await import('./commands/demo.ts')).demoServer(world));
  });
  scanCommand(program, world, finish);
  scanOptions(program.command('run').description('plan, scan and audit in one'))
    .addHelpText('after', example('aclscope run site.yaml --vantage internet'))
    .action(async (site: string, options) => {
      finish(await (await import('./commands/run.ts')).run(world, site, options));
    });
  scanOptions(
    program.command('watch').description('the same live, full-screen: findings and list lines as they come'),
  )
    .addHelpText('after', example('aclscope watch site.yaml --vantage internet --ports 1-1023'))
    .action(async (site: string, options) => {
      finish(await (await import('./commands/watch.ts')).watch(world, site, options));
    });
  program
    .command('verify')
    .description('prove that sealed evidence and plans are as they were written')
    .argument('<evidence...>', 'evidence files or plans')
    .addOption(keyOption('count only a signature by this key'))
    .addHelpText('after', example('aclscope verify internet.json'))
    .action(async (files: string[], options) => {
      finish(await (await import('./commands/verify.ts')).verify(world, files, options));
    });
}

function auditCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('audit')
    .description('intended against observed: verdicts, findings, ACL line coverage')
    .argument('<site>', 'site file')
    .argument('[evidence...]', "evidence files, or VANTAGE=FILE for another tool's output")
    .option('--vantage <name>', 'audit only this vantage (may be repeated)', collect)
    .option('--plan <file>', 'refuse scans that carried out none of these plans (may be repeated)', collect)
    .addOption(keyOption('refuse evidence that this key did not sign'))
    .option(
      '--baseline <file>',
      'also tell what is new, fixed and unchanged since this audit (a folder: its last)',
    )
    .option('--history <folder>', 'keep this audit in the folder, one file each')
    .addOption(formatOption())
    .addOption(outputOption())
    .addHelpText('after', example('aclscope audit site.yaml outside.json segment.json'))
    .action(async (site: string, evidence: string[], options) => {
      finish(await (await import('./commands/audit.ts')).audit(world, site, evidence, options));
    });
  program
    .command('history')
    .description('the trend over kept audits, and whether the promised interval between scans was kept')
    .argument('<folder>', 'folder that audit --history keeps')
    .option('--site <site>', 'site file: whose audits, and the days that it promises (scanIntervalDays)')
    .addOption(formatOption(['text', 'json', 'markdown', 'html', 'csv']))
    .addOption(outputOption())
    .addHelpText('after', example('aclscope history audits --site site.yaml'))
    .action(async (folder: string, options) => {
      finish(await (await import('./commands/history.ts')).history(world, folder, options));
    });
}

function checklistCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('collect')
    .description("print the script that gathers a host's evidence, for its administrator to read and run")
    .addOption(outputOption())
    .addHelpText('after', example('aclscope collect > collect.sh'))
    .action(async (options) => {
      finish(await (await import('./commands/collect.ts')).collectScript(world, options));
    });
  program
    .command('probe')
    .description(
      'one look at a target for the checklist: what SSH offers a stranger, or a probe for PortSentry to notice',
    )
    .addArgument(new Argument('<what>', 'what to look at').choices(['ssh-methods', 'portsentry']))
    .argument('<site>', 'site file')
    .requiredOption('--vantage <name>', 'the place of the site file that this box stands in')
    .option('--target <name>', 'target of the site file (needed where it has several)')
    .option('--port <n>', 'ssh-methods: 22 unless given; portsentry: a port that it watches')
    .option('--udp', 'portsentry: send a datagram instead of opening a connection')
    .option('--accept-block', 'portsentry: needed, since PortSentry may shut this box out at once')
    .option('--behind-nat <address>', "the vantage's address, when the target sees this box under it")
    .option('--dry-run', 'say what would be sent, and send nothing')
    .addOption(outputOption())
    .addHelpText('after', example('aclscope probe ssh-methods site.yaml --vantage friend -o ssh-methods.txt'))
    .action(async (what: 'ssh-methods' | 'portsentry', site: string, options) => {
      finish(await (await import('./commands/probe.ts')).probe(world, what, site, options));
    });
  program
    .command('checklist')
    .description('the twenty-item audit: router, scans, host and answers in one report')
    .argument('<site>', 'site file')
    .argument('[evidence...]', "evidence files, or VANTAGE=FILE for another tool's output")
    .option('--bundle <tar>', 'what collect.sh wrote on the host, or a folder with the same unpacked')
    .option('--answers <file>', "the auditor's answers (YAML)")
    .option('--checklist <file>', 'another checklist than the twenty items, or changes to them (YAML)')
    .option(
      '--attach <kind=file>',
      'something seen elsewhere: remote-log, ssh-methods, portsentry-probe, restored-files or change-log (may be repeated)',
      collect,
    )
    .option('--history <folder>', 'folder that audit --history keeps')
    .option('--as-of <time>', "the time against which ages are judged (default: the host's collection)")
    .option('--ask', 'ask on the terminal what only a person can answer; kept in the --answers file')
    .addOption(formatOption())
    .addOption(outputOption())
    .addHelpText('after', example('aclscope checklist site.yaml outside.json segment.json --bundle host.tar'))
    .action(async (site: string, evidence: string[], options) => {
      finish(await (await import('./commands/checklist.ts')).checklist(world, site, evidence, options));
    });
}

function shellCommands(program: Command, world: World, finish: Finish): void {
  program
    .command('completion')
    .description('print a script by which your shell completes commands, options and values')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', example('source <(aclscope completion bash)'))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      finish((await import('./commands/completion.ts')).completion(world, program, shell));
    });
}
