import { coverWithin } from '../../acl/decide.ts';
import { makeBox } from '../../headerspace/box.ts';
import { freeBits, hostPattern } from '../../model/address.ts';
import type { LintFinding } from '../../model/finding.ts';
import { SYN, TCP } from '../../model/packet.ts';
import { intersectRanges } from '../../model/ports.ts';
import type { TerminalLine } from '../../model/router-config.ts';
import { acesOf, type LintContext } from '../lint-context.ts';
import { isAnyPattern, limited, servicesOf, sourcePatterns } from './ace-parts.ts';
import { finding } from './finding-parts.ts';

/** An access-class that stops nobody is none. */
const letsEverybodyLogIn = ({ config, lists }: LintContext, acl: string): boolean =>
  lists
    .filter((list) => list.acl.name === acl)
    .some((list) =>
      acesOf(list.acl).some(
        (ace) =>
          ace.action === 'permit' &&
          sourcePatterns(config, ace).some(isAnyPattern) &&
          servicesOf(config, ace).some(
            (s) =>
              (s.protocols?.includes(TCP) ?? true) &&
              (!limited(s.destinationPorts) || intersectRanges(s.destinationPorts, [[22, 23]]).length > 0),
          ) &&
          list.isLive(ace),
      ),
    );

/** Terminal lines without an access-class: what protects them is the lists of the interfaces alone, if anything. */
export function openTerminal(context: LintContext, line: TerminalLine): readonly LintFinding[] {
  const access = line.accessClassIn;
  if (line.kind !== 'vty' || (access !== null && !letsEverybodyLogIn(context, access.acl))) return [];
  if (
    line.transportInput !== null &&
    (line.transportInput.length === 0 || line.transportInput.includes('none'))
  )
    return [];
  const exposed = openToStrangers(context);
  return [
    finding(
      'management-exposed',
      exposed === 'yes' ? 'critical' : exposed === 'unknown' ? 'high' : 'medium',
      {
        span: access?.span ?? line.span,
        message: `line vty ${line.first} ${line.last} has ${access === null ? 'no access-class' : `access-class ${access.acl}, which permits any source`}: ${
          exposed === 'no'
            ? 'every source that the interface lists let through may try to log in'
            : exposed === 'yes'
              ? 'anybody outside may try to log in'
              : 'whoever reaches the router may try to log in'
        }`,
      },
    ),
  ];
}

function openToStrangers(context: LintContext): 'yes' | 'no' | 'unknown' {
  const outside = [...context.config.interfaces.values()].filter(
    (i) => context.facing.outside.has(i.name) && !i.shutdown,
  );
  if (outside.length === 0) return 'unknown';
  const logins = context.territory.own.map((own) =>
    makeBox({
      protocol: TCP,
      destination: hostPattern(own.address),
      destinationPorts: [[22, 23]],
      tcpFlags: { exactly: SYN },
      fragments: 'whole',
    }),
  );
  return outside.some((i) => {
    if (i.bindings.in === null) return true;
    const list = context.router.list(i.bindings.in.acl, i.bindings.in.common, 'unsolicited');
    return coverWithin(list, logins).some((p) => p.verdict !== 'deny' && freeBits(p.box.source) >= 24);
  })
    ? 'yes'
    : 'no';
}
