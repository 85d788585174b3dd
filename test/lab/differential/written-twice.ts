import type { AceAction } from '../../../src/model/access-list.ts';

/**
 * One line of a list in two languages. The second is never computed from what the product made of the first:
 * it is written from the documentation, so that both cannot be wrong alike.
 */
export interface LineWrittenTwice {
  readonly action: AceAction;
  /** From the action on, as IOS reads it. */
  readonly ios: string;
  /** Conditions of nftables rules; the line matches a packet when one of them does. */
  readonly nft: readonly string[];
}

export interface ListWrittenTwice {
  readonly name: string;
  readonly kind: 'standard' | 'extended';
  /** The IOS release whose grammar the lines need. */
  readonly version: '12.1' | '15.2';
  readonly lines: readonly LineWrittenTwice[];
}

export interface WrittenConfig {
  readonly version: string;
  readonly text: string;
  /** A list's name to the number of the text's line that holds its first entry. */
  readonly firstLine: ReadonlyMap<string, number>;
}

/** The lists of one release as one configuration. */
export function writeConfig(
  version: ListWrittenTwice['version'],
  lists: readonly ListWrittenTwice[],
): WrittenConfig {
  const text = [`version ${version}`, 'hostname gw', '!'];
  const firstLine = new Map<string, number>();
  for (const { name, kind, lines } of lists.filter((list) => list.version === version)) {
    const numbered = /^\d+$/.test(name);
    if (!numbered) text.push(`ip access-list ${kind} ${name}`);
    firstLine.set(name, text.length + 1);
    for (const { ios } of lines) text.push(numbered ? `access-list ${name} ${ios}` : ` ${ios}`);
    text.push('!');
  }
  text.push('end', '');
  return { version, text: text.join('\n'), firstLine };
}
