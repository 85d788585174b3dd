import { parseIpv4 } from '../../src/model/address.ts';
import type { AuditFlow } from '../../src/model/audit.ts';
import { toRanges } from '../../src/model/ports.ts';
import type { DrawnInterface, NetworkPicture } from '../report.ts';
import { describePorts } from '../wording.ts';
import { html, type Markup, NOTHING } from './markup.ts';

// Vantages outside on the left, routers in the middle, segments with their hosts on the right. Every box has the
// same column width; heights follow the text.

const LEFT = { x: 8, width: 292 };
const MIDDLE = { x: 392, width: 236 };
const RIGHT = { x: 720, width: 312 };
const WIDTH = RIGHT.x + RIGHT.width + 8;
const GAP = 16;
const LINE = 17;
const ROW = 52;
const MOST_LINES = 4;
const MOST_INTERFACES = 10;

type WireTone = 'good' | 'bad' | 'warn' | 'plain';

interface Said {
  readonly tone: WireTone;
  readonly text: string;
}

const clip = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** What a vantage gets through to, worst first. */
function whatPasses(vantage: string, flows: readonly AuditFlow[]): readonly Said[] {
  const groups = new Map<
    string,
    { tone: WireTone; rank: number; flow: AuditFlow; ports: AuditFlow['ports'][] }
  >();
  for (const flow of flows) {
    if (flow.vantage !== vantage) continue;
    const tone: WireTone =
      flow.verdict === 'fail'
        ? 'bad'
        : flow.verdict === 'undetermined'
          ? 'warn'
          : flow.observed === 'open' || flow.observed === 'wrapped'
            ? 'good'
            : 'plain';
    const key = `${tone} ${flow.target} ${flow.protocol} ${flow.observed}`;
    const group = groups.get(key);
    if (group) group.ports.push(flow.ports);
    else
      groups.set(key, {
        tone,
        rank: ['bad', 'warn', 'good', 'plain'].indexOf(tone),
        flow,
        ports: [flow.ports],
      });
  }
  const marks: Readonly<Record<WireTone, string>> = { bad: '✗', warn: '?', good: '✓', plain: '✓' };
  const said = [...groups.values()]
    .sort((a, b) => a.rank - b.rank)
    .map(({ tone, flow, ports }) => ({
      tone,
      text: `${marks[tone]} ${flow.target} ${flow.observed}: ${flow.protocol}/${describePorts(toRanges(ports.flat()), 3)}`,
    }));
  if (said.length === 0) return [{ tone: 'plain', text: 'no evidence' }];
  return said.length <= MOST_LINES
    ? said
    : [...said.slice(0, MOST_LINES - 1), { tone: 'plain', text: `and ${said.length - MOST_LINES + 1} more` }];
}

const worst = (said: readonly Said[]): WireTone =>
  (['bad', 'warn', 'good', 'plain'] as const).find((t) => said.some((s) => s.tone === t)) ?? 'plain';

interface Node {
  readonly height: number;
  readonly draw: (x: number, y: number) => Markup;
}

function hostNode(
  name: string,
  address: string,
  said: readonly Said[],
  width: number,
  kind: 'vantage' | 'target',
): Node {
  const height = 30 + LINE * (said.length + 1);
  // What fails is written bold, and so is wider.
  const most = (tone: WireTone): number => Math.floor((width - 24) / (tone === 'bad' ? 7.3 : 6.9));
  return {
    height,
    draw: (
      x,
      y,
    ) => html`<g><title>${kind} ${name}, ${address}</title><rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="${kind === 'vantage' ? 10 : 3}"/>
<text class="name" x="${x + 12}" y="${y + 21}">${clip(name, 24)}</text><text class="small" x="${x + 12}" y="${y + 21 + LINE}">${kind === 'vantage' ? 'looks from' : 'target'} ${clip(address, 30)}</text>
${said.map((s, i) => html`<text class="t-${s.tone}" x="${x + 12}" y="${y + 21 + LINE * (i + 2)}">${clip(s.text, most(s.tone))}</text>`)}</g>`,
  };
}

const inNetwork = (address: string, network: string): boolean => {
  const [base = '', length = ''] = network.split('/');
  const net = parseIpv4(base);
  const host = parseIpv4(address.split('/')[0] ?? '');
  const bits = Number(length);
  if (net === undefined || host === undefined || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(net / size) === Math.floor(host / size);
};

interface Stacked<T> {
  readonly item: T;
  readonly y: number;
  readonly height: number;
}

/** Stacks boxes and centres the stack in `total`. */
function stack<T extends { readonly height: number }>(
  items: readonly T[],
  total: number,
): readonly Stacked<T>[] {
  let y = Math.max(0, (total - stackHeight(items)) / 2) + GAP;
  return items.map((item) => {
    const at = { item, y, height: item.height };
    y += item.height + GAP;
    return at;
  });
}
const stackHeight = (items: readonly { readonly height: number }[]): number =>
  items.reduce((sum, i) => sum + i.height + GAP, GAP);

interface RouterBox {
  readonly name: string;
  readonly height: number;
  readonly rows: readonly DrawnInterface[];
  readonly leftOut: number;
}

function routerBox(router: NetworkPicture['routers'][number], picture: NetworkPicture): RouterBox {
  const entered = new Set(
    picture.vantages.flatMap((v) => (v.enters?.router === router.name ? [v.enters.interface] : [])),
  );
  const matters = (i: DrawnInterface): number =>
    (entered.has(i.name) ? 4 : 0) +
    (i.bindings.length > 0 ? 2 : 0) +
    (picture.segments.some((s) => i.addresses.some((a) => inNetwork(a, s.network))) ? 1 : 0);
  const kept = new Set(
    [...router.interfaces].sort((a, b) => matters(b) - matters(a)).slice(0, MOST_INTERFACES),
  );
  const rows = router.interfaces.filter((i) => kept.has(i));
  const leftOut = router.interfaces.length - rows.length;
  return {
    name: router.name,
    rows,
    leftOut,
    height: 40 + ROW * Math.max(1, rows.length) + (leftOut > 0 ? 22 : 0),
  };
}

const rowY = (box: Stacked<RouterBox>, index: number): number => box.y + 40 + ROW * index + ROW / 2 - 4;

function drawRouter(box: Stacked<RouterBox>): Markup {
  const { x, width } = MIDDLE;
  const { item } = box;
  return html`<g><title>router ${item.name}</title><rect class="box" x="${x}" y="${box.y}" width="${width}" height="${box.height}" rx="6"/>
<text class="name" x="${x + width / 2}" y="${box.y + 24}" text-anchor="middle">${clip(item.name, 26)}</text>
${item.rows.map((i, k) => {
  const y = rowY(box, k);
  const lists = i.bindings.map((b) => `list ${b.acl} ${b.direction}`).join(', ');
  return html`<g><title>${i.name}${i.shutdown ? ', shut down' : ''}</title><rect class="gate${i.bindings.length === 0 ? ' off' : ''}" x="${x + 8}" y="${y - 21}" width="${width - 16}" height="44" rx="4"/>
<text x="${x + 18}" y="${y - 4}">${clip(i.name, 20)}${i.shutdown ? ' (shut)' : ''}</text><text class="small" x="${x + 18}" y="${y + 13}">${clip(i.addresses.join(', ') || 'no address', 22)}</text>
${lists === '' ? NOTHING : html`<text class="small t-good" x="${x + width - 18}" y="${y + 13}" text-anchor="end">${clip(lists, 22)}</text>`}</g>`;
})}
${item.leftOut > 0 ? html`<text class="small" x="${x + 18}" y="${box.y + box.height - 10}">and ${item.leftOut} more interfaces</text>` : NOTHING}</g>`;
}

const wire = (x1: number, y1: number, x2: number, y2: number, classes: string, title: string): Markup => {
  const bend = (x2 - x1) / 2;
  return html`<path class="wire ${classes}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"><title>${title}</title></path>`;
};

/** A wire from one router to another by the network that both have an interface in, around the boxes' right side. */
const linkBetween = (y1: number, y2: number, title: string): Markup => {
  const x = MIDDLE.x + MIDDLE.width - 8;
  const out = x + Math.min(64, 24 + Math.abs(y2 - y1) / 4);
  return html`<path class="wire" d="M${x} ${y1}C${out} ${y1} ${out} ${y2} ${x} ${y2}"><title>${title}</title></path>`;
};

/** Routers that share a network: what one sends on, the next receives. */
function linksBetween(boxes: readonly Stacked<RouterBox>[]): readonly Markup[] {
  const ends = boxes.flatMap((box) =>
    box.item.rows.flatMap((row, i) =>
      row.addresses.map((address) => ({ box, row, address, y: rowY(box, i) })),
    ),
  );
  return ends.flatMap((a, i) =>
    ends
      .slice(i + 1)
      .filter((b) => b.box !== a.box && inNetwork(a.address, b.address) && inNetwork(b.address, a.address))
      .map((b) =>
        linkBetween(
          a.y,
          b.y,
          `${a.box.item.name} ${a.row.name} and ${b.box.item.name} ${b.row.name} share a network`,
        ),
      ),
  );
}

interface ZoneMember {
  readonly node: Node;
  readonly tone: WireTone;
}
interface Zone {
  readonly name: string;
  readonly network: string | null;
  readonly members: readonly ZoneMember[];
  readonly height: number;
}

function zones(picture: NetworkPicture, flows: readonly AuditFlow[]): readonly Zone[] {
  const hostWidth = RIGHT.width - 48;
  const make = (name: string, network: string | null, segment: string | null): Zone => {
    const members: ZoneMember[] = [
      ...picture.targets
        .filter((t) => t.segment === segment)
        .map((t) => ({ node: hostNode(t.name, t.address, [], hostWidth, 'target'), tone: 'plain' as const })),
      ...picture.vantages
        .filter((v) => v.enters === null && v.segment === segment && segment !== null)
        .map((v) => {
          const said = whatPasses(v.name, flows);
          return { node: hostNode(v.name, v.address, said, hostWidth, 'vantage'), tone: worst(said) };
        }),
    ];
    const height = 38 + members.reduce((sum, m) => sum + m.node.height + 10, 0) + 4;
    return { name, network, members, height };
  };
  const elsewhere = make('on no declared segment', null, null);
  return [
    ...picture.segments.map((s) => make(s.name, s.network, s.name)),
    ...(elsewhere.members.length > 0 ? [elsewhere] : []),
  ];
}

function drawZone(zone: Stacked<Zone>): Markup {
  const { x, width } = RIGHT;
  const bus = x + 18;
  let y = zone.y + 38;
  let last = y;
  const drawn = zone.item.members.map(({ node, tone }) => {
    const at = y;
    y += node.height + 10;
    const middle = at + node.height / 2;
    last = middle;
    return html`<path class="wire w-${tone}" d="M${bus} ${middle}H${x + 36}"/>${node.draw(x + 36, at)}`;
  });
  return html`<g><title>segment ${zone.item.name}</title><rect class="zone" x="${x}" y="${zone.y}" width="${width}" height="${zone.height}" rx="8"/>
<text class="name" x="${x + 14}" y="${zone.y + 23}">${clip(zone.item.name, 20)}</text><text class="small" x="${x + width - 14}" y="${zone.y + 23}" text-anchor="end">${clip(zone.item.network ?? '', 22)}</text>
${drawn.length > 0 ? html`<path class="wire" d="M${bus} ${zone.y + 34}V${last}"/>` : NOTHING}${drawn}</g>`;
}

/** The site as a drawing, with what each vantage gets through to. Everything it says stands in the tables too. */
export function drawNetwork(picture: NetworkPicture, flows: readonly AuditFlow[]): Markup {
  const order = new Map(
    picture.routers.flatMap((r) => r.interfaces.map((i) => `${r.name} ${i.name}`)).map((k, i) => [k, i]),
  );
  const place = (v: NetworkPicture['vantages'][number]): number =>
    v.enters === null
      ? Number.MAX_SAFE_INTEGER
      : (order.get(`${v.enters.router} ${v.enters.interface}`) ?? 0);
  const outside = picture.vantages
    .filter((v) => v.enters !== null || v.segment === null)
    .sort((a, b) => place(a) - place(b))
    .map((vantage) => {
      const said = whatPasses(vantage.name, flows);
      const node = hostNode(vantage.name, vantage.address, said, LEFT.width, 'vantage');
      return { vantage, node, tone: worst(said), height: node.height };
    });
  const boxes = picture.routers.map((r) => routerBox(r, picture));
  const right = zones(picture, flows);
  const total = Math.max(...[outside, boxes, right].map(stackHeight));
  const placedOutside = stack(outside, total);
  const placedBoxes = stack(boxes, total);
  const placedZones = stack(right, total);

  const entering = placedOutside.flatMap(({ item, y, height }) => {
    const { enters } = item.vantage;
    const box = placedBoxes.find((b) => b.item.name === enters?.router);
    if (enters === null || box === undefined) return [];
    const index = box.item.rows.findIndex((i) => i.name === enters.interface);
    const to = index < 0 ? box.y + box.height / 2 : rowY(box, index);
    return [
      wire(
        LEFT.x + LEFT.width,
        y + height / 2,
        MIDDLE.x + 8,
        to,
        `w-${item.tone}`,
        `${item.vantage.name} enters ${enters.router} by ${enters.interface}`,
      ),
    ];
  });
  const leaving = placedZones.flatMap((zone) => {
    const { network } = zone.item;
    const to = zone.y + Math.min(60, zone.height / 2);
    if (network === null) return [];
    const known = placedBoxes.flatMap((box) =>
      box.item.rows.flatMap((i, k) =>
        i.addresses.some((a) => inNetwork(a, network))
          ? [
              wire(
                MIDDLE.x + MIDDLE.width - 8,
                rowY(box, k),
                RIGHT.x,
                to,
                '',
                `${box.item.name} ${i.name} holds ${network}`,
              ),
            ]
          : [],
      ),
    );
    if (known.length > 0) return known;
    return placedBoxes.map((box) =>
      wire(
        MIDDLE.x + MIDDLE.width,
        box.y + box.height / 2,
        RIGHT.x,
        to,
        'w-guess',
        `the configs do not show which interface leads to ${zone.item.name}`,
      ),
    );
  });

  return html`<div class="scroll drawing" tabindex="0" role="group" aria-label="Drawing of the network"><svg viewBox="0 0 ${WIDTH} ${Math.ceil(total)}" role="img" aria-labelledby="drawing-title"><title id="drawing-title">Vantages, routers with their access lists, segments and targets, and what each vantage gets through to</title>
${entering}${linksBetween(placedBoxes)}${leaving}
${placedOutside.map(({ item, y }) => item.node.draw(LEFT.x, y))}
${placedBoxes.map(drawRouter)}
${placedZones.map(drawZone)}
</svg></div>`;
}
