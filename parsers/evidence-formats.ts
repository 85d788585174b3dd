import type { EvidenceFormat } from './evidence-parts.ts';
import { masscanJsonFormat } from './masscan-json.ts';
import { netstatFormat } from './netstat.ts';
import { nmapGrepableFormat } from './nmap-grepable.ts';
import { nmapNormalFormat } from './nmap-normal.ts';
import { nmapXmlFormat } from './nmap-xml.ts';
import { accessListLogFormat, showAccessListsFormat, showIpInterfaceFormat } from './router-evidence.ts';
import { sessionLogFormat } from './session-log.ts';
import { ssFormat } from './ss.ts';

/** Every foreign format that `import` reads, in the order in which they are tried. */
export const EVIDENCE_FORMATS: readonly EvidenceFormat[] = [
  nmapXmlFormat,
  masscanJsonFormat,
  nmapGrepableFormat,
  nmapNormalFormat,
  netstatFormat,
  ssFormat,
  sessionLogFormat,
  accessListLogFormat,
  showIpInterfaceFormat,
  showAccessListsFormat,
];

/** The format of a text, told by what it holds and never by its name; undefined when none fits. */
export const detectFormat = (text: string): EvidenceFormat | undefined =>
  EVIDENCE_FORMATS.find((format) => format.recognises(text));

export const findFormat = (id: string): EvidenceFormat | undefined =>
  EVIDENCE_FORMATS.find((format) => format.id === id);
