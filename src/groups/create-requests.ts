/** The use cases of requests for memberships (src/groups/requests.ts). */
import { type ChangeContext, type PeopleActor, peopleActorName, seesEverybody } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { text } from '../lake/schema/scalars.ts';
import type { MailKind, NewMail } from '../mail/texts.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { GroupAdministration, MembershipInterval } from './administration.ts';
import { managesAt, mayManage } from './group-permissions.ts';
import type { GroupRequest, GroupRequests, RequestState } from './requests.ts';
import type { GroupRequestStore } from './requests-store.ts';
import type { GroupUnit, InGroupUnit } from './unit.ts';

export interface GroupRequestsDeps {
  readonly store: GroupRequestStore;
  readonly groups: GroupAdministration;
  readonly inUnit: InGroupUnit;
  readonly clock: Clock;
  /** Name and address of this server in mails. */
  readonly place: { readonly product: string; readonly issuer: string };
}

const days = 86_400_000;
const requestDays = 30;

export function createGroupRequests({ store, groups, inUnit, clock, place }: GroupRequestsDeps): GroupRequests {
  /** Null: all of them. */
  const managedOf = async (actor: PeopleActor) => {
    if (seesEverybody(actor)) return null;
    return actor.kind === 'user' ? groups.managedBy(actor.id) : [];
  };

  const decidable = async (
    { groups, requests }: Pick<GroupUnit, 'groups' | 'requests'>,
    { actor }: ChangeContext,
    id: string,
  ): Promise<PeopleAnswer<GroupRequest>> => {
    const request = await requests.find(id);
    const managed = actor.kind === 'user' ? await groups.managedBy(actor.id) : [];
    if (request === undefined || !(mayManage(actor, managed, request.groupPath) || request.accountId === actor.id)) {
      return refused('not-found', 'there is no such request');
    }
    if (!mayManage(actor, managed, request.groupPath))
      return refused('not-allowed', 'requests are decided by managers');
    return request.state === 'pending' ? ok(request) : settled(request);
  };

  const decide = async (
    requests: GroupRequestStore,
    { actor, reason }: ChangeContext,
    request: GroupRequest,
    state: Exclude<RequestState, 'pending'>,
    mail: 'group.approved' | 'group.refused' | null,
  ): Promise<PeopleAnswer<GroupRequest>> => {
    const at = clock.now();
    const { address } = actor;
    const decision = { state, by: peopleActorName(actor), address, at, answer: reason };
    const mails = mail === null ? [] : mailTo(request, mail, reason);
    if (!(await requests.decide(request.id, decision, mails))) return settled(request);
    return ok({ ...request, state, decidedAt: at, decidedBy: decision.by, answer: reason });
  };

  const mailTo = (request: GroupRequest, kind: 'group.approved' | 'group.refused', reason: string | null) => {
    const { email, name, username, groupPath: group, accountId } = request;
    const data = { name: name ?? username, group, product: place.product, reason: reason ?? '' };
    return email === null ? [] : [{ kind, recipient: email, accountId, data } satisfies NewMail<typeof kind>];
  };

  return {
    ask: async (context, groupId, note) => {
      const { actor } = context;
      if (actor.kind !== 'user' || !actor.mayWrite) return refused('not-allowed', 'people ask for themselves');
      if (note !== null && !text().safeParse(note).success)
        return refused('invalid', '`note`: expected a text of at most 1000 characters on one line', 'note');
      const group = await groups.get(actor, groupId);
      if (!group.ok) return group;
      const present = await store.membership(actor.id, groupId);
      if (present !== undefined && present.until === null)
        return refused('conflict', `you are a member of \`${group.value.path}\` already`);
      const now = clock.now();
      const mails = await mailsToManagers(context, group.value.path, note);
      const kind = present === undefined ? 'join' : 'renewal';
      const request = {
        accountId: actor.id,
        groupId,
        kind,
        note,
        by: peopleActorName(actor),
        address: actor.address,
        createdAt: now,
        expiresAt: now + requestDays * days,
      } as const;
      const id = await store.insert(request, mails);
      if (id === undefined) return refused('conflict', `a request for \`${group.value.path}\` waits already`);
      return orMissing(await store.find(id));
    },

    list: async (actor, filter, page) => {
      const isOwn = actor.kind === 'user' && filter.accountId === actor.id;
      return ok(await store.list(filter, isOwn ? null : await managedOf(actor), page));
    },

    get: async (actor, id) => {
      const request = await store.find(id);
      const managed = await managedOf(actor);
      const isSeen =
        request !== undefined &&
        (managed === null || request.accountId === actor.id || managesAt(managed, request.groupPath));
      return isSeen ? ok(request) : refused('not-found', 'there is no such request');
    },

    approve: (context, id, interval) =>
      inUnit(async (unit) => {
        const request = await decidable(unit, context, id);
        if (!request.ok) return request;
        const { groupId, accountId } = request.value;
        const made = await unit.groups.setMember(context, groupId, accountId, intervalOf(interval));
        return made.ok ? decide(unit.requests, context, request.value, 'approved', 'group.approved') : made;
      }),

    refuse: async (context, id) => {
      const request = await decidable({ groups, requests: store }, context, id);
      return request.ok ? decide(store, context, request.value, 'refused', 'group.refused') : request;
    },

    withdraw: async (context, id) => {
      const request = await store.find(id);
      if (request === undefined || request.accountId !== context.actor.id)
        return refused('not-found', 'there is no such request');
      return request.state === 'pending' ? decide(store, context, request, 'withdrawn', null) : settled(request);
    },

    countPending: async (actor) => store.countPending(await managedOf(actor)),
  };

  async function mailsToManagers(
    { actor }: ChangeContext,
    group: string,
    note: string | null,
  ): Promise<NewMail<MailKind>[]> {
    const url = new URL('manage/requests', place.issuer).href;
    return (await store.managersFor(group)).map(({ accountId, name, email }) => ({
      kind: 'group.request' as const,
      recipient: email,
      accountId,
      data: { name, group, product: place.product, who: actor.username ?? '', note: note ?? '', url },
    }));
  }
}

function intervalOf({ from, until }: MembershipInterval): MembershipInterval {
  return { from, until };
}

function settled({ state }: GroupRequest) {
  return refused(
    'conflict',
    state === 'pending' ? 'the request was decided meanwhile' : `the request is ${state} already`,
  );
}

function orMissing(request: GroupRequest | undefined): PeopleAnswer<GroupRequest> {
  return request === undefined ? refused('not-found', 'there is no such request') : ok(request);
}
