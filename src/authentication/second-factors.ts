/** Second factors of an account: setting them up, proving them, taking them away. */
import { randomBytes } from 'node:crypto';
import { type ChangeContext, isPeopleAdmin } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { TicketStore } from '../accounts/tickets.ts';
import type { SecretSealer } from '../keys/seal.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { AttemptGuard } from './attempts.ts';
import { type FactorStore, type Factors, hasFactor, type StoredPasskey } from './factors.ts';
import { newOneTimeSecret, secretAddress, secretText, stepOf } from './one-time-code.ts';
import {
  creationOptions,
  type RelyingParty,
  readAnswer,
  requestOptions,
  verifyAnswer,
  verifyCreation,
} from './passkey.ts';
import { isRecoveryCode, newRecoveryCodes, recoveryCodeHash } from './recovery-code.ts';

/** How long a page with a challenge or a new secret may stay open. */
const ticketMilliseconds = 15 * 60_000;

export interface FactorOwner {
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
}

/** A secret that no app has proved to have yet. */
export interface OneTimeCodeOffer {
  /** For the form; the secret itself stays here. */
  readonly ticket: string;
  /** Base32, for who types it. */
  readonly text: string;
  /** `otpauth:` address, for the QR code. */
  readonly address: string;
}

/** What a browser is asked, as JSON of WebAuthn level 3, with the ticket that its answer has to come with. */
export interface PasskeyQuestion {
  readonly ticket: string;
  readonly options: object;
}

export interface PasskeyAnswer {
  readonly ticket: string;
  /** JSON of the browser's credential. */
  readonly answer: string;
}

export type CodeFault = { readonly kind: 'wrong' } | { readonly kind: 'delayed'; readonly seconds: number };

export interface PasskeyProof {
  readonly accountId: string;
  /** The device knew its user by finger, face or PIN: a proof of two factors by itself. */
  readonly verified: boolean;
  /** RFC 8176. */
  readonly amr: readonly string[];
}

/** New recovery codes, to be shown once; null: the present ones stay. */
type Recovery = { readonly recoveryCodes: readonly string[] | null };

/** `binding` is the secret of the browser that a page is shown to; its answer counts only from there. */
export interface SecondFactors {
  read(accountId: string): Promise<Factors>;
  hasFactor(accountId: string): Promise<boolean>;
  offerOneTimeCode(owner: FactorOwner, binding: string): Promise<OneTimeCodeOffer>;
  /** The same offer again, after a wrong code; undefined: its time is over. */
  findOffer(owner: FactorOwner, binding: string, ticket: string): Promise<OneTimeCodeOffer | undefined>;
  /** `expired`: the offer is over or was for somebody else. */
  confirmOneTimeCode(
    context: ChangeContext,
    owner: FactorOwner,
    binding: string,
    proof: { readonly ticket: string; readonly code: string },
  ): Promise<Result<Recovery, 'wrong' | 'expired'>>;
  /** Uses up a one-time code or a recovery code. */
  checkCode(accountId: string, code: string): Promise<Result<'otp' | 'recovery', CodeFault>>;
  removeOneTimeCode(context: ChangeContext, accountId: string): Promise<boolean>;
  renewRecoveryCodes(context: ChangeContext, accountId: string): Promise<readonly string[]>;
  offerPasskey(owner: FactorOwner, binding: string): Promise<PasskeyQuestion>;
  addPasskey(
    context: ChangeContext,
    owner: FactorOwner,
    binding: string,
    answer: PasskeyAnswer & { readonly name: string },
  ): Promise<PeopleAnswer<Recovery>>;
  /** `accountId` null: whoever answers. */
  askPasskey(accountId: string | null, binding: string): Promise<PasskeyQuestion>;
  checkPasskey(
    accountId: string | null,
    binding: string,
    answer: PasskeyAnswer,
  ): Promise<Result<PasskeyProof, 'wrong' | 'expired'>>;
  removePasskey(context: ChangeContext, accountId: string, id: string): Promise<PeopleAnswer<null>>;
  /** For administrators, when somebody lost everything. */
  removeAll(context: ChangeContext, accountId: string): Promise<PeopleAnswer<null>>;
}

export interface SecondFactorDeps {
  readonly store: FactorStore;
  readonly tickets: TicketStore;
  readonly sealer: SecretSealer;
  readonly attempts: AttemptGuard;
  readonly party: RelyingParty;
  readonly clock: Clock;
}

interface ChallengePayload {
  readonly challenge: string;
  readonly for: 'add' | 'sign-in';
  readonly userHandle?: string;
}

export function createSecondFactors(deps: SecondFactorDeps): SecondFactors {
  const { store, tickets, sealer, clock, party } = deps;
  const issue = (purpose: 'one-time-code' | 'passkey', binding: string, accountId: string | null, payload: object) =>
    tickets.issue({ purpose, binding, accountId, payload, expiresAt: clock.now() + ticketMilliseconds });
  const present = (owner: FactorOwner, ticket: string, secret: Buffer): OneTimeCodeOffer => ({
    ticket,
    text: secretText(secret),
    address: secretAddress(secret, { issuer: party.name, username: owner.username }),
  });
  /** Undefined for a ticket of somebody else or whose secret cannot be read. */
  const offered = async (owner: FactorOwner, binding: string, ticket: string) => {
    const found = await tickets.find('one-time-code', ticket, binding);
    if (found === undefined || found.accountId !== owner.id) return undefined;
    const { sealed } = found.payload as { readonly sealed: string };
    const secret = await sealer.unseal(boundTo(owner.id), sealed);
    return secret && { sealed, secret };
  };
  /** With the first factor: a lost device must not end the account. */
  const firstRecovery = async (accountId: string): Promise<readonly string[] | null> =>
    hasFactor(await store.read(accountId)) ? null : newRecoveryCodes();
  const hashes = (accountId: string, codes: readonly string[] | null) =>
    codes?.map((code) => recoveryCodeHash(accountId, code)) ?? null;

  return {
    read: store.read,
    hasFactor: store.hasFactor,

    offerOneTimeCode: async (owner, binding) => {
      const secret = newOneTimeSecret();
      const sealed = await sealer.seal(boundTo(owner.id), secret);
      return present(owner, await issue('one-time-code', binding, owner.id, { sealed }), secret);
    },
    findOffer: async (owner, binding, ticket) => {
      const found = await offered(owner, binding, ticket);
      return found && present(owner, ticket, found.secret);
    },
    confirmOneTimeCode: async (context, owner, binding, { ticket, code }) => {
      const found = await offered(owner, binding, ticket);
      if (found === undefined) return err('expired');
      const step = stepOf(found.secret, code, clock.now());
      if (step === undefined) return err('wrong');
      if ((await tickets.redeem('one-time-code', ticket, binding)) === undefined) return err('expired');
      const recoveryCodes = await firstRecovery(owner.id);
      const newCode = { sealed: found.sealed, lastStep: step };
      await store.setOneTimeCode(context, owner.id, newCode, hashes(owner.id, recoveryCodes), clock.now());
      return ok({ recoveryCodes });
    },
    checkCode: async (accountId, code) => {
      const attempt = await deps.attempts.code(accountId);
      if (!attempt.ok) return err({ kind: 'delayed', seconds: attempt.error });
      const kind = isRecoveryCode(code)
        ? (await store.useRecoveryCode(accountId, recoveryCodeHash(accountId, code), clock.now())) && 'recovery'
        : (await useOneTimeCode(accountId, code)) && 'otp';
      if (kind === false) return err({ kind: 'wrong' });
      await attempt.value.succeeded();
      return ok(kind);
    },
    removeOneTimeCode: (context, accountId) => store.removeOneTimeCode(context, accountId, clock.now()),
    renewRecoveryCodes: async (context, accountId) => {
      const codes = newRecoveryCodes();
      await store.setRecoveryCodes(
        context,
        accountId,
        codes.map((code) => recoveryCodeHash(accountId, code)),
        clock.now(),
      );
      return codes;
    },

    offerPasskey: async (owner, binding) => {
      const known = await store.passkeysOf(owner.id);
      const userHandle = known[0]?.userHandle ?? randomBytes(32).toString('base64url');
      const options = await creationOptions(party, { ...owner, userHandle }, known);
      const payload: ChallengePayload = { challenge: options.challenge, for: 'add', userHandle };
      return { ticket: await issue('passkey', binding, owner.id, payload), options };
    },
    addPasskey: async (context, owner, binding, { ticket, answer, name }) => {
      const shown = name.trim().slice(0, 100);
      if (shown === '') return refused('invalid', 'expected a name', 'name');
      const asked = await redeem('add', owner.id, binding, ticket);
      if (asked?.userHandle === undefined) return refused('conflict', 'the page was open for too long');
      const made = await verifyCreation(party, asked.challenge, answer);
      if (made === undefined) return refused('invalid', 'expected the answer of a passkey that was just made');
      const recoveryCodes = await firstRecovery(owner.id);
      const passkey = { ...made, accountId: owner.id, userHandle: asked.userHandle, name: shown };
      const added = await store.addPasskey(context, passkey, hashes(owner.id, recoveryCodes), clock.now());
      return added.ok ? ok({ recoveryCodes }) : added;
    },
    askPasskey: async (accountId, binding) => {
      const options = await requestOptions(party, accountId === null ? undefined : await store.passkeysOf(accountId));
      const payload: ChallengePayload = { challenge: options.challenge, for: 'sign-in' };
      return { ticket: await issue('passkey', binding, accountId, payload), options };
    },
    checkPasskey: async (accountId, binding, { ticket, answer }) => {
      const asked = await redeem('sign-in', accountId, binding, ticket);
      if (asked === undefined) return err('expired');
      const passkey = await claimed(accountId, answer);
      if (passkey === undefined) return err('wrong');
      const proof = await verifyAnswer(party, asked.challenge, answer, passkey, accountId === null);
      if (proof === undefined || !(await store.usePasskey(passkey.id, proof.counter, clock.now()))) return err('wrong');
      const amr = [passkey.synced ? 'swk' : 'hwk', 'user'];
      return ok({ accountId: passkey.accountId, verified: proof.verified, amr });
    },
    removePasskey: (context, accountId, id) => store.removePasskey(context, accountId, id, clock.now()),
    removeAll: async (context, accountId) => {
      const { actor } = context;
      if (!isPeopleAdmin(actor))
        return refused('not-allowed', 'second factors of others are removed by administrators');
      // Who has the password of an administrator must not do without the second factor by this.
      if (actor.kind === 'user' && actor.id === accountId) {
        return refused(
          'not-allowed',
          'your own second factors are removed at `/account/security`, or by another administrator',
        );
      }
      return store.removeAll(context, accountId, clock.now());
    },
  };

  async function redeem(use: ChallengePayload['for'], accountId: string | null, binding: string, ticket: string) {
    const redeemed = await tickets.redeem('passkey', ticket, binding);
    const asked = redeemed?.payload as ChallengePayload | undefined;
    return asked?.for === use && redeemed?.accountId === accountId ? asked : undefined;
  }

  /** The passkey that an answer names: one of the account, or of whom the device says that it is. */
  async function claimed(accountId: string | null, answer: string): Promise<StoredPasskey | undefined> {
    const given = readAnswer(answer);
    const passkey = given && (await store.passkey(given.id));
    if (given === undefined || passkey === undefined) return undefined;
    const isTheirs = accountId === null ? given.userHandle === passkey.userHandle : passkey.accountId === accountId;
    return isTheirs ? passkey : undefined;
  }

  async function useOneTimeCode(accountId: string, code: string): Promise<boolean> {
    const found = await store.oneTimeCode(accountId);
    const secret = found && (await sealer.unseal(boundTo(accountId), found.sealed));
    if (found === undefined || secret === undefined) return false;
    const step = stepOf(secret, code, clock.now());
    if (step === undefined || !(await store.useStep(accountId, step, clock.now()))) return false;
    if (!(await sealer.isNewest(boundTo(accountId), found.sealed))) {
      await store.replaceSealed(accountId, found.sealed, await sealer.seal(boundTo(accountId), secret));
    }
    return true;
  }
}

/** A sealed secret cannot be put into the row of another account. */
export function boundTo(accountId: string): string {
  return `one-time-code ${accountId}`;
}
