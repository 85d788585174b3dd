const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pad = (n: number | string): string => String(n).padStart(2, '0');

/**
 * `Sat Jun 12 10:00:00 2004` or `2004-06-12 10:00 UTC` as ISO. nmap prints local time: only UTC and GMT give an
 * instant (`Z`), all else stays without a zone. Null for text that is neither.
 */
export function isoOfNmapTime(text: string): string | null {
  const ctime = /^\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d{2}:\d{2}:\d{2})\s+(\d{4})/.exec(text.trim());
  if (ctime) {
    const month = MONTHS.indexOf(ctime[1]!) + 1;
    return month === 0 ? null : `${ctime[4]}-${pad(month)}-${pad(ctime[2]!)}T${ctime[3]}`;
  }
  const plain = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(?::(\d{2}))?(?: (\w+))?/.exec(text.trim());
  if (!plain) return null;
  const zone = plain[4] === 'UTC' || plain[4] === 'GMT' ? 'Z' : '';
  return `${plain[1]}T${plain[2]}:${plain[3] ?? '00'}${zone}`;
}

/** nmap XML's seconds since the epoch. */
export function isoOfEpoch(text: string | undefined): string | null {
  if (!text || !/^\d{1,12}$/.test(text)) return null;
  const date = new Date(Number(text) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
