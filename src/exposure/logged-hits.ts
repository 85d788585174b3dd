import { coverWithin, type Piece } from '../acl/decide.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import type { MatchingEntry } from '../model/access-list.ts';
import { hostPattern, parseIpv4 } from '../model/address.ts';
import type { AuditFinding } from '../model/audit.ts';
import type { RouterEvidence } from '../model/evidence.ts';
import { hasPorts } from '../model/packet.ts';
import type { Router } from '../router/network.ts';
import { plainFinding } from './plain-finding.ts';
import type { AuditInput, EvidenceFile } from './sightings.ts';

type Logged = RouterEvidence['logged'][number];

interface LoggedAt {
  readonly router: Router;
  readonly file: string;
  readonly logged: Logged;
  /** What the list's text does to every packet that the message may be about. */
  readonly pieces: readonly Piece[];
}

/** A message names neither flags nor, here, the source port: it stands for all packets that fit it. */
function packetsOf(logged: Logged): Box | null {
  const source = parseIpv4(logged.source);
  const destination = logged.destination === null ? undefined : parseIpv4(logged.destination);
  if (source === undefined) return null;
  const protocol = logged.protocol;
  const port = logged.destinationPort;
  return makeBox({
    source: hostPattern(source),
    ...(destination === undefined ? {} : { destination: hostPattern(destination) }),
    ...(protocol === null ? {} : { protocol }),
    // Port 0 means that the list did not look at ports.
    ...(protocol !== null && hasPorts(protocol) && port ? { destinationPorts: [[port, port]] } : {}),
  });
}

/** Every logged packet held against the text of the list that logged it. Lists of one name on two routers tell nothing apart. */
function readLog(routers: readonly Router[], evidence: readonly EvidenceFile[]): readonly LoggedAt[] {
  return evidence.flatMap(({ file, evidence: e }) =>
    (e.router?.logged ?? []).flatMap((logged) => {
      const holders = routers.filter((r) => r.config.acls.has(logged.list));
      const [router] = holders;
      const box = packetsOf(logged);
      if (holders.length !== 1 || router === undefined || box === null) return [];
      return [
        {
          router,
          file,
          logged,
          pieces: coverWithin(router.list(logged.list, undefined, 'unsolicited'), [box]),
        },
      ];
    }),
  );
}

export interface LoggedHits {
  readonly packets: number;
  readonly file: string;
}

/** Logged packets per entry, where the text leaves only one entry that can have logged them. */
export function loggedHits(
  routers: readonly Router[],
  evidence: readonly EvidenceFile[],
): ReadonlyMap<MatchingEntry, LoggedHits> {
  const hits = new Map<MatchingEntry, LoggedHits>();
  for (const { pieces, logged, file } of readLog(routers, evidence)) {
    const deciders = new Set(pieces.map((p) => p.decidedBy));
    const [entry] = deciders;
    if (deciders.size !== 1 || !entry || entry === 'implicit-deny') continue;
    if (entry.kind !== 'ace' || entry.action !== logged.action) continue;
    hits.set(entry, { packets: (hits.get(entry)?.packets ?? 0) + logged.packets, file });
  }
  return hits;
}

/** What the log says the list did, and the list's text never does: the device runs another list than this text. */
export function findLogContradictions(input: AuditInput): readonly AuditFinding[] {
  const found = new Map<string, { readonly first: LoggedAt; count: number }>();
  for (const at of readLog(input.network.routers, input.evidence)) {
    const { pieces, logged } = at;
    if (pieces.some((p) => p.verdict === 'undetermined' || p.verdict === logged.action)) continue;
    const key = JSON.stringify([at.file, logged.list, logged.action, lineOf(at)]);
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { first: at, count: 1 });
  }
  return [...found.values()].map(({ first, count }) => toFinding(first, count));
}

function lineOf({ pieces }: LoggedAt): AuditFinding['line'] {
  const entry = pieces[0]?.decidedBy;
  return entry && entry !== 'implicit-deny' ? toConfigLine(entry.span) : null;
}

function toFinding(at: LoggedAt, count: number): AuditFinding {
  const { logged, file } = at;
  const line = lineOf(at);
  const to = logged.destination === null ? '' : ` to ${logged.destination}`;
  const port = logged.destinationPort ? ` port ${logged.destinationPort}` : '';
  const text = logged.action === 'deny' ? 'permits' : 'denies';
  return {
    ...plainFinding(
      'log-contradicts-list',
      'high',
      `${file}:${logged.line}: the router logged that list ${logged.list} ${logged.action === 'deny' ? 'denied' : 'permitted'} ${logged.source}${to}${port}${count > 1 ? ` (and ${count - 1} more like it)` : ''}, which ${line ? `line ${line.line} of this text` : 'the end of this list'} ${text}: the device runs another list`,
      'fetch the running configuration and the log again: one of them is of another time',
    ),
    line,
  };
}
