import { toIpv4 } from '../../src/model/address.ts';
import type { Command } from '../../src/model/command.ts';
import type { PeerSetting } from '../../src/model/router-config.ts';
import { canonicalInterface, readInterfaceName } from './interface-name.ts';
import { detail, references, runsBgp, speaksOfOthers } from './routing-process.ts';
import { Failure, type Statement, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

/** `neighbor A …`, of BGP also `neighbor GROUP …`. */
export function readNeighbour(s: Statement): Command | Failure {
  const { words } = s;
  const peer = words.peek();
  const isAddress = startsWithDigit(peer) && !peer.includes(':');
  const address = isAddress ? words.takeAddress() : undefined;
  if (isAddress && address === undefined) return wrongWord(words, 'an address');
  if (!isAddress) words.take();
  if (words.takeWord('distribute-list', 3)) {
    const list = words.take();
    words.at = words.count;
    return list === '' ? wrongWord(words, "a list's name or number") : references(s, list);
  }
  if (speaksOfOthers(s)) return detail(s);
  if (!runsBgp(s)) {
    const through = words.done
      ? undefined
      : canonicalInterface(words.all.slice(words.at, words.count).join(''));
    const value = through?.known ? through.name : undefined;
    return neighbour(
      s,
      { peer, address },
      value === undefined ? undefined : { peer, kind: 'interface', value },
    );
  }
  // Of BGP's many lines about one neighbour, those that make it a neighbour count, and what its session rests on.
  const subject = { peer, address };
  if (words.takeWord('remote-as', 8) || (!s.on && words.done)) return neighbour(s, subject);
  if (words.takeWord('shutdown', 4)) return setting(s, { peer, kind: 'shutdown', value: '' });
  if (words.takeWord('ttl-security', 3))
    return setting(s, { peer, kind: 'ttl-security', value: words.rest() });
  if (words.takeWord('update-source', 8)) return readUpdateSource(s, peer);
  if (!words.takeWord('peer-group', 6) || words.done) return detail(s);
  return neighbour(s, subject, { peer, kind: 'peer-group', value: words.peek() });
}

interface Subject {
  readonly peer: string;
  /** undefined: a group of peers, which is no neighbour itself. */
  readonly address: number | undefined;
}

function neighbour(s: Statement, { address }: Subject, besides?: PeerSetting): Command {
  if (address === undefined) return detail(s);
  s.words.at = s.words.count;
  return {
    kind: 'routing-neighbour',
    neighbour: toIpv4(address),
    ...(besides ? { setting: besides } : {}),
    on: s.on,
    span: s.words.line,
    next: 'same',
  };
}

function setting(s: Statement, value: PeerSetting): Command {
  s.words.keepComment();
  s.words.at = s.words.count;
  return { kind: 'peer-setting', setting: value, on: s.on, span: s.words.line, next: 'same' };
}

function readUpdateSource(s: Statement, peer: string): Command | Failure {
  if (!s.on) return setting(s, { peer, kind: 'update-source', value: '' });
  const name = readInterfaceName(s);
  return name instanceof Failure ? name : setting(s, { peer, kind: 'update-source', value: name });
}
