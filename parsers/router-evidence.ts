import { entryIdentity } from '../src/model/ace-identity.ts';
import { formatIpv4 } from '../src/model/address.ts';
import type { RouterEvidence } from '../src/model/evidence.ts';
import { parseAccessListLog } from './cisco-ios/access-list-log.ts';
import { parseShowAccessLists } from './cisco-ios/show-access-lists.ts';
import { parseShowIpInterface } from './cisco-ios/show-ip-interface.ts';
import type { EvidenceFormat, EvidenceParts } from './evidence-parts.ts';

const NOTHING: RouterEvidence = { counters: [], logged: [], interfaces: [] };

const partsOf = (router: RouterEvidence, note: string): EvidenceParts => ({
  targets: [],
  listeners: [],
  router,
  tool: 'Cisco IOS',
  command: null,
  started: null,
  ended: null,
  completeness: { kind: 'complete' },
  notes: [note],
});

/** Counters per line: a permit with matches is live. The implicit deny is not counted, and hardware undercounts. */
export const showAccessListsFormat: EvidenceFormat = {
  id: 'show-access-lists',
  description: "a router's `show access-lists`, with match counts",
  example: 'Extended IP access list 150',
  recognises: (text) => /^\s*(?:Standard|Extended) IP access list \S/m.test(text.slice(0, 65_536)),
  parse: (text, file) => {
    const { value, diagnostics } = parseShowAccessLists(text, file);
    const counters = value.flatMap((acl) =>
      acl.entries.flatMap((e) =>
        e.kind === 'ace'
          ? [{ acl: acl.name, identity: entryIdentity(e), text: e.span.text.trim(), hits: e.hits ?? 0 }]
          : [],
      ),
    );
    return { value: partsOf({ ...NOTHING, counters }, `${counters.length} counted lines`), diagnostics };
  },
};

/** Which list is really bound where. */
export const showIpInterfaceFormat: EvidenceFormat = {
  id: 'show-ip-interface',
  description: "a router's `show ip interface`",
  example: '  Inbound  access list is 150',
  recognises: (text) => /^\s*(?:Inbound|Outgoing)\s+(?:Common )?access list\b/m.test(text.slice(0, 262_144)),
  parse: (text, file) => {
    const { value, diagnostics } = parseShowIpInterface(text, file);
    const interfaces = value.map(({ name, inbound, outbound }) => ({ name, inbound, outbound }));
    return { value: partsOf({ ...NOTHING, interfaces }, `${interfaces.length} interfaces`), diagnostics };
  },
};

/** Packets that lines with `log` reported. A missing message proves nothing: the device limits them. */
export const accessListLogFormat: EvidenceFormat = {
  id: 'access-list-log',
  description: "a router's access-list log (IPACCESSLOG messages)",
  example: '%SEC-6-IPACCESSLOGP: list 150 denied tcp 203.0.113.77(49152) -> 192.168.2.35(25), 1 packet',
  recognises: (text) => /ACCESSLOG(?:P|DP|NP|RP|SP|S|RL)?: /.test(text.slice(0, 262_144)),
  parse: (text, file) => {
    const { value, diagnostics } = parseAccessListLog(text, file);
    const logged = value.packets.map((p) => ({
      list: p.list,
      action: p.action,
      protocol: p.protocol,
      source: formatIpv4(p.source),
      destination: p.destination === null ? null : formatIpv4(p.destination),
      destinationPort: p.destinationPort,
      packets: p.packets,
      at: p.at,
      line: p.span.line,
    }));
    const missed = value.missed > 0 ? `; the device says it left out ${value.missed} more packets` : '';
    return { value: partsOf({ ...NOTHING, logged }, `${logged.length} logged flows${missed}`), diagnostics };
  },
};
