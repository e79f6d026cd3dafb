/** Reads the settings of the mail server and the sender. */
import { isMailAddress } from '../shared/mail-address.ts';
import { err, ok } from '../shared/result.ts';
import type { Parsed } from './parse.ts';

/** The value is never repeated: it may hold a password. */
export function parseSmtpUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^smtps?:$/.test(url.protocol) && url.hostname !== '' && url.hash === ''
    ? ok(text)
    : err('is not the URL of a mail server, expected `smtp://user:password@host:port` or `smtps://…`');
}

/** `a@b.c` or `Some Name <a@b.c>`. */
export function parseMailFrom(text: string): Parsed<string> {
  const [, address = text] = /^[^<>"\p{C}]{1,100} <([^<>]+)>$/u.exec(text) ?? [];
  return isMailAddress(address)
    ? ok(text)
    : err(`\`${text}\` is not a sender, expected a mail address or \`Name <address>\``);
}
