import { link, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type KeptAudit, parseAuditRecord } from '../../parsers/audit-record.ts';
import type { AuditReport } from '../../reports/report.ts';
import { formatDiagnostic } from '../diagnostics/diagnostic.ts';
import { lastScan } from '../model/history.ts';
import { readInput } from './files.ts';
import { reasonOf } from './reason-of.ts';
import { TOOL_VERSION } from './tool-version.ts';
import { UsageError, type World } from './world.ts';

export interface StoredAudit extends KeptAudit {
  readonly file: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** `2004-04-10T18-00-00.000Z.json`, with `-2` and so on where two audits end in the same millisecond. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z(?:-\d+)?\.json$/;

export const toRecord = (world: World, report: AuditReport): KeptAudit => ({
  schema: 'aclscope/audit-record/1',
  site: report.result.site,
  at: report.header.generated ?? world.now().toISOString(),
  scanned: lastScan(report.result.evidence),
  toolVersion: TOOL_VERSION,
  summary: report.result.summary,
  findings: report.result.findings,
});

/** Makes the folder where it is missing, so that the first audit of a site needs no preparation. */
export async function openHistory(world: World, folder: string): Promise<void> {
  try {
    await mkdir(resolve(world.cwd, folder), { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot make the history folder ${folder}: ${reasonOf(error)}`);
  }
}

/** Adds one audit and gives its file's name. Whole or not at all, and never in place of an earlier one. */
export async function keepAudit(world: World, folder: string, record: KeptAudit): Promise<string> {
  const path = resolve(world.cwd, folder);
  const stem = record.at.replaceAll(':', '-');
  const draft = join(path, `.${stem}.${process.pid}.part`);
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? '' : `-${number}`}.json`;
      try {
        // A link fails where the name is taken; a rename would replace what stands there.
        await link(draft, join(path, name));
        return join(folder, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw new UsageError(`cannot keep the audit in ${folder}: ${reasonOf(error)}`);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/**
 * The audits of a folder, oldest first; other files are none of ours. One that cannot be read is refused by name: a
 * trend with a hole in it would be a wrong one.
 */
export async function readHistory(world: World, folder: string): Promise<readonly StoredAudit[]> {
  let names: readonly string[];
  try {
    names = await readdir(resolve(world.cwd, folder));
  } catch (error) {
    throw new UsageError(`cannot read the history folder ${folder}: ${reasonOf(error)}`);
  }
  const audits: StoredAudit[] = [];
  for (const name of names.filter((n) => NAME.test(n)).sort())
    audits.push(await readAudit(world, join(folder, name)));
  return audits.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

async function readAudit(world: World, file: string): Promise<StoredAudit> {
  const input = await readInput(world, file, 'kept audit');
  const { value, diagnostics } = parseAuditRecord(input.text, input.name);
  if (value === undefined) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  return { ...value, file: input.name, sha256: input.sha256 };
}

/** What to compare with: a file, or the last audit of the site in a folder. Null when the folder has none yet. */
export async function readBaseline(world: World, name: string, site: string): Promise<KeptAudit | null> {
  const folder = await stat(resolve(world.cwd, name)).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (folder) return (await readHistory(world, name)).findLast((a) => a.site === site) ?? null;
  const audit = await readAudit(world, name);
  if (audit.site !== site)
    throw new UsageError(
      `${name} is an audit of site "${audit.site}", not of "${site}"`,
      'give an audit of this site as the baseline',
    );
  return audit;
}
