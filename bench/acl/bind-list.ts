// Prints a config with its first access list bound inbound on both interfaces of a router between two networks:
//   npx tsx bench/acl/bind-list.ts FILE >BOUND.cfg
// Bound, a list is also held against the answers to what it lets in.
import { readFileSync } from 'node:fs';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';

const file = process.argv[2]!;
const text = readFileSync(file, 'utf8');
const [name] = parseConfig(text, file).value.acls.keys();
if (name === undefined) throw new Error(`${file} has no access list`);

const bound = (number: number, address: string): string => `interface GigabitEthernet0/${number}
 ip address ${address} 255.255.255.0
 ip access-group ${name} in
`;
process.stdout.write(`${text.replace(/^end\s*$/m, '')}${bound(0, '203.0.113.1')}${bound(1, '192.0.2.1')}!
ip route 0.0.0.0 0.0.0.0 203.0.113.2
ip route 10.0.0.0 255.0.0.0 192.0.2.2
end
`);
