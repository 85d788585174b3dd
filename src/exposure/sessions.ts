import { hostPattern, parseIpv4 } from '../model/address.ts';
import type { AuditFinding } from '../model/audit.ts';
import type { LoggedSession } from '../model/evidence.ts';
import type { Target, Vantage } from '../model/site.ts';
import { followFrom } from '../router/ingress.ts';
import { causeOf, type PathPiece } from '../router/walk.ts';
import { requestBox } from './intended.ts';
import type { AuditInput, EvidenceFile } from './sightings.ts';
import { viewerOf } from './viewer.ts';

/**
 * Sessions in the host's own log whose sources the lists deny at the interface where the evidence's vantage enters.
 * A session happened, so its packets passed: another interface, a list that is not enforced, or rewritten addresses.
 */
export function findDeniedSessions(input: AuditInput): readonly AuditFinding[] {
  return input.evidence.flatMap((file) => {
    const vantage = input.site.vantages.get(file.evidence.vantage);
    const target = targetOf(input, file);
    return vantage && target && file.evidence.sessions.length > 0
      ? deniedSessions(input, file, vantage, target)
      : [];
  });
}

function targetOf(input: AuditInput, file: EvidenceFile): Target | undefined {
  const named = file.evidence.targets.find((t) => t.target !== null)?.target;
  if (named) return input.site.targets.get(named);
  return input.site.targets.size === 1 ? [...input.site.targets.values()][0] : undefined;
}

function deniedSessions(
  input: AuditInput,
  file: EvidenceFile,
  vantage: Vantage,
  target: Target,
): readonly AuditFinding[] {
  const { ingress, ownSegment } = viewerOf(input.network, vantage, target);
  if (ownSegment || ingress.kind !== 'enters') return [];
  const groups = new Map<string, { piece: PathPiece; sessions: LoggedSession[] }>();
  for (const session of file.evidence.sessions) {
    const source = parseIpv4(session.source);
    if (source === undefined) continue;
    const box = requestBox(session.protocol, hostPattern(source), hostPattern(target.address), [
      [session.port, session.port],
    ]);
    const pieces = followFrom(input.network, ingress, [box], {
      egress: null,
      replyTo: null,
    });
    const [piece] = pieces;
    if (!piece || !pieces.every((p) => p.verdict === 'deny')) continue;
    const key = `${session.protocol}/${session.port} ${JSON.stringify(piece.decidedBy)} ${causeOf(piece)}`;
    const group = groups.get(key) ?? { piece, sessions: [] };
    group.sessions.push(session);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ piece, sessions }) => toFinding(file, vantage, target, piece, sessions));
}

function toFinding(
  file: EvidenceFile,
  vantage: Vantage,
  target: Target,
  piece: PathPiece,
  sessions: readonly LoggedSession[],
): AuditFinding {
  const first = sessions[0]!;
  const sources = [...new Set(sessions.map((s) => s.source))];
  const shown = `${sources.slice(0, 3).join(', ')}${sources.length > 3 ? ` and ${sources.length - 3} more` : ''}`;
  const { decidedBy } = piece;
  const line = decidedBy !== null && 'line' in decidedBy ? decidedBy : null;
  const cause = causeOf(piece);
  const denial =
    cause === null
      ? `sources that ${line ? `line ${line.line} (${line.text.trim()})` : 'the list'} denies: they came by another interface, the list is not enforced, or addresses were rewritten`
      : `though ${cause}: they came by another way, or addresses were rewritten`;
  return {
    kind: 'session-despite-deny',
    severity: 'high',
    message:
      `${file.file} logs ${sessions.length} session${sessions.length === 1 ? '' : 's'} on ${first.protocol}/${first.port} of ${target.name} from ${shown} ` +
      `(log line ${first.line}${sessions.length > 1 ? ' and others' : ''}), ${denial}`,
    line,
    observations: [],
    vantage: vantage.name,
    target: target.name,
    ports: [[first.port, first.port]],
    mend:
      cause === null
        ? 'find by which interface these sources arrive, and bind a list there'
        : 'find by which way these sources arrive, and what lets them in there',
    waived: null,
  };
}
