import { entryIdentity } from '../model/ace-identity.ts';
import type { AclEntry, AddressMatch } from '../model/access-list.ts';
import type { ObjectGroup, RouterConfig, TimeRange } from '../model/router-config.ts';

/** Everything but where it stands in the text. */
const withoutSpans = (value: unknown): string =>
  JSON.stringify(value, (key, part) => (key === 'span' ? undefined : part));

/**
 * What a line does to packets, as a key: equal keys, equal effect, whatever the line's number, its log clause or the
 * names of the groups and time-ranges that it uses. What the text leaves open counts as equal where it is the same.
 */
export class EntryMeanings {
  private readonly config: RouterConfig;
  private readonly groups = new Map<string, string>();
  private readonly ranges = new Map<string, string>();

  constructor(config: RouterConfig) {
    this.config = config;
  }

  of(entry: AclEntry): string {
    if (entry.kind !== 'ace') return entryIdentity(entry);
    const { match, conditions } = entry;
    let key = entryIdentity({ ...entry, log: null });
    if (match.protocol.kind === 'service-group') key += `\n${this.group(match.protocol.name)}`;
    for (const end of [match.source, match.destination]) if (isGroup(end)) key += `\n${this.group(end.name)}`;
    for (const condition of conditions)
      if (condition.kind === 'time-range') key += `\n${this.range(condition.name)}`;
    return key;
  }

  private group(name: string): string {
    let key = this.groups.get(name);
    if (key === undefined) {
      this.groups.set(name, '…');
      key = groupMeaning(this.config.objectGroups.get(name), (inner) => this.group(inner));
      this.groups.set(name, key);
    }
    return key;
  }

  private range(name: string): string {
    let key = this.ranges.get(name);
    if (key === undefined) {
      key = rangeMeaning(this.config.timeRanges.get(name));
      this.ranges.set(name, key);
    }
    return key;
  }
}

const isGroup = (match: AddressMatch): match is Extract<AddressMatch, { kind: 'group' }> =>
  match.kind === 'group';

const groupMeaning = (group: ObjectGroup | undefined, inner: (name: string) => string): string =>
  group === undefined
    ? 'no group'
    : group.members
        .map((m) => (m.kind === 'group' ? `(${inner(m.name)})` : withoutSpans(m)))
        .sort()
        .join(';');

const rangeMeaning = (range: TimeRange | undefined): string =>
  range === undefined ? 'no time-range' : withoutSpans(range.entries);
