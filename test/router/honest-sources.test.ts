import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { ANY_ADDRESS, formatIpv4, parseIpv4, patternContains, toIpv4 } from '../../src/model/address.ts';
import { type HonestSources, honestSources } from '../../src/router/honest-sources.ts';
import { buildRouter } from '../../src/router/network.ts';
import { configOf, HOSTS, someNetwork } from './arbitrary-network.ts';
import { mayBeHonest } from './slow-honest.ts';
import { choices, type SlowInterface, type SlowRouter } from './slow-path.ts';

const RUNS = Number(process.env.ACLSCOPE_RUNS ?? 200);

function sourcesAt(text: string, name: string, strangersEnter: boolean): HonestSources {
  const { value: config } = parseConfig(text, 'gw.cfg');
  const router = buildRouter({ name: 'gw', config }, { clock: null });
  return honestSources(router, config.interfaces.get(name)!, strangersEnter);
}

const GW = `version 12.4
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
interface FastEthernet0/2
 ip address 198.51.100.1 255.255.255.0
`;
const DEFAULT = 'ip route 0.0.0.0 0.0.0.0 203.0.113.254\n';
const TEN = 'ip route 10.0.0.0 255.0.0.0 192.0.2.254\n';

/** At FastEthernet0/0, where strangers enter unless a row says otherwise. */
const rows: readonly {
  readonly title: string;
  readonly lines: string;
  readonly honest: readonly string[];
  readonly forged: readonly string[];
  readonly at?: string;
  readonly strangers?: boolean;
}[] = [
  {
    title: 'places connected networks where they are connected, and the rest where the default route leads',
    lines: DEFAULT,
    honest: ['203.0.113.7', '8.8.8.8'],
    forged: ['192.0.2.35', '198.51.100.9'],
  },
  {
    title: 'lets the longest prefix place a source',
    lines: `${DEFAULT}${TEN}ip route 10.9.0.0 255.255.0.0 203.0.113.9\nip route 10.9.9.0 255.255.255.0 192.0.2.9\n`,
    honest: ['10.9.1.1'],
    forged: ['10.1.1.1', '10.9.9.1'],
  },
  {
    title: 'takes whom no route leads to for honest anywhere',
    lines: TEN,
    honest: ['8.8.8.8'],
    forged: ['10.1.1.1', '192.0.2.35'],
  },
  {
    title: 'takes nobody of the Internet for honest behind the default route, at an inner interface',
    lines: DEFAULT,
    at: 'FastEthernet0/1',
    strangers: false,
    honest: ['192.0.2.35'],
    forged: ['8.8.8.8', '203.0.113.7', '198.51.100.9'],
  },
  {
    title: 'but at one where strangers enter all the same',
    lines: DEFAULT,
    at: 'FastEthernet0/1',
    strangers: true,
    honest: ['192.0.2.35', '8.8.8.8'],
    forged: ['203.0.113.7', '198.51.100.9'],
  },
  {
    title: 'counts every one of equally good routes',
    lines: `${TEN}ip route 10.0.0.0 255.0.0.0 203.0.113.9\n`,
    honest: ['10.1.1.1'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'counts a route that stands in for the best one',
    lines: `${TEN}ip route 10.0.0.0 255.0.0.0 203.0.113.9 250\n`,
    honest: ['10.1.1.1'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'but not a shorter prefix that would',
    lines: `${TEN}ip route 0.0.0.0 0.0.0.0 203.0.113.9 250\n`,
    honest: ['8.8.8.8'],
    forged: ['10.1.1.1'],
  },
  {
    title: 'counts what may carry packets once a tracked route is withdrawn',
    lines: `${DEFAULT}ip route 10.0.0.0 255.0.0.0 192.0.2.254 track 1\n`,
    honest: ['10.1.1.1'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'takes what a route leads to Null0 for nobody',
    lines: `${DEFAULT}ip route 10.0.0.0 255.0.0.0 Null0\nip route 10.9.0.0 255.255.0.0 203.0.113.9\n`,
    honest: ['10.9.1.1', '8.8.8.8'],
    forged: ['10.1.1.1'],
  },
  {
    title: 'lets only connected networks place a source where neighbours tell routes',
    lines: `${DEFAULT}${TEN}router ospf 1\n network 203.0.113.0 0.0.0.255 area 0\n`,
    honest: ['10.1.1.1', '8.8.8.8'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'so also where a network is not in the text, as by DHCP',
    lines: `${TEN}interface FastEthernet0/3\n ip address dhcp\n`,
    honest: ['10.1.1.1'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'does not place the hosts of a network for which another router stands in',
    lines: `${DEFAULT}${TEN}interface FastEthernet0/1\n standby 1 ip 192.0.2.3\n`,
    honest: ['192.0.2.35', '10.1.1.1'],
    forged: ['198.51.100.9'],
  },
  {
    title: 'places the hosts behind translation by the routes',
    lines: `${DEFAULT}ip nat inside source static 192.0.2.35 203.0.113.35\ninterface FastEthernet0/0\n ip nat outside\ninterface FastEthernet0/1\n ip nat inside\n`,
    honest: ['8.8.8.8'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'but none where outer sources are translated, whose addresses may be those of inner ones',
    lines: `${DEFAULT}ip nat outside source static 192.0.2.35 10.7.7.7\ninterface FastEthernet0/0\n ip nat outside\ninterface FastEthernet0/1\n ip nat inside\n`,
    honest: ['8.8.8.8', '192.0.2.35'],
    forged: ['127.0.0.1'],
  },
  {
    title: 'places none where a route-map chooses the way',
    lines: `${DEFAULT}interface FastEthernet0/2\n ip policy route-map ELSEWHERE\n`,
    honest: ['192.0.2.35'],
    forged: ['0.0.0.0'],
  },
  {
    title: 'places none where there is more than one table',
    lines: `${DEFAULT}ip vrf BLUE\n rd 1:1\ninterface FastEthernet0/3\n ip vrf forwarding BLUE\n ip address 192.0.2.1 255.255.255.0\n`,
    honest: ['192.0.2.35'],
    forged: ['255.255.255.255'],
  },
  {
    title: 'asks no check of sources: what one drops is not delivered',
    lines: `${DEFAULT}interface FastEthernet0/0\n ip verify unicast source reachable-via any\n`,
    honest: ['8.8.8.8'],
    forged: ['192.0.2.35'],
  },
  {
    title: 'takes addresses that no host has for forged, class E apart',
    lines: '',
    honest: ['240.0.0.1', '126.0.0.1', '1.0.0.0', '223.255.255.255'],
    forged: ['0.0.0.0', '0.255.255.255', '127.0.0.1', '224.0.0.5', '239.255.255.255', '255.255.255.255'],
  },
];

describe('who may honestly speak at an interface', () => {
  for (const { title, lines, honest, forged, at = 'FastEthernet0/0', strangers = true } of rows)
    it(title, () => {
      const { all } = sourcesAt(`${GW}${lines}end\n`, at, strangers);
      const asked = [...honest, ...forged];
      const found = asked.filter((address) => all.has(parseIpv4(address)!));
      expect(found).to.deep.equal(honest);
    });

  it('is what a slow search says address by address, and so is the way back', () => {
    const addresses = fc.oneof(fc.constantFrom(...HOSTS), fc.nat(2 ** 32 - 1));
    fc.assert(
      fc.property(
        someNetwork,
        fc.boolean(),
        fc.array(addresses, { minLength: 10, maxLength: 20 }),
        ([outer], strangers, some) => {
          const text = configOf(outer!);
          for (const entered of outer!.interfaces.filter((i) => !i.shutdown)) {
            const { all, byWayBack } = sourcesAt(text, entered.name, strangers);
            const parts = all.partsOf(ANY_ADDRESS);
            for (const address of some.map(toIpv4)) {
              const honest = mayBeHonest(outer!, entered, address, strangers);
              const found = {
                honest: all.has(address),
                parts: parts.filter((p) => patternContains(p, address)).length,
                back: [...byWayBack].flatMap(([out, r]) => (r.has(address) ? [out?.name] : [])),
              };
              const expected = {
                honest,
                parts: honest ? 1 : 0,
                back: honest ? backTo(outer!, entered, address) : [],
              };
              found.back.sort();
              if (!isDeepStrictEqual(found, expected))
                expect(found, `${formatIpv4(address)} at ${entered.name}\n${text}`).to.deep.equal(expected);
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

/** By which interfaces answers may leave, those that a route drops apart. */
function backTo(router: SlowRouter, entered: SlowInterface, address: number): readonly string[] {
  const ways = choices(router, address);
  const outs = ways.length === 0 ? [entered] : ways.flatMap((way) => (way === null ? [] : [way.out]));
  return [...new Set(outs.map((out) => out.name))].sort();
}
