import { placeOf } from '../../scans/machine/scanner-box.ts';
import type { Plan } from '../model/plan.ts';
import type { World } from './world.ts';

/**
 * Warns, before anything is sent, of a box that is not where its plan wants it: what it sees would decide nothing.
 * `behindNat`: the address that the targets see, by the word of who runs the scan.
 */
export async function warnOfPlace(world: World, plan: Plan, behindNat: string | undefined): Promise<void> {
  const [first] = plan.targets;
  if (first === undefined) return;
  const { box } = await placeOf(plan, behindNat ?? null);
  if (box === null) return;
  const seen = box.behindNat ?? box.address;
  const warn = (text: string): void => world.stderr.write(`warning: ${text}\n`);
  if (seen !== plan.vantageAddress)
    warn(
      `the probes leave from ${seen}, not from ${plan.vantageAddress}, the address of ${plan.vantage}: an audit will not count them; ` +
        `scan there, or add --behind-nat ${plan.vantageAddress} if the targets see this box so`,
    );
  else if (first.onLink && !box.onLink)
    warn(
      `${plan.vantage} stands on the segment of ${first.name}, and this box reaches it through ${box.gateway ?? 'a gateway'}: an audit will not count what it sees`,
    );
}
