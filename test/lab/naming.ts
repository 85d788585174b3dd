import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The lab's network namespaces. `outside` and `segment` are switches, the others are hosts or routers. */
export const places = [
  'router',
  'isp',
  'internet',
  'mailfilter',
  'admin',
  'outside',
  'segment',
  'friend',
  'giant',
] as const;
export type Place = (typeof places)[number];

/** Where a scanner can stand. */
export type LabVantage = 'internet' | 'mailfilter' | 'admin' | 'friend';

const labName = /^acllab-[0-9a-f]{6}$/;
const namespaceName = /^(acllab-[0-9a-f]{6})-([a-z]+)$/;

export function newLabName(): string {
  return `acllab-${randomBytes(3).toString('hex')}`;
}

export function isLabName(name: string): boolean {
  return labName.test(name);
}

export function namespaceOf(lab: string, place: Place): string {
  return `${lab}-${place}`;
}

/** The lab that a namespace belongs to; null for a namespace that no lab made. */
export function labOfNamespace(namespace: string): string | null {
  const match = namespaceName.exec(namespace);
  return match && (places as readonly string[]).includes(match[2]!) ? match[1]! : null;
}

/** Holds the lab's configs, keys, logs and its state file; removed with it. */
export function labFolder(lab: string): string {
  return join(tmpdir(), lab);
}
