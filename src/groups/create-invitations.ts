/** The use cases of invitations by link (src/groups/requests.ts): who made one has to be a manager still when it is accepted. */
import { type ChangeContext, type PeopleActor, peopleActorName, seesEverybody } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { TicketStore } from '../accounts/tickets.ts';
import type { Clock } from '../shared/clock.ts';
import { isMailAddress } from '../shared/mail-address.ts';
import { ok } from '../shared/result.ts';
import type { GroupAdministration } from './administration.ts';
import { mayManage } from './group-permissions.ts';
import type { GroupInvitations, NewInvitation } from './requests.ts';
import type { InvitationStore, InvitationWriter, StoredInvitation } from './requests-store.ts';
import type { InGroupUnit } from './unit.ts';

export interface GroupInvitationsDeps {
  readonly store: InvitationStore;
  readonly groups: GroupAdministration;
  readonly inUnit: InGroupUnit;
  readonly accounts: AccountStore;
  readonly tickets: TicketStore;
  readonly clock: Clock;
  readonly place: { readonly product: string; readonly issuer: string };
}

const mostUses = 10_000;
const longest = 366 * 86_400_000;

export function createGroupInvitations(deps: GroupInvitationsDeps): GroupInvitations {
  const { store, groups, inUnit, accounts, tickets, clock, place } = deps;
  const managedOf = (actor: PeopleActor) => (actor.kind === 'user' ? groups.managedBy(actor.id) : Promise.resolve([]));

  const writerOf = ({ actor, reason }: ChangeContext): InvitationWriter => ({
    at: clock.now(),
    actor: peopleActorName(actor),
    address: actor.address,
    reason,
  });

  /** The invitation behind a link, as long as it counts. */
  const open = async (secret: string): Promise<StoredInvitation | undefined> => {
    const ticket = await tickets.find('invitation', secret);
    const { id } = (ticket?.payload ?? {}) as { id?: string };
    const invitation = id === undefined ? undefined : await store.findOpen(id, clock.now());
    return invitation !== undefined && (await isCreatorThere(groups, invitation)) ? invitation : undefined;
  };

  const isCreatorThere = async (
    from: Pick<GroupAdministration, 'managedBy'>,
    { creatorId, groupPath }: StoredInvitation,
  ): Promise<boolean> => {
    if (creatorId === null) return true;
    const creator = await accounts.findById(creatorId);
    if (creator === undefined || creator.state !== 'active') return false;
    const { id, username, roles } = creator;
    const actor: PeopleActor = { kind: 'user', id, username, roles, mayWrite: true, address: null };
    return mayManage(actor, await from.managedBy(creatorId), groupPath);
  };

  return {
    create: async (context, groupId, invitation) => {
      const { actor } = context;
      const group = await groups.get(actor, groupId);
      if (!group.ok) return group;
      const { path } = group.value;
      if (!mayManage(actor, await managedOf(actor), path))
        return refused('not-allowed', `\`${path}\` is for its managers`);
      const checked = checkInvitation(invitation, clock.now());
      if (!checked.ok) return checked;
      const creatorId = actor.kind === 'user' ? actor.id : null;
      const now = clock.now();
      const createdBy = peopleActorName(actor);
      const id = await store.insert({ ...invitation, groupId, createdBy, creatorId }, writerOf(context));
      const { expiresAt, email } = invitation;
      const secret = await tickets.issue({
        purpose: 'invitation',
        binding: null,
        accountId: null,
        payload: { id },
        expiresAt,
      });
      if (email !== null) {
        const url = new URL(`invitation/${secret}`, place.issuer).href;
        const data = { group: path, product: place.product, url };
        await store.mail({ kind: 'group.invitation', recipient: email, accountId: null, data }, now);
      }
      return ok({ id, secret });
    },

    list: async (actor, groupId, page) => {
      const managed = seesEverybody(actor) ? null : await managedOf(actor);
      return ok(await store.list(groupId, managed, page, clock.now()));
    },

    revoke: async (context, id) => {
      const { actor } = context;
      const invitation = await store.findOpen(id, clock.now());
      if (invitation === undefined || !mayManage(actor, await managedOf(actor), invitation.groupPath)) return unknown();
      return (await store.revoke(id, writerOf(context))) ? ok(null) : unknown();
    },

    find: async (secret) => {
      const invitation = await open(secret);
      if (invitation === undefined) return undefined;
      const { groupPath, description, createdBy, until } = invitation;
      return { groupPath, description, createdBy, until };
    },

    accept: async ({ actor }, secret) => {
      if (actor.kind !== 'user') return refused('not-allowed', 'invitations are for people');
      const invitation = await open(secret);
      if (invitation === undefined) return unknown();
      // On behalf of who invited: the member has no right to it but the invitation.
      const inviter: PeopleActor = { ...actor, kind: 'system', id: 'invitation', username: null, roles: ['admin'] };
      const context = { actor: inviter, reason: `invited by ${invitation.createdBy}, accepted by ${actor.username}` };
      const interval = { from: null, until: invitation.until };
      return inUnit(async (unit) => {
        const present = await unit.requests.membership(actor.id, invitation.groupId);
        if (present !== undefined && !isLonger(invitation.until, present.until)) {
          return refused('conflict', `you are a member of \`${invitation.groupPath}\` already`);
        }
        // Meanwhile it may have been taken back, and who made it may manage the group no more.
        const isOpen = await isCreatorThere(unit.groups, invitation);
        if (!isOpen || !(await unit.invitations.use(invitation.id, clock.now()))) return unknown();
        const made = await unit.groups.setMember(context, invitation.groupId, actor.id, interval);
        return made.ok ? ok(invitation.groupPath) : made;
      });
    },
  };
}

function checkInvitation({ email, uses, until, expiresAt }: NewInvitation, now: number): PeopleAnswer<null> {
  if (email !== null && !isMailAddress(email)) return refused('invalid', '`email`: expected a mail address', 'email');
  if (!Number.isInteger(uses) || uses < 1 || uses > mostUses) {
    return refused('invalid', `\`uses\`: expected 1 to ${mostUses}`, 'uses');
  }
  if (email !== null && uses !== 1) return refused('invalid', '`uses`: expected 1 for a mail address', 'uses');
  if (!(expiresAt > now && expiresAt <= now + longest)) {
    return refused('invalid', '`expiresAt`: expected an instant within a year', 'expiresAt');
  }
  return until !== null && until <= now
    ? refused('invalid', '`until`: expected an instant to come', 'until')
    : ok(null);
}

/** Null: without end. */
function isLonger(until: number | null, than: number | null): boolean {
  return than !== null && (until === null || until > than);
}

const unknown = () => refused('not-found', 'the invitation is used up, has ended, or was taken back');
