import type { AceCondition, AceMatch, TcpFlagMatch, TosMatch } from '../../src/model/access-list.ts';
import { Failure, type Statement } from './statement.ts';

/** What stands after the destination of an extended entry, gathered in any order. */
export interface AceOptions {
  icmp?: { type: number; code: number | null };
  igmpType?: number;
  tcpFlags?: TcpFlagMatch;
  tos?: TosMatch[];
  ttl?: NonNullable<AceMatch['ttl']>;
  option?: string;
  fragments?: boolean;
  conditions: AceCondition[];
  log: null | { kind: 'log' | 'log-input'; cookie: string | null };
}

export const twice = (s: Statement, at: number): Failure =>
  new Failure('invalid', `\`${s.words.all[at]}\` repeats what the line already says`, at);
