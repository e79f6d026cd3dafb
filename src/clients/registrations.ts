/** What clients do about their own registration: register (RFC 7591), read, update and delete (RFC 7592). */
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type ClientDefinition, defaultAuthMethod, registeredClient } from './definition.ts';
import { type ClientGrants, effectiveDefinition } from './grants.ts';
import type { RegistrationRefusal } from './registration.ts';
import { clientInformation, toDefinition } from './registration-definition.ts';
import { readMetadata } from './registration-metadata.ts';
import type { RegistrationStore, StoredRegistration } from './registration-store.ts';
import { findSecret, generateClientSecret, hashClientSecret, secretMatches } from './secret.ts';

/** Whose access token a client is registered with. */
export interface RegistrationOwner {
  readonly accountId: string;
  readonly username: string;
}

/** The answer to the client. */
export type ClientInformation = Readonly<Record<string, unknown>>;

/** `token` is the registration access token; undefined answers: no such client, or not its token. */
export interface ClientRegistrations {
  /** Null: nobody in particular. */
  register(metadata: unknown, owner: RegistrationOwner | null): Promise<Result<ClientInformation, RegistrationRefusal>>;
  read(clientId: string, token: string): Promise<ClientInformation | undefined>;
  update(
    clientId: string,
    token: string,
    metadata: unknown,
  ): Promise<Result<ClientInformation, RegistrationRefusal> | undefined>;
  remove(clientId: string, token: string): Promise<boolean>;
}

export interface RegistrationsDeps {
  readonly issuer: string;
  readonly store: RegistrationStore;
  readonly clock: Clock;
  readonly newClientId: () => string;
  /** Resolves when every server process knows what this version of the lake holds, or after a second. */
  readonly settled: (version: number) => Promise<unknown>;
}

export function createClientRegistrations(deps: RegistrationsDeps): ClientRegistrations {
  const { store, clock } = deps;

  const held = async (clientId: string, token: string) => {
    const stored = await store.find(clientId);
    return stored?.tokenHash != null && secretMatches(token, stored.tokenHash) ? stored : undefined;
  };

  return {
    async register(metadata, owner) {
      const definition = definitionOf(metadata);
      if (!definition.ok) return definition;
      const token = generateClientSecret();
      const secret = needsSecret(definition.value) ? generateClientSecret() : undefined;
      const registration = {
        clientId: deps.newClientId(),
        definition: definition.value,
        secretHash: secret === undefined ? null : hashClientSecret(secret),
        tokenHash: hashClientSecret(token),
        registeredAt: clock.now(),
        registeredBy: owner?.accountId ?? null,
      };
      const actor = owner === null ? 'anonymous' : `user:${owner.username}`;
      const version = await store.insert(registration, { change: 'registered', actor, reason: null, at: clock.now() });
      await deps.settled(version);
      return ok(answer({ ...registration, granted: {}, previousSecret: null }, token, secret));
    },

    async read(clientId, token) {
      const stored = await held(clientId, token);
      return stored && answer(stored, token);
    },

    async update(clientId, token, metadata) {
      const stored = await held(clientId, token);
      if (stored === undefined) return undefined;
      const secret = generateClientSecret();
      let written: Result<StoredRegistration, RegistrationRefusal> | undefined;
      const revise = (present: StoredRegistration) => {
        written = revised(present, metadata, hashClientSecret(secret), clock.now());
        return written.ok ? written.value : undefined;
      };
      const note = { change: 'updated' as const, actor: `client:${clientId}`, reason: null, at: clock.now() };
      const version = await store.revise(clientId, revise, note);
      if (written === undefined || !written.ok) return written;
      if (version !== undefined) await deps.settled(version);
      const isNew = written.value.secretHash !== null && written.value.secretHash !== stored.secretHash;
      return ok(answer(written.value, token, isNew ? secret : undefined));
    },

    async remove(clientId, token) {
      if ((await held(clientId, token)) === undefined) return false;
      const note = { change: 'deleted' as const, actor: `client:${clientId}`, reason: null, at: clock.now() };
      return store.remove(clientId, note);
    },
  };

  /** RFC 7591 section 3.2.1 and RFC 7592 section 3; a secret is shown once, when it is made. */
  function answer(registration: StoredRegistration, token: string, secret?: string): ClientInformation {
    const { clientId, definition, granted, secretHash, registeredAt } = registration;
    const identity = { clientId, secretHash, memberships: [] };
    const client = registeredClient(identity, effectiveDefinition(definition, granted));
    return {
      ...clientInformation(client, Math.floor(registeredAt / 1000)),
      ...(secret !== undefined && { client_secret: secret }),
      ...(secretHash !== null && { client_secret_expires_at: 0 }),
      registration_access_token: token,
      registration_client_uri: new URL(`register/${clientId}`, deps.issuer).href,
    };
  }
}

function definitionOf(
  metadata: unknown,
  present?: ClientDefinition,
  granted?: ClientGrants,
): Result<ClientDefinition, RegistrationRefusal> {
  const given = readMetadata(metadata);
  return given.ok ? toDefinition(given.value, present, granted) : given;
}

/** RFC 7592 section 2.2: the client names itself, and its secret only as it is. */
function revised(
  present: StoredRegistration,
  metadata: unknown,
  newSecretHash: string,
  now: number,
): Result<StoredRegistration, RegistrationRefusal> {
  const refuse = (description: string) => err({ error: 'invalid_client_metadata' as const, description });
  const said = (metadata ?? {}) as { client_id?: unknown; client_secret?: unknown };
  if (said.client_id !== present.clientId) return refuse('`client_id`: expected the one of this client');
  if (said.client_secret !== undefined && !isOwnSecret(said.client_secret, present, now)) {
    return refuse('`client_secret`: expected the present one');
  }
  const definition = definitionOf(metadata, present.definition, present.granted);
  if (!definition.ok) return definition;
  const secretHash = needsSecret(definition.value) ? (present.secretHash ?? newSecretHash) : null;
  return ok({ ...present, definition: definition.value, secretHash });
}

function isOwnSecret(secret: unknown, client: StoredRegistration, now: number): boolean {
  return typeof secret === 'string' && findSecret(client, secret, now) !== undefined;
}

/** Whether it proves who it is by a secret. */
export function needsSecret({ tokenEndpointAuthMethod: method = defaultAuthMethod }: ClientDefinition): boolean {
  return method.startsWith('client_secret_');
}
