import type { Check } from '../check.ts';
import { backupsRestored } from './backups-restored.ts';
import { changeLogKept } from './change-log-kept.ts';
import { consoleRootOnly } from './console-root-only.ts';
import { currentVersions } from './current-versions.ts';
import { fileLines } from './file-lines.ts';
import { listeningServices } from './listening-services.ts';
import { logsMonitored } from './logs-monitored.ts';
import { outsideExposure } from './outside-exposure.ts';
import { pendingPatches } from './pending-patches.ts';
import { regularScans } from './regular-scans.ts';
import { remoteSyslog } from './remote-syslog.ts';
import { scanDetection } from './scan-detection.ts';
import { sendmailRemoved } from './sendmail-removed.ts';
import { shadowPasswords } from './shadow-passwords.ts';
import { smtpFromFilter } from './smtp-from-filter.ts';
import { sshKeysOnly } from './ssh-keys-only.ts';
import { superServerServices } from './super-server-services.ts';
import { timeSynchronised } from './time-synchronised.ts';
import { userShells } from './user-shells.ts';
import { writtenPolicy } from './written-policy.ts';

/** Every check that an item may name. A new one is one file and one line here. */
export const CHECKS: readonly Check[] = [
  pendingPatches,
  sshKeysOnly,
  remoteSyslog,
  superServerServices,
  smtpFromFilter,
  userShells,
  shadowPasswords,
  consoleRootOnly,
  scanDetection,
  sendmailRemoved,
  changeLogKept,
  outsideExposure,
  listeningServices,
  backupsRestored,
  logsMonitored,
  regularScans,
  currentVersions,
  writtenPolicy,
  timeSynchronised,
  fileLines,
];

export const checkById = (id: string): Check | undefined => CHECKS.find((c) => c.id === id);
