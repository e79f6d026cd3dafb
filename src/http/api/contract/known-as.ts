/** Endpoints of what accounts are known by elsewhere: upstream identities, certificates, SSH keys. */
import { z } from 'zod';
import { strictly, text, visibleAscii } from '../../../lake/schema/scalars.ts';
import { declare } from '../declaration.ts';
import { anyText, reason, utc } from '../schemas/common.ts';

const tag = 'Accounts';
const params = strictly({ id: visibleAscii('an id').describe('Id of the account, the `sub` of its tokens.') });
const why = { reason: reason.optional().describe('Why; kept in the audit log.') };
const declared = z.boolean().describe('A lake file names it, and the next one with the account decides about it.');
const label = text(200).optional().describe('For people.');

const issuer = text().describe('Issuer of the provider, letter by letter.');
const subject = text().describe('The `sub` of the person at the provider.');
const subjectName = text().describe('Distinguished name (RFC 4514), such as `CN=Alice,DC=example`.');

export const newIdentitySchema = strictly({ issuer, subject, ...why });
export const newCertificateSchema = strictly({
  pem: z.string().max(20_000).optional().describe('The certificate; its names count. Expired ones are accepted.'),
  subject: subjectName.optional().describe('Distinguished name (RFC 4514), where there is no certificate.'),
  issuer: text().optional().describe('Name of the authority, where there is no certificate. Absent: any authority.'),
  label,
  ...why,
});
export const newSshKeySchema = strictly({
  key: z.string().max(20_000).describe('Such as `ssh-ed25519 AAAA… name`.'),
  label: label.describe('For people. Absent: the comment of the key.'),
  ...why,
});

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item).describe('The oldest first.') });

export const identitiesAnswer = listOf(
  z.strictObject({ issuer: anyText, subject: anyText, linkedAt: utc, lastUsedAt: utc.nullable(), declared }),
);
export const certificatesAnswer = listOf(
  z.strictObject({
    subject: anyText.describe('Distinguished name (RFC 4514).'),
    issuer: anyText.describe('Name of the authority; empty: any.'),
    label: anyText.nullable(),
    pem: anyText.nullable(),
    addedAt: utc,
    declared,
  }),
);
export const sshKeysAnswer = listOf(
  z.strictObject({
    fingerprint: anyText.describe('`SHA256:…`, as `ssh-keygen -l` shows it.'),
    label: anyText.nullable(),
    key: anyText.describe('Type and base64.'),
    addedAt: utc,
    declared,
  }),
);

const reading = { method: 'GET', tag, scope: 'people:read', params, problems: [] } as const;
const adding = { method: 'POST', tag, scope: 'people:write', params, problems: [403, 409, 422] } as const;
const removing = { method: 'DELETE', tag, scope: 'people:write', params, problems: [403, 409] } as const;
const who = 'For administrators, readers, owners and oneself.';
const vouched =
  'For administrators, who vouch for it: no proof is asked for. Not for clients where the account has roles.';

const identities = { path: '/accounts/{id}/identities' } as const;
const certificates = { path: '/accounts/{id}/certificates' } as const;
const sshKeys = { path: '/accounts/{id}/ssh-keys' } as const;

export const knownAsContract = {
  listIdentities: declare({
    ...{ ...reading, ...identities, summary: 'List the upstream identities of an account', description: who },
    answer: { status: 200, description: 'The identities.', body: identitiesAnswer },
  }),
  linkIdentity: declare({
    ...{ ...adding, ...identities, summary: 'Link an upstream identity', description: vouched },
    body: newIdentitySchema,
    answer: { status: 201, description: 'All identities.', body: identitiesAnswer },
  }),
  unlinkIdentity: declare({
    ...{ ...removing, ...identities, summary: 'Unlink an upstream identity' },
    description: 'For administrators. The last way into the account stays.',
    query: strictly({ issuer, subject, ...why }),
    answer: { status: 200, description: 'What is left.', body: identitiesAnswer },
  }),
  listCertificates: declare({
    ...{ ...reading, ...certificates, summary: 'List the certificates of an account', description: who },
    answer: { status: 200, description: 'The certificates.', body: certificatesAnswer },
  }),
  addCertificate: declare({
    ...{ ...adding, ...certificates, summary: 'Add a certificate, or the names of one', description: vouched },
    body: newCertificateSchema,
    answer: { status: 201, description: 'All certificates.', body: certificatesAnswer },
  }),
  removeCertificate: declare({
    ...{ ...removing, ...certificates, summary: 'Remove a certificate' },
    description: 'For administrators, and for owners of a service account.',
    query: strictly({
      subject: subjectName,
      issuer: text().optional().describe('Name of the authority. Absent: the certificate of any authority.'),
      ...why,
    }),
    answer: { status: 200, description: 'What is left.', body: certificatesAnswer },
  }),
  listSshKeys: declare({
    ...{ ...reading, ...sshKeys, summary: 'List the SSH keys of an account', description: who },
    answer: { status: 200, description: 'The keys.', body: sshKeysAnswer },
  }),
  addSshKey: declare({
    ...{ ...adding, ...sshKeys, summary: 'Add an SSH key', description: vouched },
    body: newSshKeySchema,
    answer: { status: 201, description: 'All keys.', body: sshKeysAnswer },
  }),
  removeSshKey: declare({
    ...{ ...removing, ...sshKeys, summary: 'Remove an SSH key' },
    description: 'For administrators, and for owners of a service account.',
    query: strictly({ fingerprint: text(100).describe('`SHA256:…`.'), ...why }),
    answer: { status: 200, description: 'What is left.', body: sshKeysAnswer },
  }),
};
