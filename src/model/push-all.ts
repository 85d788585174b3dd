/** Adds members one by one: a call with some hundred thousand arguments, which a spread makes, overflows the stack. */
export function pushAll<T>(list: T[], more: Iterable<T>): void {
  for (const member of more) list.push(member);
}
