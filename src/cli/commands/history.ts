import { parseSite } from '../../../parsers/site.ts';
import { formatDiagnostic } from '../../diagnostics/diagnostic.ts';
import { tellHistory } from '../../exposure/history.ts';
import type { Site } from '../../model/site.ts';
import { type InputFile, readInput } from '../files.ts';
import { readHistory, type StoredAudit } from '../history-store.ts';
import { chosenFormat, header, type OutputOptions, writeReport } from '../report-output.ts';
import { CONFORMS, DIFFERS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export interface HistoryOptions extends OutputOptions {
  readonly site?: string | undefined;
}

/** The trend over the kept audits of one site, and whether the promised interval between scans was kept. */
export async function history(world: World, folder: string, options: HistoryOptions): Promise<ExitCode> {
  chosenFormat('history', options.format);
  const stated = options.site === undefined ? null : await readSiteAlone(world, options.site);
  const all = await readHistory(world, folder);
  const site = stated?.site.name ?? soleSite(all, folder);
  const audits = all.filter((a) => a.site === site);
  const now = world.now();
  const result = tellHistory(site, audits, {
    days: stated?.site.scanIntervalDays ?? null,
    until: now.toISOString(),
  });
  const unjudged = stated?.site.scanIntervalDays != null && result.interval === null;
  await writeReport(
    world,
    {
      kind: 'history',
      header: header(
        `History of ${site}`,
        [
          ...(stated
            ? [{ role: 'site' as const, file: stated.input.name, sha256: stated.input.sha256 }]
            : []),
          ...audits.map((a) => ({ role: 'evidence' as const, file: a.file, sha256: a.sha256 })),
        ],
        now,
      ),
      diagnostics: [],
      assumptions:
        stated === null
          ? []
          : stated.site.scanIntervalDays === null
            ? ['the site file promises no days between scans (scanIntervalDays)']
            : unjudged
              ? ['no kept audit judged a scan whose time is known: the promised interval is not judged']
              : [],
      result,
    },
    options,
  );
  if (audits.length === 0 || unjudged) return INCOMPLETE;
  return result.interval?.kept === false ? DIFFERS : CONFORMS;
}

/** The site file without its configs: a trend asks nothing of them. */
async function readSiteAlone(
  world: World,
  name: string,
): Promise<{ readonly input: InputFile; readonly site: Site }> {
  const input = await readInput(world, name, 'site file');
  const { value: site, diagnostics } = parseSite(input.text, input.name);
  if (site === null) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  return { input, site };
}

function soleSite(audits: readonly StoredAudit[], folder: string): string {
  const names = [...new Set(audits.map((a) => a.site))];
  if (names.length > 1)
    throw new UsageError(
      `${folder} holds audits of ${names.map((n) => `"${n}"`).join(', ')}`,
      'say which with --site SITE, the site file',
    );
  return names[0] ?? folder;
}
