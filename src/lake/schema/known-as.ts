/** By what an account is known elsewhere: subjects at upstream providers, certificates, SSH keys. */
import { z } from 'zod';
import type { PeopleAnswer } from '../../accounts/refusal.ts';
import { readCertificate } from '../../federation/certificate.ts';
import { readIdentity } from '../../federation/identity.ts';
import { readSshKey } from '../../federation/ssh-key.ts';
import { strictly, text } from './scalars.ts';

/** Says what the reader refuses at the field that it names. */
function readBy<T, Field extends string>(read: (value: T) => PeopleAnswer<unknown>, fields: readonly Field[] = []) {
  return (context: z.core.ParsePayload<T>) => {
    const answer = read(context.value);
    if (answer.ok) return;
    const { message, field } = answer.error;
    const path = fields.filter((name) => name === field);
    context.issues.push({ code: 'custom', input: context.value, path, message });
  };
}

export const identity = strictly({
  issuer: z.string().describe('The provider, as in `upstreams`; compared letter by letter.'),
  subject: z.string().describe('The `sub` of the person there.'),
}).check(readBy(readIdentity, ['issuer', 'subject']));

export const certificate = strictly({
  subject: z
    .string()
    .optional()
    .describe('Distinguished name (RFC 4514), such as `CN=Alice,DC=example`; from `pem` if absent.'),
  issuer: z.string().optional().describe('Name of the authority. Absent: that of `pem`, else any authority.'),
  label: text(200).optional().describe('For people. Absent: unchanged.'),
  pem: z.string().max(20_000).optional().describe('The certificate; then its names count. Absent: unchanged.'),
}).check(readBy(readCertificate, ['subject', 'issuer']));

const sshKeyLine = z.string().max(20_000);

export const sshKey = z
  .union(
    [
      sshKeyLine,
      strictly({
        key: sshKeyLine.describe('Such as `ssh-ed25519 AAAA… name`, or the base64 alone.'),
        label: text(200).optional().describe('For people. Absent: the comment of the key, or unchanged.'),
      }),
    ],
    { error: 'expected a public SSH key such as `ssh-ed25519 AAAA… name`, or an object with `key` and `label`' },
  )
  .check(readBy((said) => readSshKey(typeof said === 'string' ? said : said.key)));
