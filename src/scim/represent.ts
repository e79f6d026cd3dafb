/** Users and groups as SCIM's JSON (RFC 7643 section 4, INDIGO's extensions), with an ETag that is a digest of what is shown. */

import { createHash } from 'node:crypto';
import { representLabels } from './labels.ts';
import type { GroupRecord, GroupReference, MemberRecord, UserRecord } from './records.ts';
import { groupSchemaId, indigoGroupId, indigoUserId, userSchemaId } from './schemas.ts';

/** JSON of a resource; `meta.version` is its ETag. */
export type Json = Readonly<Record<string, unknown>>;

/** `base`: URL of the SCIM endpoint without a final slash. */
export function representUser(user: UserRecord, base: string): Json {
  const { id, username, email } = user;
  const name = present({ formatted: user.name, givenName: user.givenName, familyName: user.familyName });
  return versioned({
    schemas: [userSchemaId, indigoUserId],
    id,
    ...present({ externalId: user.externalId }),
    userName: username,
    ...(Object.keys(name).length > 0 && { name }),
    displayName: username,
    active: user.state === 'active',
    emails: email === null ? [] : [{ value: email, type: 'work', primary: true }],
    groups: user.groups.map((group) => referTo(group, base)),
    [indigoUserId]: indigoUser(user, base),
    meta: metaOf('User', `${base}/Users/${encodeURIComponent(id)}`, user),
  });
}

function indigoUser(user: UserRecord, base: string): Json {
  return {
    certificates: user.certificates.map(({ label, subjectDn, issuerDn, pem, createdAt }, index) => ({
      ...present({ display: label }),
      primary: index === 0,
      subjectDn,
      ...present({ issuerDn, pemEncodedCertificate: pem }),
      ...dates(createdAt, createdAt),
    })),
    sshKeys: user.sshKeys.map(({ label, value, fingerprint, createdAt }, index) => ({
      ...present({ display: label }),
      primary: index === 0,
      value,
      fingerprint,
      ...dates(createdAt, createdAt),
    })),
    oidcIds: user.oidcIds.map(({ issuer, subject }) => ({ issuer, subject })),
    samlIds: [],
    labels: representLabels(user.labels),
    authorities: ['ROLE_USER', ...user.roles.map((role) => authorities[role])],
    managedGroups: user.managedGroups.map((group) => referTo(group, base)),
    ...present({ affiliation: user.affiliation }),
    ...(user.endsAt !== null && { endTime: isoOf(user.endsAt) }),
    serviceAccount: user.kind === 'service',
    ...(user.aupSignedAt !== null && { aupSignatureTime: isoOf(user.aupSignedAt) }),
  };
}

/** INDIGO IAM has the first two; an embargo manager is known here only. */
const authorities = { admin: 'ROLE_ADMIN', reader: 'ROLE_READER', 'embargo-manager': 'ROLE_EMBARGO_MANAGER' } as const;

export function representGroup(group: GroupRecord, base: string): Json {
  const { memberState, members, parent } = group;
  const shown = {
    schemas: [groupSchemaId, indigoGroupId],
    id: group.id,
    ...present({ externalId: group.externalId }),
    displayName: group.path.slice(1),
    [indigoGroupId]: {
      ...(parent !== null && { parentGroup: referTo(parent, base) }),
      ...present({ description: group.description }),
      labels: representLabels(group.labels),
    },
    meta: metaOf('Group', `${base}/Groups/${group.id}`, group),
  };
  const list = members === null ? {} : { members: members.map((member) => referToMember(member, base)) };
  return versioned(shown, memberState, list);
}

export function referToMember({ id, username }: MemberRecord, base: string): Json {
  return { value: id, display: username, type: 'User', $ref: `${base}/Users/${encodeURIComponent(id)}` };
}

function referTo({ id, path }: GroupReference, base: string): Json {
  return { value: id, display: path.slice(1), $ref: `${base}/Groups/${id}` };
}

function metaOf(
  resourceType: string,
  location: string,
  at: { readonly createdAt: number; readonly updatedAt: number },
) {
  return { resourceType, ...dates(at.createdAt, at.updatedAt), location };
}

function dates(created: number, lastModified: number) {
  return { created: isoOf(created), lastModified: isoOf(lastModified) };
}

export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

/** `state` stands for what is not always shown, so that the tag is the same with it and without. */
function versioned<T extends { readonly meta: object }>(shown: T, state = '', more: Json = {}): Json {
  const digest = createHash('sha256')
    .update(JSON.stringify([shown, state]))
    .digest('base64url')
    .slice(0, 22);
  return { ...shown, ...more, meta: { ...shown.meta, version: `W/"${digest}"` } };
}

/** Without what is null. */
function present(values: Readonly<Record<string, string | null>>): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
