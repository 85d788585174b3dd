import { formatIpv4 } from '../src/model/address.ts';
import type { DecidedBy } from '../src/model/finding.ts';
import { hasPorts, ICMP, IGMP, type Packet, TCP } from '../src/model/packet.ts';
import type { Ranges } from '../src/model/ports.ts';
import type { ChangedSpace } from '../src/model/review.ts';
import { jsonText, SharedTexts } from './shared-lists.ts';
import { describeFlags } from './wording.ts';

/**
 * Spaces as JSON texts, field by field what `jsonSpace` makes of them: of a hundred thousand spaces, objects for each
 * field take as long to make and to clear away as all else of the document. A test holds the two against each other.
 *
 * @param line an end of line and the indent of a space.
 */
export function writeSpaces(spaces: readonly ChangedSpace[], line: string): readonly string[] {
  const writer = new SpaceWriter(line);
  return spaces.map((space) => writer.write(space));
}

class SpaceWriter {
  /** Ends of lines with the indents of a space, its fields, and what these hold. */
  private readonly line: string;
  private readonly field: string;
  private readonly inner: string;
  private readonly innermost: string;
  private readonly lists = new SharedTexts();
  /** Texts and deciding lines that thousands of spaces share. */
  private readonly texts = new Map<string, string>();
  private readonly deciders = new Map<DecidedBy, string>();

  constructor(line: string) {
    this.line = line;
    this.field = `${line}  `;
    this.inner = `${line}    `;
    this.innermost = `${line}      `;
  }

  write(s: ChangedSpace): string {
    const { field } = this;
    const flags = s.tcpFlags === null ? 'null' : this.text(s.tcpFlags);
    // Patterns and counts are digits, dots and blanks.
    return `{${field}"interface": ${this.text(s.interface)},${field}"direction": "${s.direction}",${field}"protocol": ${
      s.protocol === 'ip' ? '"ip"' : s.protocol
    },${field}"source": "${s.source}",${field}"destination": "${s.destination}",${field}"sourcePorts": ${this.ports(
      s.sourcePorts,
    )},${field}"destinationPorts": ${this.ports(s.destinationPorts)},${field}"tcpFlags": ${flags},${field}"icmp": ${this.icmp(
      s.icmp,
      this.inner,
      field,
    )}${this.seldom(s)},${field}"packets": "${s.packets}"${
      s.atLeast === undefined ? '' : `,${field}"atLeast": ${s.atLeast}`
    },${field}"before": ${this.decider(s.before)},${field}"after": ${this.decider(s.after)},${field}"witness": ${this.witness(
      s.witness,
    )}${this.line}}`;
  }

  /** The fields that most spaces do not have. */
  private seldom({ protocols, sources, destinations, condition }: ChangedSpace): string {
    const { field } = this;
    let text = '';
    if (protocols !== undefined) text += `,${field}"protocols": ${this.ports(protocols)}`;
    if (sources !== undefined) text += `,${field}"sources": ${this.list(sources)}`;
    if (destinations !== undefined) text += `,${field}"destinations": ${this.list(destinations)}`;
    if (condition !== undefined) text += `,${field}"condition": ${this.text(condition)}`;
    return text;
  }

  private list(texts: readonly string[]): string {
    return texts.length === 0 ? '[]' : `[${this.inner}${this.lists.of(texts, this.inner)}${this.field}]`;
  }

  private ports(ranges: Ranges | null): string {
    if (ranges === null) return 'null';
    if (ranges.length === 0) return '[]';
    const { field, inner, innermost } = this;
    let text = '[';
    for (const [lo, hi] of ranges)
      text += `${text === '[' ? '' : ','}${inner}[${innermost}${lo},${innermost}${hi}${inner}]`;
    return `${text}${field}]`;
  }

  private icmp(asked: ChangedSpace['icmp'], line: string, end: string): string {
    return asked === null ? 'null' : `{${line}"type": ${asked.type},${line}"code": ${asked.code}${end}}`;
  }

  private decider(by: DecidedBy): string {
    if (by === null) return 'null';
    let text = this.deciders.get(by);
    if (text === undefined) {
      const { field, inner } = this;
      text =
        'implicitDeny' in by
          ? `{${inner}"implicitDeny": true,${inner}"acl": ${jsonText(by.acl)}${field}}`
          : `{${inner}"file": ${this.text(by.file)},${inner}"line": ${by.line},${inner}"text": ${jsonText(by.text)}${field}}`;
      this.deciders.set(by, text);
    }
    return text;
  }

  private witness(p: Packet): string {
    const { inner } = this;
    const whole = !p.nonInitialFragment;
    const ports = whole && hasPorts(p.protocol);
    const icmp = whole && p.protocol === ICMP ? { type: p.icmpType, code: p.icmpCode } : null;
    return `{${inner}"source": "${formatIpv4(p.source)}",${inner}"destination": "${formatIpv4(
      p.destination,
    )}",${inner}"protocol": ${p.protocol},${inner}"sourcePort": ${ports ? p.sourcePort : null},${inner}"destinationPort": ${
      ports ? p.destinationPort : null
    },${inner}"tcpFlags": ${
      whole && p.protocol === TCP ? this.text(describeFlags(p.tcpFlags)) : null
    },${inner}"icmp": ${this.icmp(icmp, this.innermost, inner)},${inner}"igmpType": ${
      whole && p.protocol === IGMP ? p.igmpType : null
    },${inner}"nonInitialFragment": ${p.nonInitialFragment},${inner}"tos": ${p.tosByte},${inner}"ttl": ${p.ttl}${this.field}}`;
  }

  private text(text: string): string {
    let written = this.texts.get(text);
    if (written === undefined) {
      written = jsonText(text);
      this.texts.set(text, written);
    }
    return written;
  }
}
