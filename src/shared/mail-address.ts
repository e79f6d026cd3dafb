/** What is taken for a mail address: the common form of RFC 5321 section 4.1.2, without quotes, comments and address literals. */

const local = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u;

/** Whether mail can be sent there as far as its form tells; nothing in it can leave its place in a header. */
export function isMailAddress(text: string): boolean {
  if (text.length > 254 || !text.isWellFormed()) return false;
  const at = text.lastIndexOf('@');
  const [name, host] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || name.length > 64 || !local.test(name)) return false;
  return host.split('.').every((part) => part.length <= 63 && label.test(part));
}
