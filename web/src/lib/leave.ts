/** Goes to another site. Never runs anything: what is no web address is no place to go. */
export function leaveFor(url: string): void {
  if (!/^https?:\/\//i.test(url)) throw new Error('not a web address');
  location.assign(url);
}
