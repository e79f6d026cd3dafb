/** Certificates, keys and upstream identities of INDIGO's extension: what a request wants, and which writes lead there. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import { checkKnownAsChange } from '../federation/administration.ts';
import { readCertificate } from '../federation/certificate.ts';
import type { Identities as IdentityWrites, NewCertificate, NewIdentity, NewSshKey } from '../federation/identities.ts';
import { readIdentity } from '../federation/identity.ts';
import { readSshKey } from '../federation/ssh-key.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { problemOf, type ScimAnswer, type ScimProblem, scimError } from './problem.ts';
import type { Identities, UserRecord } from './records.ts';
import type { Json } from './represent.ts';

/** Each undefined where the request says nothing about it. */
export interface WantedKnownAs {
  readonly certificates: readonly NewCertificate[] | undefined;
  readonly sshKeys: readonly NewSshKey[] | undefined;
  readonly oidcIds: readonly NewIdentity[] | undefined;
}

/** What is there already is taken as it is, however it once came; only what is new is looked at. */
export function readKnownAs(indigo: Json, before: Identities | null): ScimAnswer<WantedKnownAs> {
  const certificates = readEach(indigo.certificates, (one) => {
    const { subjectDn, issuerDn } = one;
    const held = before?.certificates.find(
      (other) => other.subjectDn === subjectDn && (issuerDn === undefined || other.issuerDn === issuerDn),
    );
    if (held === undefined) return readCertificateOf(one);
    return ok({ subject: held.subjectDn, issuer: held.issuerDn ?? '', label: held.label, pem: held.pem });
  });
  if (!certificates.ok) return certificates;
  const sshKeys = readEach(indigo.sshKeys, (one) => {
    const held = before?.sshKeys.find(({ value }) => value === one.value);
    return held ? ok({ fingerprint: held.fingerprint, name: held.label, key: held.value }) : readSshKeyOf(one);
  });
  if (!sshKeys.ok) return sshKeys;
  const oidcIds = readEach(indigo.oidcIds, readIdentityOf);
  if (!oidcIds.ok) return oidcIds;
  return ok({ certificates: certificates.value, sshKeys: sshKeys.value, oidcIds: oidcIds.value });
}

function readEach<T>(list: unknown, read: (one: Json) => ScimAnswer<T>): ScimAnswer<readonly T[] | undefined> {
  if (list === undefined) return ok(undefined);
  const wanted: T[] = [];
  for (const one of list as readonly Json[]) {
    const found = read(one);
    if (!found.ok) return found;
    wanted.push(found.value);
  }
  return ok(wanted);
}

function readCertificateOf({ display, subjectDn, issuerDn, pemEncodedCertificate }: Json): ScimAnswer<NewCertificate> {
  const names = { subject: textOf(subjectDn), issuer: textOf(issuerDn), label: textOf(display) };
  return named('certificates', readCertificate({ ...names, pem: textOf(pemEncodedCertificate) }));
}

function readSshKeyOf({ display, value }: Json): ScimAnswer<NewSshKey> {
  const key = named('sshKeys', readSshKey(textOf(value) ?? ''));
  return key.ok ? ok({ ...key.value, name: textOf(display) ?? key.value.name }) : key;
}

function readIdentityOf({ issuer, subject }: Json): ScimAnswer<NewIdentity> {
  return named('oidcIds', readIdentity({ issuer: textOf(issuer), subject: textOf(subject) }));
}

/** The refusal says in which attribute, and in which part of it. */
function named<T>(attribute: 'certificates' | 'sshKeys' | 'oidcIds', answer: PeopleAnswer<T>): ScimAnswer<T> {
  if (answer.ok) return answer;
  const { field = '', message } = answer.error;
  return scimError('invalidValue', `\`${attribute}.${partsOf[attribute]?.[field] ?? field}\`: ${message}`);
}

const partsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  certificates: { certificate: 'pemEncodedCertificate', subject: 'subjectDn', issuer: 'issuerDn' },
  sshKeys: { key: 'value' },
  oidcIds: {},
};

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

type Step = (identities: IdentityWrites, context: ChangeContext) => Promise<PeopleAnswer<null>>;

/** The writes from what is to what is wanted: additions first, so that the last way in may be replaced. */
export function stepsToward(wanted: WantedKnownAs, before: UserRecord): readonly Step[] {
  const { id } = before;
  const certificates = differ(
    wanted.certificates,
    before.certificates.map(({ subjectDn, issuerDn }) => ({ subject: subjectDn, issuer: issuerDn ?? '' })),
    ({ subject, issuer }: NewIdentity) => JSON.stringify([subject, issuer]),
  );
  const sshKeys = differ(
    wanted.sshKeys,
    before.sshKeys,
    ({ fingerprint }: { readonly fingerprint: string }) => fingerprint,
  );
  const oidcIds = differ(wanted.oidcIds, before.oidcIds, ({ issuer, subject }: NewIdentity) =>
    JSON.stringify([issuer, subject]),
  );
  return [
    ...certificates.added.map(
      (one): Step =>
        (to, context) =>
          to.addCertificate(context, id, one),
    ),
    ...sshKeys.added.map(
      (one): Step =>
        (to, context) =>
          to.addSshKey(context, id, one),
    ),
    ...oidcIds.added.map(
      (one): Step =>
        (to, context) =>
          to.link(context, id, one),
    ),
    ...certificates.gone.map(
      (one): Step =>
        (to, context) =>
          to.removeCertificate(context, id, one),
    ),
    ...sshKeys.gone.map(
      (one): Step =>
        (to, context) =>
          to.removeSshKey(context, id, one.fingerprint),
    ),
    ...oidcIds.gone.map(
      (one): Step =>
        (to, context) =>
          to.unlink(context, id, one),
    ),
  ];
}

function differ<Key, Wanted extends Key, Present extends Key>(
  wanted: readonly Wanted[] | undefined,
  present: readonly Present[],
  keyOf: (one: Key) => string,
): { readonly added: readonly Wanted[]; readonly gone: readonly Present[] } {
  if (wanted === undefined) return { added: [], gone: [] };
  const byKey = new Map(wanted.map((one) => [keyOf(one), one]));
  const gone = present.filter((one) => !byKey.has(keyOf(one)));
  for (const one of present) byKey.delete(keyOf(one));
  return { added: [...byKey.values()], gone };
}

/** Whether the actor may change by what the account is known elsewhere, the scripts' own id for it included. */
export function checkKnownAs(context: ChangeContext, account: Pick<UserRecord, 'roles'>): Result<null, ScimProblem> {
  const allowed = checkKnownAsChange(context, account);
  return allowed.ok ? allowed : err(problemOf(allowed.error));
}
