import { netmaskLength, toIpv4 } from '../../../src/model/address.ts';
import type { Command } from '../../../src/model/command.ts';
import { readInterfaceName } from '../interface-name.ts';
import { expectEnd, Failure, type Statement, tell, wrongWord } from '../statement.ts';
import { change, effect } from './change.ts';

export function readAddressLine(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done)
    return s.on ? wrongWord(words, 'an address') : change(s, { kind: 'remove-address', address: null });
  if (words.takeWord('dhcp', 2)) return dynamicAddress(s, 'dhcp');
  // From the peer, or from a pool that the peer filled.
  if (words.takeWord('negotiated', 2) || words.takeWord('pool', 2)) return dynamicAddress(s, 'negotiated');
  const at = words.at;
  const address = words.takeAddress();
  if (address === undefined) return wrongWord(words, 'an address');
  if (words.done) {
    if (!s.on) return change(s, { kind: 'remove-address', address: toIpv4(address) });
    if (s.reading === 'terminal') return wrongWord(words, 'a netmask');
    return maskless(s, address, false);
  }
  if (s.reading === 'file' && words.peekLower() === 'secondary') {
    words.at++;
    return maskless(s, address, true);
  }
  const mask = words.takeAddress();
  const length = mask === undefined ? undefined : netmaskLength(mask);
  if (mask !== undefined && length === undefined)
    return new Failure('invalid', `${words.all[at + 1]} is not a netmask`, at + 1);
  if (length === undefined) return wrongWord(words, 'a netmask');
  const secondary = words.takeWord('secondary');
  if (words.takeWord('vrf')) words.take();
  const end = expectEnd(words);
  if (end) return end;
  const unfit = s.on && s.reading === 'terminal' ? whyNoHost(address!, length) : undefined;
  if (unfit !== undefined) return new Failure('invalid', `${words.all[at]} ${unfit}`, at);
  return s.on
    ? change(s, {
        kind: 'address',
        address: { address: toIpv4(address), prefixLength: length, secondary, span: words.line },
      })
    : change(s, { kind: 'remove-address', address: toIpv4(address) });
}

/** What IOS refuses as an interface's address: the ends of its network, loopback, multicast and what is above. */
function whyNoHost(address: number, length: number): string | undefined {
  const first = address >>> 24;
  if (first === 0 || first === 127 || first >= 224) return 'is not a valid host address';
  const host = length === 0 ? address : address & (0xffffffff >>> length);
  const ends = length < 31 && (host === 0 || host >>> 0 === 0xffffffff >>> length);
  return ends ? `is an end of its network /${length}` : undefined;
}

function maskless(s: Statement, address: number, secondary: boolean): Command | Failure {
  tell(
    s,
    'missing-mask',
    `the address ${s.words.all[s.words.at - (secondary ? 2 : 1)]} has no mask: its network is unknown`,
    undefined,
    {
      mend: 'Add the mask as the device shows it; which network lies behind the interface is not guessed.',
    },
  );
  return change(s, {
    kind: 'address',
    address: { address: toIpv4(address), prefixLength: null, secondary, span: s.words.line },
  });
}

function dynamicAddress(s: Statement, kind: 'dhcp' | 'negotiated'): Command {
  // Client options (`hostname`, `client-id`) follow; none of them changes what is known here.
  s.words.at = s.words.count;
  return change(s, {
    kind: 'addressing',
    addressing: s.on ? { kind, span: s.words.line } : { kind: 'none' },
  });
}

export function readUnnumbered(s: Statement): Command | Failure {
  const { words } = s;
  if (!s.on) return change(s, { kind: 'addressing', addressing: { kind: 'none' } });
  const name = readInterfaceName(s);
  if (name instanceof Failure) return name;
  if (words.takeWord('poll')) words.furthest = words.at;
  return (
    expectEnd(words) ??
    change(s, { kind: 'addressing', addressing: { kind: 'unnumbered', interface: name, span: words.line } })
  );
}

export function readVrfForwarding(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('forwarding')) {
    if (['sitemap', 'receive', 'select', 'autoclassify'].some((w) => words.takeWord(w))) {
      words.at = words.count;
      return effect(s, 'other', { name: 'vrf selection' });
    }
    return wrongWord(words, 'forwarding');
  }
  if (!s.on) return change(s, { kind: 'vrf', vrf: null });
  if (words.done) return wrongWord(words, "a VRF's name");
  const vrf = words.take();
  if (words.takeWord('downstream')) words.take();
  return expectEnd(words) ?? change(s, { kind: 'vrf', vrf });
}

export function readVrfLine(s: Statement): Command | Failure {
  if (s.words.takeWord('forwarding')) {
    s.words.at--;
    return readVrfForwarding(s);
  }
  return wrongWord(s.words, 'forwarding');
}
