/** Two secrets that overlap, so that a service changes its secret without an interruption (NIST SP 800-57 part 1, section 5.3: replaced before its end). */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { ClientAdministration, NewSecret } from './administration.ts';
import type { HeldClient } from './administration-store.ts';
import { changeable } from './permissions.ts';
import { needsSecret } from './registrations.ts';
import { generateClientSecret, hashClientSecret } from './secret.ts';
import { afterwards, type ClientAdministrationDeps, writeClient } from './use-case.ts';

const day = 86_400_000;

/** How long the secret of before stays valid, in days. */
export const overlap = { default: 14, most: 90 };

export function createSecretUseCases(
  deps: ClientAdministrationDeps,
): Pick<ClientAdministration, 'addSecret' | 'endSecret'> {
  return {
    addSecret: async (context, clientId, overlapDays = overlap.default) => {
      if (!Number.isInteger(overlapDays) || overlapDays < 0 || overlapDays > overlap.most) {
        return refused('invalid', `expected 0 to ${overlap.most} days`, 'overlapDays');
      }
      return writeClient(deps, context, async (session, now): Promise<PeopleAnswer<NewSecret>> => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client } = found.value;
        const problem = findRotationProblem(client, overlapDays, now);
        if (problem !== undefined) return problem;
        const secret = generateClientSecret();
        const previous = overlapDays === 0 ? null : previousUntil(client, now + overlapDays * day);
        await session.update(clientId, { secret: { hash: hashClientSecret(secret), createdAt: now, previous } }, now);
        await session.audit('client.secret-added', clientId, { overlapDays });
        const after = await afterwards(session, clientId);
        return after.ok ? ok({ secret, client: after.value }) : after;
      });
    },

    endSecret: (context, clientId, slot) =>
      writeClient(deps, context, async (session, now) => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client } = found.value;
        const { secretHash, secretCreatedAt, previousSecret, secrets } = client;
        if (previousSecret === null || !hasTwo(client, now)) {
          return refused('in-use', 'it has one secret: add another first');
        }
        const previousCreatedAt = secrets.find((one) => one.slot === 'previous')?.createdAt ?? null;
        const kept =
          slot === 'previous'
            ? { hash: secretHash, createdAt: secretCreatedAt }
            : { hash: previousSecret.hash, createdAt: previousCreatedAt };
        await session.update(clientId, { secret: { ...kept, previous: null } }, now);
        await session.audit('client.secret-ended', clientId, { slot });
        return afterwards(session, clientId);
      }),
  };
}

function findRotationProblem(client: HeldClient, overlapDays: number, now: number): PeopleAnswer<never> | undefined {
  if (!needsSecret(client.effective)) return refused('in-use', 'the client proves who it is without a secret');
  if (overlapDays === 0 || !hasTwo(client, now)) return undefined;
  return refused('conflict', 'two secrets are valid: end one of them first');
}

function hasTwo({ previousSecret }: HeldClient, now: number): boolean {
  return previousSecret !== null && now < previousSecret.endsAt;
}

/** The present one, as it is kept beside its successor. */
function previousUntil({ secretHash: hash, secretCreatedAt: createdAt }: HeldClient, endsAt: number) {
  return hash === null ? null : { hash, endsAt, createdAt };
}
