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
          `${cut.protocol} ${cut.id} loses its neighbours on ${cut.interface}: ${
            cut.acl === null ? 'no packet arrives there any more' : `list ${cut.acl} denies their packets`
          }`,
          cut.witness,
        ),
      ),
};
