/** Certificates, keys and upstream identities of INDIGO's extension: what a request wants, and which writes lead there. */
import { createHash, X509Certificate } from 'node:crypto';
import type { ChangeContext } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { Identities as IdentityWrites } from '../federation/identities.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type ScimAnswer, type ScimProblem, scimError } from './problem.ts';
import type { Identities, UserRecord } from './records.ts';
import type { Json } from './represent.ts';

export interface WantedCertificate {
  readonly subject: string;
  /** Empty: any authority. */
  readonly issuer: string;
  readonly label: string | null;
  readonly pem: string | null;
}

export interface WantedSshKey {
  readonly fingerprint: string;
  readonly name: string | null;
  /** Type and base64. */
  readonly key: string;
}

export interface WantedIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Each undefined where the request says nothing about it. */
export interface WantedKnownAs {
  readonly certificates: readonly WantedCertificate[] | undefined;
  readonly sshKeys: readonly WantedSshKey[] | undefined;
  readonly oidcIds: readonly WantedIdentity[] | undefined;
}

/** What is there already is taken as it is, however it once came; only what is new is looked at. */
export function readKnownAs(indigo: Json, before: Identities | null): ScimAnswer<WantedKnownAs> {
  const certificates = readEach(indigo.certificates, (one) => {
    const { subjectDn, issuerDn } = one;
    const held = before?.certificates.find(
      (other) => other.subjectDn === subjectDn && (issuerDn === undefined || other.issuerDn === issuerDn),
    );
    if (held === undefined) return readCertificate(one);
    return ok({ subject: held.subjectDn, issuer: held.issuerDn ?? '', label: held.label, pem: held.pem });
  });
  if (!certificates.ok) return certificates;
  const sshKeys = readEach(indigo.sshKeys, (one) => {
    const held = before?.sshKeys.find(({ value }) => value === one.value);
    return held ? ok({ fingerprint: held.fingerprint, name: held.label, key: held.value }) : readSshKey(one);
  });
  if (!sshKeys.ok) return sshKeys;
  const oidcIds = readEach(indigo.oidcIds, readIdentity);
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

/** The names in a certificate count; without one those that are said. */
function readCertificate({ display, subjectDn, issuerDn, pemEncodedCertificate }: Json): ScimAnswer<WantedCertificate> {
  const label = textOf(display);
  const sent = textOf(pemEncodedCertificate);
  const names =
    sent === null
      ? { subject: textOf(subjectDn) ?? '', issuer: textOf(issuerDn) ?? '', pem: null }
      : certificateIn(sent);
  if (names === undefined) return scimError('invalidValue', 'expected a certificate as `pemEncodedCertificate`');
  if (!/^[A-Za-z0-9.]+=/.test(names.subject)) {
    return scimError('invalidValue', 'expected a name such as `CN=Alice,DC=example` as `subjectDn` of a certificate');
  }
  if (sent !== null && textOf(subjectDn) !== null && subjectDn !== names.subject) {
    return scimError('invalidValue', `\`subjectDn\` is not that of the certificate, expected \`${names.subject}\``);
  }
  return ok({ ...names, label });
}

/** Only the certificate is kept: whatever was sent with it, a private key perhaps, is not. */
function certificateIn(text: string): Omit<WantedCertificate, 'label'> | undefined {
  try {
    const certificate = new X509Certificate(text);
    const { subject, issuer } = certificate;
    return { subject: inOrder(subject), issuer: inOrder(issuer), pem: certificate.toString() };
  } catch {
    return undefined;
  }
}

/** The platform writes one part a line, the most general first; RFC 4514 has the most special one first. */
function inOrder(name: string): string {
  return name.split('\n').toReversed().join(',');
}

const keyTypes =
  /^(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** The base64 alone is a key too: INDIGO IAM keeps keys so. */
function readSshKey({ display, value }: Json): ScimAnswer<WantedSshKey> {
  const [first = '', second] = (textOf(value) ?? '').trim().split(/\s+/);
  const encoded = second ?? first;
  const blob = Buffer.from(encoded, 'base64');
  const type = typeIn(blob);
  const isWhole = blob.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (type === undefined || !isWhole || (second !== undefined && first !== type)) {
    return scimError('invalidValue', 'expected an SSH public key such as `ssh-ed25519 AAAA…` as `value` of a key');
  }
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return ok({ fingerprint: `SHA256:${digest}`, name: textOf(display), key: `${type} ${blob.toString('base64')}` });
}

/** RFC 4253 section 6.6: a key begins with the length of its type, and the type. */
function typeIn(blob: Buffer): string | undefined {
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  const type = blob.subarray(4, 4 + length).toString('latin1');
  return keyTypes.test(type) && blob.length > 4 + length ? type : undefined;
}

function readIdentity({ issuer, subject }: Json): ScimAnswer<WantedIdentity> {
  const [at, who] = [textOf(issuer), textOf(subject)];
  if (at === null || who === null || !/^https?:\/\//.test(at)) {
    return scimError('invalidValue', 'expected the URL of an `issuer` and a `subject` in each of `oidcIds`');
  }
  return ok({ issuer: at, subject: who });
}

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
    ({ subject, issuer }: WantedIdentity) => JSON.stringify([subject, issuer]),
  );
  const sshKeys = differ(
    wanted.sshKeys,
    before.sshKeys,
    ({ fingerprint }: { readonly fingerprint: string }) => fingerprint,
  );
  const oidcIds = differ(wanted.oidcIds, before.oidcIds, ({ issuer, subject }: WantedIdentity) =>
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

/** Who could log in as an account with roles would have them: that is not for a client to give itself. */
export function checkSteps(
  { actor }: ChangeContext,
  steps: readonly Step[],
  { roles }: Pick<UserRecord, 'roles'>,
): Result<null, ScimProblem> {
  if (steps.length === 0 || actor.kind !== 'client' || roles.length === 0) return ok(null);
  return err({ status: 403, detail: 'what an account with roles is known by elsewhere is not changed by a client' });
}
