export interface IcmpName {
  readonly type: number;
  readonly code: number | null;
}

type Row = readonly [name: string, type: number, code: number | null];

export const ICMP_NAMES: readonly Row[] = [
  ['echo-reply', 0, null],
  ['unreachable', 3, null],
  ['source-quench', 4, null],
  ['redirect', 5, null],
  ['alternate-address', 6, null],
  ['echo', 8, null],
  ['router-advertisement', 9, null],
  ['router-solicitation', 10, null],
  ['time-exceeded', 11, null],
  ['parameter-problem', 12, null],
  ['timestamp-request', 13, null],
  ['timestamp-reply', 14, null],
  ['information-request', 15, null],
  ['information-reply', 16, null],
  ['mask-request', 17, null],
  ['mask-reply', 18, null],
  ['traceroute', 30, null],
  ['conversion-error', 31, null],
  ['mobile-redirect', 32, null],
  ['net-unreachable', 3, 0],
  ['host-unreachable', 3, 1],
  ['protocol-unreachable', 3, 2],
  ['port-unreachable', 3, 3],
  ['packet-too-big', 3, 4],
  ['source-route-failed', 3, 5],
  ['network-unknown', 3, 6],
  ['host-unknown', 3, 7],
  ['host-isolated', 3, 8],
  ['dod-net-prohibited', 3, 9],
  ['dod-host-prohibited', 3, 10],
  ['net-tos-unreachable', 3, 11],
  ['host-tos-unreachable', 3, 12],
  ['administratively-prohibited', 3, 13],
  ['host-precedence-unreachable', 3, 14],
  ['precedence-unreachable', 3, 15],
  ['net-redirect', 5, 0],
  ['host-redirect', 5, 1],
  ['net-tos-redirect', 5, 2],
  ['host-tos-redirect', 5, 3],
  ['ttl-exceeded', 11, 0],
  ['reassembly-timeout', 11, 1],
  ['general-parameter-problem', 12, 0],
  ['option-missing', 12, 1],
  ['no-room-for-option', 12, 2],
];

const byNumber = new Map(ICMP_NAMES.map(([name, type, code]) => [`${type} ${code ?? ''}`, name]));

export const icmpNameOf = (type: number, code: number | null): string | undefined =>
  byNumber.get(`${type} ${code ?? ''}`);
