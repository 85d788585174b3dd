import type { AuditFlow } from '../../src/model/audit.ts';
import type { NetworkPicture } from '../report.ts';

/** One shell word; quoted unless it is plainly harmless. A leading `-` would be read as an option. */
export function shellWord(word: string): string {
  const safe = word.startsWith('-') ? `./${word}` : word;
  return /^[\w./:@%+,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

/** An address may carry its set of sources, or the hosts like it, in words behind it; a command takes the address alone. */
const bareAddress = (address: string): string => address.split(' ')[0] ?? address;

type DrawnTarget = NetworkPicture['targets'][number];

/** Where a vantage's packets for a target go: to what stands for it outside, where addresses are translated. */
const addressFrom = (vantage: string, { address, reachedAs }: DrawnTarget): string =>
  reachedAs?.[vantage] ?? bareAddress(address);

const SAMPLES = 3;

/** A few ports that stand for the flow: repeating a finding must not mean repeating a scan. */
const samplePorts = (flow: AuditFlow): readonly number[] => flow.ports.slice(0, SAMPLES).map(([lo]) => lo);

export interface RepeatCommands {
  /** Where to run the probe. */
  readonly from: string;
  readonly probe: string;
  /** null on the own segment, where no list applies. */
  readonly explain: string | null;
}

/** The commands that show the same thing again: one packet's probe from the vantage, one packet's trace at the desk. */
export function repeatCommands(flow: AuditFlow, network: NetworkPicture | null): RepeatCommands | null {
  if (network === null) return null;
  const target = network.targets.find((t) => t.name === flow.target);
  const vantage = network.vantages.find((v) => v.name === flow.vantage);
  const [port] = samplePorts(flow);
  if (target === undefined || vantage === undefined || port === undefined) return null;
  const to = addressFrom(vantage.name, target);
  const scan = flow.protocol === 'udp' ? '-sU' : '-sT';
  return {
    from: `${flow.vantage} (${bareAddress(vantage.address)})`,
    probe: `nmap -n -Pn ${scan} --reason --max-rate 10 -p ${samplePorts(flow).join(',')} ${shellWord(to)}`,
    explain:
      flow.config === null
        ? null
        : `aclscope explain ${shellWord(network.siteFile)} --from ${shellWord(vantage.name)} --to ${shellWord(to)} --proto ${flow.protocol} --dport ${port}`,
  };
}

/** The packet that stands for the flow. */
export function witnessText(flow: AuditFlow, network: NetworkPicture | null): string {
  const source = bareAddress(network?.vantages.find((v) => v.name === flow.vantage)?.address ?? flow.vantage);
  const drawn = network?.targets.find((t) => t.name === flow.target);
  const target = drawn ? addressFrom(flow.vantage, drawn) : flow.target;
  const [port] = samplePorts(flow);
  return `${flow.protocol} ${source} -> ${target}:${port ?? 0}${flow.protocol === 'tcp' ? ' syn' : ''}`;
}
