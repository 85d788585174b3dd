import { join } from 'node:path';
import { KnownLines } from '../../../parsers/cisco-ios/known-lines.ts';
import { parseCommand } from '../../../parsers/cisco-ios/parse-command.ts';
import { parseSnippet } from '../../../parsers/cisco-ios/parse-snippet.ts';
import { printAce } from '../../../parsers/cisco-ios/print-ace.ts';
import { printConfig } from '../../../parsers/cisco-ios/print-config.ts';
import { parseIosVersion } from '../../../parsers/cisco-ios/version.ts';
import { formatDiagnostic } from '../../diagnostics/diagnostic.ts';
import { intendedFlow } from '../../exposure/intended.ts';
import { allowedForSources, policyView } from '../../exposure/policy.ts';
import { viewerOf } from '../../exposure/viewer.ts';
import type { IntendedFlow } from '../../model/exposure.ts';
import { ruleText } from '../../model/finding.ts';
import type { ReviewResult } from '../../model/review.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import type { Site } from '../../model/site.ts';
import { LINT_CHECKS } from '../../review/checks/registry.ts';
import type { FindingsOf } from '../../review/findings-of-change.ts';
import { HAZARD_RULES } from '../../review/hazards/registry.ts';
import { ALL_RULES } from '../../review/lint.ts';
import {
  type BesideOptions,
  concludeChange,
  diffOf,
  type EndToEnd,
  findingsOf,
  hazardsOf,
  type ReviewedConfig,
  type ReviewOptions,
  reviewConfigs,
} from '../../review/review.ts';
import { writeSafeSnippet } from '../../review/safe-snippet.ts';
import { typeSnippet } from '../../review/typed-change.ts';
import { buildNetwork, type Network } from '../../router/network.ts';
import type { Simulation } from '../../router/simulate.ts';
import { clockOption } from '../clock-option.ts';
import { type InputFile, readInput, writeOutput } from '../files.ts';
import { readGitVersions } from '../git-versions.ts';
import { parseLoaded } from '../load-config.ts';
import type { LoadedSite } from '../load-site.ts';
import { type BesideThread, isMuchWork, lookBeside } from '../look-beside.ts';
import { addressOption } from '../packet-options.ts';
import { header, type OutputOptions, writeReport } from '../report-output.ts';
import { routerOfSite, trainOfSite } from '../router-of-site.ts';
import { severityOption } from '../severity-option.ts';
import { loadSiteLazily } from '../site-file.ts';
import { CONFORMS, DIFFERS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export interface ReviewCommandOptions extends OutputOptions {
  readonly change?: string | undefined;
  readonly git?: string | undefined;
  readonly operator?: string | undefined;
  readonly site?: string | undefined;
  readonly severity: string;
  readonly expectSame?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly safeSnippet?: string | undefined;
  readonly iosVersion?: string | undefined;
  readonly clock?: string | undefined;
}

interface Loaded extends ReviewedConfig {
  readonly input: InputFile;
}

/** What a change does to packets, before it is deployed: whole configs, or the snippet that is about to be pasted. */
export async function review(
  world: World,
  files: readonly string[],
  options: ReviewCommandOptions,
): Promise<ExitCode> {
  refuseMixedOutput(options);
  const inputs = await readInputs(world, files, options);
  const site = options.site === undefined ? null : await loadSiteLazily(world, options.site, options.clock);
  const version = options.iosVersion ?? trainOfSite(site, files[0]);
  const besideOptions = besideOptionsFor(world, site, options, version);
  const { snippet } = inputs;
  const beside =
    snippet && isMuchWork(inputs.before, snippet)
      ? lookBeside({ config: inputs.before, snippet, version, options: besideOptions })
      : null;
  const known = inputs.snippet ? undefined : new KnownLines();
  const before: Loaded = { input: inputs.before, ...parseLoaded(inputs.before, version, known) };
  const reviewOptions = optionsFor(site, before, options, besideOptions);
  const reviewed = inputs.snippet
    ? await reviewSnippet(world, before, inputs.snippet, reviewOptions, beside)
    : reviewWhole(
        before,
        { input: inputs.after, ...parseLoaded(inputs.after, version, known) },
        reviewOptions,
      );
  if (options.safeSnippet !== undefined)
    await writeOutput(world, options.safeSnippet, safeText(before.config, reviewed, reviewOptions));
  await writeReport(
    world,
    {
      kind: 'review',
      header: header(
        inputs.snippet
          ? `${inputs.before.name} with ${inputs.snippet.name}`
          : `${inputs.before.name} -> ${inputs.after.name}`,
        [
          { role: 'config', file: inputs.before.name, sha256: inputs.before.sha256 },
          inputs.snippet
            ? { role: 'snippet', file: inputs.snippet.name, sha256: inputs.snippet.sha256 }
            : { role: 'config', file: inputs.after.name, sha256: inputs.after.sha256 },
        ],
        null,
      ),
      diagnostics: reviewed.diagnostics,
      assumptions: reviewed.result.assumptions,
      rules: [...HAZARD_RULES.map((rule) => ({ ...rule, id: rule.kind })), ...LINT_CHECKS].map(ruleText),
      result: reviewed.result,
      floor: severityOption(options.severity),
    },
    options,
  );
  switch (reviewed.result.verdict) {
    case 'pass':
      return CONFORMS;
    case 'fail':
      return DIFFERS;
    case 'undetermined':
      return INCOMPLETE;
  }
}

/** A person can tell the sequence from the report; a program cannot. */
function refuseMixedOutput({ format, output, safeSnippet }: ReviewCommandOptions): void {
  if (safeSnippet === '-' && (output === undefined || output === '-') && format !== 'text')
    throw new UsageError(
      `standard output would hold the sequence and the ${format} report in one`,
      'write one of them to a file: --safe-snippet safe.txt, or --output FILE',
    );
}

interface Inputs {
  readonly before: InputFile;
  readonly after: InputFile;
  readonly snippet: InputFile | null;
}

async function readInputs(
  world: World,
  files: readonly string[],
  options: ReviewCommandOptions,
): Promise<Inputs> {
  const [first, second, third] = files;
  if (third !== undefined)
    throw new UsageError(
      `two configurations are compared, and "${third}" would be a third`,
      'aclscope review OLD NEW, or aclscope review OLD --change SNIPPET',
    );
  if (options.git !== undefined) {
    if (first === undefined || second !== undefined || options.change !== undefined)
      throw new UsageError(
        '--git takes one path, whose versions at both commits are compared',
        'aclscope review --git origin/main..HEAD -- gw.cfg',
      );
    return { ...(await readGitVersions(world, options.git, first)), snippet: null };
  }
  if (first === undefined)
    throw new UsageError(
      'name the configuration to review',
      'aclscope review OLD NEW, or aclscope review OLD --change SNIPPET',
    );
  const before = await readInput(world, first, 'configuration');
  if (options.change !== undefined) {
    if (second !== undefined)
      throw new UsageError('give either a second configuration or --change, not both');
    return { before, after: before, snippet: await readInput(world, options.change, 'snippet') };
  }
  if (second === undefined)
    throw new UsageError(
      'name what to review it against',
      'aclscope review OLD NEW, or aclscope review OLD --change SNIPPET',
    );
  return { before, after: await readInput(world, second, 'configuration'), snippet: null };
}

function besideOptionsFor(
  world: World,
  site: LoadedSite | null,
  options: ReviewCommandOptions,
  version: string | null,
): BesideOptions {
  return {
    clock: site ? site.clock : clockOption(options.clock),
    today: world.now().toISOString().slice(0, 10),
    site: site?.site ?? null,
    ...(options.operator === undefined
      ? {}
      : { operator: { address: addressOption(options.operator, '--operator'), port: null } }),
    version: version === null ? null : parseIosVersion(version),
    all: options.all ?? false,
  };
}

const optionsFor = (
  site: LoadedSite | null,
  before: Loaded,
  { severity, expectSame = false }: ReviewCommandOptions,
  beside: BesideOptions,
): ReviewOptions => ({
  ...beside,
  endToEnd: site ? endToEnd(site, before.input.name, beside.clock) : null,
  floor: severityOption(severity),
  expectSame,
});

/** The site's flows with a config in the reviewed router's place. */
function endToEnd(loaded: LoadedSite, file: string, clock: number | null): EndToEnd {
  const { site } = loaded;
  const router = routerOfSite(loaded, file);
  if (!router)
    throw new UsageError(
      `${file} is the config of no router of the site`,
      `configs of the site: ${site.routers.map((r) => join(r.configPath)).join(', ')}`,
    );
  return {
    flows: (ends, { routesShown }) => {
      const networkWith = (reviewed: RouterConfig): Network =>
        buildNetwork(
          site.routers.map((r, i) => ({
            name: r.name,
            ...(r === router ? { config: reviewed, routesShown } : { config: loaded.configs[i]!.config }),
          })),
          { clock },
        );
      const [old, now] = [networkWith(ends.before), networkWith(ends.after)];
      return { before: siteFlows(site, old, null), after: siteFlows(site, now, old) };
    },
    policy: {
      of: (flow) => {
        const vantage = site.vantages.get(flow.vantage)!;
        const target = site.targets.get(flow.target)!;
        return {
          allow: policyView(site, vantage, target, flow.protocol).allow,
          allowsSource: (source, port) => allowedForSources(site, source, target, flow.protocol, port),
        };
      },
    },
  };
}

/** Every flow of the site through a network; `before`: what it was before the change, where this is what it is after. */
const siteFlows = (site: Site, network: Network, before: Network | null): readonly IntendedFlow[] =>
  [...site.vantages.values()].flatMap((vantage) =>
    [...site.targets.values()].flatMap((target) =>
      (['tcp', 'udp'] as const)
        .filter(
          (protocol) =>
            protocol === 'tcp' ||
            policyView(site, vantage, target, 'udp').rules.some((r) => r.udp.length > 0),
        )
        .map((protocol) =>
          intendedFlow(network, viewerOf(network, vantage, target, before), target, protocol, {
            everyGlobal: true,
          }),
        ),
    ),
  );

interface Reviewed {
  readonly result: ReviewResult;
  readonly after: RouterConfig;
  readonly simulation: Simulation | null;
  readonly diagnostics: ReviewedConfig['diagnostics'];
}

function reviewWhole(before: Loaded, after: Loaded, options: ReviewOptions): Reviewed {
  return {
    result: reviewConfigs(before, after, options),
    after: after.config,
    simulation: null,
    diagnostics: [...before.diagnostics, ...after.diagnostics],
  };
}

async function reviewSnippet(
  world: World,
  before: Loaded,
  input: InputFile,
  options: ReviewOptions,
  beside: BesideThread | null,
): Promise<Reviewed> {
  const { value: snippet, diagnostics } = parseSnippet(input.text, input.name);
  if (snippet.steps.length === 0 && !diagnostics.some((d) => d.code === 'only-comments')) {
    for (const d of diagnostics) world.stderr.write(`${formatDiagnostic(d)}\n`);
    throw new UsageError(`${input.name} holds no command`, 'put in it what would be pasted at the device');
  }
  const version = options.version ?? before.config.version;
  const typed = typeSnippet(before.config, snippet, (line, mode) => parseCommand(line, mode, version));
  const diff = diffOf(before, typed, options);
  const look = (): FindingsOf => findingsOf(before, typed, options);
  const findings = beside ? await beside.findings(look) : look()(ALL_RULES);
  const hazards = (await beside?.hazards()) ?? hazardsOf(before, typed, options);
  const reviewed = concludeChange(before, typed, { diff, findings, hazards }, options);
  return {
    ...reviewed,
    diagnostics: [...before.diagnostics, ...diagnostics, ...reviewed.simulation.diagnostics],
  };
}

function safeText(before: RouterConfig, reviewed: Reviewed, options: ReviewOptions): string {
  const version = options.version ?? before.version;
  const management = options.site?.management;
  return writeSafeSnippet(before, reviewed.after, {
    read: (line, mode) => parseCommand(line, mode, version),
    printEntry: printAce,
    printConfig,
    clock: options.clock,
    operator:
      options.operator ?? (management ? { address: management.operator, port: management.port } : null),
    simulation: reviewed.simulation,
  }).text;
}
