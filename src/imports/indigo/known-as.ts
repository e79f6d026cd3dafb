/** Identities, certificates and SSH keys of INDIGO IAM's accounts; what is not accepted here is told, entry by entry. */
import type { PeopleAnswer } from '../../accounts/refusal.ts';
import { readCertificate } from '../../federation/certificate.ts';
import { readIdentity } from '../../federation/identity.ts';
import { readSshKey } from '../../federation/ssh-key.ts';
import type { LakeItem } from '../checked.ts';
import type { ImportNote } from '../note.ts';
import type { DumpRow } from '../sql-dump.ts';
import { type IndigoRows, textOf } from './tables.ts';

export interface KnownAsReader {
  /** The fields of the account in a lake file. */
  of(account: DumpRow): LakeItem;
  /** What was left out until now. */
  notes(): readonly ImportNote[];
}

export function createKnownAsReader(rows: IndigoRows): KnownAsReader {
  const identities = rows.by('iam_oidc_id', 'account_id');
  const certificates = rows.by('iam_x509_cert', 'account_id');
  const keys = rows.by('iam_ssh_key', 'account_id');
  const notes: ImportNote[] = [];
  // Nothing in INDIGO's tables keeps two accounts from having the same: the first one of the dump has it.
  const owners = new Map<string, string>();

  /** `said`, when it can be read and is nobody else's; `key` tells it from all others. */
  const take = <T>(
    { username, what, said }: { readonly username: string; readonly what: string; readonly said: LakeItem },
    read: PeopleAnswer<T>,
    key: (value: T) => readonly string[],
  ) => {
    const id = read.ok ? JSON.stringify(key(read.value)) : '';
    const owner = owners.get(id);
    if (read.ok && owner === undefined) {
      owners.set(id, username);
      return [said];
    }
    const why = read.ok ? `it is one of account ${owner} as well` : read.error.message;
    // Twice the same of one account is nothing to tell.
    if (owner !== username)
      notes.push({ object: `account ${username}`, outcome: 'changed', why: `${what} left out: ${why}` });
    return [];
  };

  return {
    of: (account) => {
      const username = textOf(account, 'username') ?? '';
      const list = (index: ReadonlyMap<string, readonly DumpRow[]>) => index.get(account.id ?? '') ?? [];
      return {
        identities: list(identities).flatMap((row) => {
          const said = { issuer: textOf(row, 'issuer') ?? '', subject: textOf(row, 'subject') ?? '' };
          const what = `identity \`${said.subject}\` at \`${said.issuer}\``;
          return take({ username, what, said }, readIdentity(said), ({ issuer, subject }) => ['oidc', issuer, subject]);
        }),
        certificates: list(certificates).flatMap((row) => {
          const said = certificateOf(row);
          const what = `certificate \`${said.subject}\``;
          const read = readCertificate(said);
          return take({ username, what, said }, read, ({ subject, issuer }) => ['x509', subject, issuer]);
        }),
        sshKeys: list(keys).flatMap((row) => {
          const [key, label] = [textOf(row, 'val') ?? '', textOf(row, 'label')];
          const said = label === null ? { key } : { key, label };
          const what = label === null ? 'an SSH key' : `SSH key \`${label}\``;
          return take({ username, what, said }, readSshKey(key), ({ fingerprint }) => ['ssh', fingerprint]);
        }),
      };
    },
    notes: () => notes,
  };
}

/** A certificate that cannot be read is no certificate, but its names are still those of the account. */
function certificateOf(row: DumpRow) {
  const names = { subject: textOf(row, 'subject_dn') ?? '', issuer: textOf(row, 'issuer_dn') ?? '' };
  const label = textOf(row, 'label');
  const pem = textOf(row, 'certificate');
  const said = { ...names, ...(label !== null && { label }) };
  return pem !== null && readCertificate({ ...said, pem }).ok ? { ...said, pem } : said;
}

/** Every SAML identity by name, as each has to be linked anew. */
export function samlNotes(rows: IndigoRows, usernameOf: ReadonlyMap<string, string>): ImportNote[] {
  const left = rows.of('iam_saml_id').flatMap((row): ImportNote[] => {
    const username = usernameOf.get(row.account_id ?? '');
    const id = `SAML identity \`${textOf(row, 'userid')}\` of \`${textOf(row, 'idpid')}\` left out`;
    return username === undefined ? [] : [{ object: `account ${username}`, outcome: 'changed', why: id }];
  });
  if (left.length === 0) return [];
  const why =
    'logins over SAML come through an OpenID Connect proxy: declare it in `upstreams`; who has a password links the new identity by hand, ' +
    'for all others say the subject at the proxy as `identities` of the account in a lake file';
  return [...left, { object: 'SAML identities', outcome: 'left-out', why }];
}
