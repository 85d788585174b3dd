import { formatIpv4 } from '../../model/address.ts';
import type { CutAdjacency } from './adjacencies.ts';
import { type CutView, type HazardRule, hazard } from './step-view.ts';

export const ADJACENCY_CUT: HazardRule<CutView> = {
  kind: 'adjacency-cut',
  severity: 'high',
  title: 'A routing neighbour is cut off',
  rationale:
    'The hellos of a neighbour meet the inbound list like any packet. Once they are denied its routes go within seconds, and with them networks that the change never named.',
  check: (view) =>
    view.adjacencies
      .cut(view.before, view.after)
      .map((cut) =>
        hazard(
          view,
          'adjacency-cut',
          'high',
          `${cut.protocol}${cut.id === '' ? '' : ` ${cut.id}`} loses ${
            cut.neighbour === null ? 'its neighbours' : `its neighbour ${formatIpv4(cut.neighbour)}`
          } on ${cut.interface}: ${why(cut)}`,
          cut.witness,
        ),
      ),
};

function why({ by }: CutAdjacency): string {
  switch (by.kind) {
    case 'list':
      return `list ${by.acl} denies their packets`;
    case 'tunnel':
      return by.why;
    case 'closed':
      return 'no packet arrives there any more';
    case 'not-configured':
      return 'it no longer runs there';
  }
}
