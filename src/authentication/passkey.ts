/** Passkeys: what a browser is asked, and whether what it answers is a proof (W3C Web Authentication Level 3, sections 7.1 and 7.2). */
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { StoredPasskey } from './factors.ts';

/** ES256, EdDSA and RS256: what devices can do today. */
const algorithms = [-7, -8, -257];

/** Longest answer that is looked at, in characters. */
const longest = 16_384;

/** Who asks: names and origin come from the configured issuer, never from a request. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
  /** Shown by browsers. */
  readonly name: string;
}

export function relyingPartyOf(issuer: string, name: string): RelyingParty {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, origin, name };
}

export interface PasskeyOwner {
  readonly username: string;
  readonly name: string | null;
  /** base64url. */
  readonly userHandle: string;
}

/** The browser leaves out devices that hold one of `present` already. */
export function creationOptions(
  party: RelyingParty,
  owner: PasskeyOwner,
  present: readonly StoredPasskey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userName: owner.username,
    userDisplayName: owner.name ?? owner.username,
    userID: Uint8Array.from(Buffer.from(owner.userHandle, 'base64url')),
    timeout: 300_000,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: present.map(describe),
  });
}

/** `present`: of the account that is known already; absent: whoever has one may answer, and the device has to verify its user. */
export function requestOptions(
  party: RelyingParty,
  present?: readonly StoredPasskey[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: party.id,
    timeout: 300_000,
    userVerification: present === undefined ? 'required' : 'preferred',
    ...(present && { allowCredentials: present.map(describe) }),
  });
}

function describe({ id, transports }: StoredPasskey) {
  return { id, transports: transports as AuthenticatorTransport[] };
}

/** What the device made; undefined: not what was asked for. */
export async function verifyCreation(
  party: RelyingParty,
  challenge: string,
  answer: string,
): Promise<Omit<StoredPasskey, 'accountId' | 'userHandle'> | undefined> {
  const response = parse<RegistrationResponseJSON>(answer);
  if (response === undefined) return undefined;
  const verified = await orUndefined(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    }),
  );
  if (!verified?.verified) return undefined;
  const { credential, credentialDeviceType } = verified.registrationInfo;
  return {
    id: credential.id,
    publicKey: Uint8Array.from(credential.publicKey),
    counter: credential.counter,
    transports: transportsOf(response),
    synced: credentialDeviceType === 'multiDevice',
  };
}

/** Id of the credential that answers, and of whom the device believes it to be; undefined: not an answer. */
export function readAnswer(
  answer: string,
): { readonly id: string; readonly userHandle: string | undefined } | undefined {
  const response = parse<AuthenticationResponseJSON>(answer);
  return response && { id: response.id, userHandle: response.response.userHandle };
}

/** Undefined: not a proof. `verified`: the device knew its user by finger, face or PIN. */
export async function verifyAnswer(
  party: RelyingParty,
  challenge: string,
  answer: string,
  passkey: StoredPasskey,
  mustVerifyUser: boolean,
): Promise<{ readonly counter: number; readonly verified: boolean } | undefined> {
  const response = parse<AuthenticationResponseJSON>(answer);
  if (response === undefined) return undefined;
  const result = await orUndefined(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: mustVerifyUser,
      credential: { id: passkey.id, publicKey: passkey.publicKey, counter: passkey.counter },
    }),
  );
  if (!result?.verified) return undefined;
  return { counter: result.authenticationInfo.newCounter, verified: result.authenticationInfo.userVerified };
}

function parse<T extends { id: string; response: object }>(text: string): T | undefined {
  if (text.length > longest) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { id, response } = value as Record<string, unknown>;
    const isAnswer = typeof id === 'string' && typeof response === 'object' && response !== null;
    return isAnswer && !text.includes('\\u0000') ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

const transportPattern = /^[a-z-]{1,20}$/;

function transportsOf({ response }: RegistrationResponseJSON): readonly string[] {
  const given: unknown = response.transports;
  return Array.isArray(given)
    ? given.filter((one) => typeof one === 'string' && transportPattern.test(one)).slice(0, 8)
    : [];
}

/** The package throws for whatever is wrong with an answer; none of it is a fault of ours. */
async function orUndefined<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
