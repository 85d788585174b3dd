import type { ReportInput } from '../../../reports/report.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { intendedFlow } from '../../exposure/intended.ts';
import { policyView } from '../../exposure/policy.ts';
import { viewerOf } from '../../exposure/viewer.ts';
import { hostPattern } from '../../model/address.ts';
import type { IntendedFlow } from '../../model/exposure.ts';
import type { PortProtocol } from '../../model/site.ts';
import { targetsNamed } from '../../model/target-names.ts';
import { loadSubject } from '../load-subject.ts';
import { addressOption } from '../packet-options.ts';
import { refuseIosVersion, refusePointless } from '../pointless-options.ts';
import { header, type OutputOptions, writeReport } from '../report-output.ts';
import { isSiteFile, loadSiteLazily } from '../site-file.ts';
import { unknownName, unknownTarget } from '../unknown-names.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';
import { egressFor, ingressFor } from './explain.ts';

export interface IntendedOptions extends OutputOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly vantage?: string | undefined;
  readonly target?: string | undefined;
  readonly proto: string;
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  readonly iosVersion?: string | undefined;
  readonly clock?: string | undefined;
}

interface Computed {
  readonly flows: readonly IntendedFlow[];
  readonly inputs: readonly ReportInput[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reachable, blocked and undetermined ports per vantage and target, by config alone. */
export async function intended(world: World, file: string, options: IntendedOptions): Promise<ExitCode> {
  const { flows, inputs, diagnostics } = isSiteFile(file)
    ? await siteFlows(world, file, options)
    : await configFlow(world, file, options);
  await writeReport(
    world,
    {
      kind: 'intended',
      header: header(file, inputs, null),
      diagnostics,
      assumptions: [...new Set(flows.flatMap((f) => f.assumptions))],
      flows,
    },
    options,
  );
  return flows.some((f) => f.undetermined.length > 0) ? INCOMPLETE : CONFORMS;
}

function protocolsFor(proto: string): readonly PortProtocol[] {
  if (proto === 'tcp' || proto === 'udp') return [proto];
  if (proto === 'both') return ['tcp', 'udp'];
  throw new UsageError(`--proto "${proto}" has no ports`, 'tcp, udp or both');
}

async function siteFlows(world: World, file: string, options: IntendedOptions): Promise<Computed> {
  refuseIosVersion(options.iosVersion);
  refusePointless(
    { '--in': options.in, '--out': options.out },
    'a vantage enters where the site file says, and leaves by the routes',
    'write enters: at the vantage, or give the configuration alone',
  );
  const loaded = await loadSiteLazily(world, file, options.clock);
  const { site, network } = loaded;
  const wanted = options.target ?? options.to;
  const vantages = [...site.vantages.values()].filter((v) => pick(v.name, options.vantage ?? options.from));
  const targets = wanted === undefined ? [...site.targets.values()] : targetsNamed(site, wanted);
  if (vantages.length === 0)
    unknownName('vantage', options.vantage ?? options.from ?? '', [...site.vantages.keys()]);
  if (targets.length === 0) unknownTarget(site, wanted ?? '');
  const flows = vantages.flatMap((vantage) =>
    targets.flatMap((target) => {
      const wantsUdp = policyView(site, vantage, target, 'udp').rules.some((r) => r.udp.length > 0);
      const protocols =
        options.proto === 'tcp' && wantsUdp ? (['tcp', 'udp'] as const) : protocolsFor(options.proto);
      return protocols.map((protocol) =>
        intendedFlow(network, viewerOf(network, vantage, target), target, protocol),
      );
    }),
  );
  return {
    flows,
    inputs: [
      { role: 'site', file: loaded.input.name, sha256: loaded.input.sha256 },
      ...loaded.configs.map((c) => ({ role: 'config' as const, file: c.input.name, sha256: c.input.sha256 })),
    ],
    diagnostics: loaded.diagnostics,
  };
}

const pick = (name: string, wanted: string | undefined): boolean => wanted === undefined || wanted === name;

async function configFlow(world: World, file: string, options: IntendedOptions): Promise<Computed> {
  if (options.from === undefined || options.to === undefined)
    throw new UsageError(
      'a configuration alone needs --from ADDRESS and --to ADDRESS',
      'or give a site file (.yaml) that names vantages and targets',
    );
  refusePointless(
    { '--vantage': options.vantage, '--target': options.target },
    'a configuration alone has neither vantages nor targets',
    'name addresses with --from and --to, or give a site file (.yaml)',
  );
  const subject = await loadSubject(world, file, options);
  const from = addressOption(options.from, '--from');
  const to = addressOption(options.to, '--to');
  const viewer = {
    name: options.from,
    address: from,
    sources: [hostPattern(from)],
    ingress: ingressFor(subject.network, from, options.in),
    ownSegment: false,
    declared: options.in !== undefined,
  };
  const egress = egressFor(subject.network, options.out);
  const flows = protocolsFor(options.proto).map((protocol) =>
    intendedFlow(subject.network, viewer, { name: options.to ?? '', address: to }, protocol, { egress }),
  );
  return { flows, inputs: subject.inputs, diagnostics: subject.diagnostics };
}
