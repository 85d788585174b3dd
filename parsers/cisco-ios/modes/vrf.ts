import type { Command } from '../../../src/model/command.ts';
import { type Failure, type Statement, wrongWord } from '../statement.ts';
import { finish } from './change.ts';

const VRF_WORDS = [
  'rd',
  'route-target',
  'address-family',
  'exit-address-family',
  'exit-vrf',
  'description',
  'import',
  'export',
  'vpn',
  'maximum',
  'bgp',
  'mdt',
  'inter-as-hybrid',
  'vnet',
  'route-replicate',
  'context',
];

/** Lines under `ip vrf NAME` and `vrf definition NAME`: labels and route exchange, no packet filter. */
export const readVrfDetail = (s: Statement): Command | Failure =>
  VRF_WORDS.includes(s.words.peekLower())
    ? finish(s, 'VRF details')
    : wrongWord(s.words, 'a statement of a VRF');
