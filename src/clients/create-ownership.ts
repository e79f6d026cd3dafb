/** Who looks after a client: owners invite others, who accept; administrators name them. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { ClientAdministration } from './administration.ts';
import type { HeldClient } from './administration-store.ts';
import { administered, changeable, unknownClient } from './permissions.ts';
import { afterwards, type ClientAdministrationDeps, writeClient } from './use-case.ts';

const day = 86_400_000;

/** How long an invitation waits, in days. */
const invitationDays = 14;

const mostOwners = 50;

export function createOwnershipUseCases(
  deps: ClientAdministrationDeps,
): Pick<ClientAdministration, 'setOwners' | 'inviteOwner' | 'removeOwner' | 'invitations' | 'answerInvitation'> {
  return {
    setOwners: (context, clientId, usernames) =>
      writeClient(deps, context, async (session) => {
        const found = administered(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const ids = await session.accountIds(usernames);
        const unknown = usernames.find((username) => !ids.has(username));
        if (unknown !== undefined) return refused('invalid', `account \`${unknown}\` not known`, 'owners');
        if (usernames.length > mostOwners) return refused('invalid', `expected at most ${mostOwners} owners`, 'owners');
        await session.setOwners(clientId, [...new Set(usernames.map((username) => ids.get(username) ?? ''))]);
        await session.audit('client.owners-changed', clientId, { owners: [...new Set(usernames)] });
        return afterwards(session, clientId);
      }),

    inviteOwner: (context, clientId, username) =>
      writeClient(deps, context, async (session, now) => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client } = found.value;
        const problem = findInvitationProblem(client, username);
        if (problem !== undefined) return problem;
        const accountId = (await session.accountIds([username])).get(username) ?? null;
        const invitedBy = context.actor.username ?? context.actor.id;
        await session.invite(clientId, { username, accountId, invitedBy }, now, now + invitationDays * day);
        await session.audit('client.owner-invited', clientId, { username });
        if (accountId !== null) {
          await session.mail({ accountId }, client, { kind: 'client.invited', data: { invitedBy } }, now);
        }
        return afterwards(session, clientId);
      }),

    removeOwner: (context, clientId, username) =>
      writeClient(deps, context, async (session): Promise<PeopleAnswer<null>> => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client, right } = found.value;
        const rest = client.owners.filter((owner) => owner.username !== username);
        if (rest.length === client.owners.length) {
          if (!(await session.dropInvitation(clientId, username))) {
            return refused('not-found', `\`${username}\` is no owner`, 'username');
          }
          await session.audit('client.invitation-withdrawn', clientId, { username });
          return ok(null);
        }
        if (right === 'owner' && !rest.some(({ usable }) => usable)) {
          return refused('in-use', 'the last owner stays: invite another first, or delete the client', 'username');
        }
        await session.setOwners(
          clientId,
          rest.map(({ accountId }) => accountId),
        );
        await session.audit('client.owners-changed', clientId, { owners: rest.map((owner) => owner.username) });
        return ok(null);
      }),

    invitations: (actor) =>
      actor.kind === 'user' ? deps.records.invitationsOf(actor.id, deps.clock.now()) : Promise.resolve([]),

    answerInvitation: (context, clientId, accept) =>
      writeClient(deps, context, async (session, now): Promise<PeopleAnswer<null>> => {
        const { actor } = context;
        if (actor.kind !== 'user' || !actor.mayWrite) return refused('not-allowed', 'the invited account answers');
        const invitedBy = await session.takeInvitation(clientId, actor.id, now);
        const client = await session.find(clientId);
        if (invitedBy === undefined || client === undefined) return unknownClient(clientId);
        if (accept) {
          await session.setOwners(clientId, [
            ...new Set([...client.owners.map(({ accountId }) => accountId), actor.id]),
          ]);
        }
        await session.audit(accept ? 'client.invitation-accepted' : 'client.invitation-refused', clientId, {
          username: actor.username,
          invitedBy,
        });
        return ok(null);
      }),
  };
}

function findInvitationProblem({ owners, invitations }: HeldClient, username: string): PeopleAnswer<never> | undefined {
  if (!/^[!-~]{1,255}$/.test(username)) return refused('invalid', 'expected a username', 'username');
  if (owners.some((owner) => owner.username === username)) {
    return refused('taken', `\`${username}\` is an owner`, 'username');
  }
  if (owners.length + invitations.length < mostOwners) return undefined;
  return refused('in-use', `expected at most ${mostOwners} owners and invitations`);
}
