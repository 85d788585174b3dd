import type { TcpRule } from '../model/host.ts';

export interface TcpRuleDecision {
  readonly action: 'allow' | 'deny';
  /** null: no rule fits, and tcpserver then lets in. */
  readonly rule: TcpRule | null;
}

/** The first record of an address is the one that a constant database gives. */
export function rulesByAddress(rules: readonly TcpRule[]): ReadonlyMap<string, TcpRule> {
  const byAddress = new Map<string, TcpRule>();
  for (const rule of rules) if (!byAddress.has(rule.address)) byAddress.set(rule.address, rule);
  return byAddress;
}

/** tcpserver's order for a client without name and ident: the address, its prefixes from long to short, the empty rule. */
export function decideTcpAccess(rules: ReadonlyMap<string, TcpRule>, address: string): TcpRuleDecision {
  const keys = [address];
  for (let end = address.length; end > 0; end--)
    if (address[end - 1] === '.') keys.push(address.slice(0, end));
  keys.push('');
  for (const key of keys) {
    const rule = rules.get(key);
    if (rule !== undefined) return { action: rule.action, rule };
  }
  return { action: 'allow', rule: null };
}
