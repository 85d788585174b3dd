import { findingsInShort, lintText } from '../typed.ts';

/** What one rule says of a text: `7 high`, one a finding. */
export const said = (rule: string, text: string): readonly string[] =>
  findingsInShort(lintText(text).filter((f) => f.rule === rule)).map((short) =>
    short.replace(`${rule} `, ''),
  );

/** An edge router of seven lines: list 101 inbound from the Internet, servers in 192.0.2.0/24. Lists begin at line 8. */
export const EDGE = `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 203.0.113.254
`;

/** The edge router with list 101 of these lines. */
export const edge = (...lines: readonly string[]): string =>
  EDGE + lines.map((line) => `access-list 101 ${line}\n`).join('');
