/** The use cases of groups (src/groups/administration.ts): who may, in one transaction each. */
import { type ChangeContext, isPeopleAdmin, type PeopleActor } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { Group, GroupAdministration, MembershipInterval, NewGroup } from './administration.ts';
import type { GroupRecords, GroupSession, Written } from './administration-store.ts';
import { checkGroupFields, checkGroupPath, checkInterval } from './group-fields.ts';
import { forManagers, mayManage, mayManageFromAbove, maySeeMembers } from './group-permissions.ts';
import { checkMove, checkPlace, type Places } from './group-places.ts';

export interface GroupAdministrationDeps {
  readonly records: GroupRecords;
  readonly clock: Clock;
}

const always: MembershipInterval = { from: null, until: null };

type Who = (actor: PeopleActor, managed: readonly string[], path: string) => boolean;

interface Step {
  readonly session: GroupSession;
  readonly context: ChangeContext;
  /** As it is now; nobody else writes it meanwhile. */
  readonly group: Group;
  readonly now: number;
}

export function createGroupAdministration({ records, clock }: GroupAdministrationDeps): GroupAdministration {
  const managedOf = (actor: PeopleActor) => (actor.kind === 'user' ? records.managedBy(actor.id) : Promise.resolve([]));

  /** Runs a step on a group that the actor may change. */
  const write = async <T>(
    context: ChangeContext,
    id: string,
    who: Who,
    work: (step: Step) => Promise<PeopleAnswer<T>>,
    options: { readonly rules?: boolean } = {},
  ): Promise<PeopleAnswer<Written<T>>> => {
    const managed = await managedOf(context.actor);
    const now = clock.now();
    const run = async (session: GroupSession) => {
      const group = await session.find(id);
      if (group === undefined) return unknown();
      if (!who(context.actor, managed, group.path)) return forManagers(group.path);
      return work({ session, context, group, now });
    };
    return records.write(context, now, run, options);
  };

  const seen = async (actor: PeopleActor, id: string): Promise<PeopleAnswer<Group>> => {
    const group = await records.find(id);
    if (group === undefined) return unknown();
    return maySeeMembers(actor, await managedOf(actor), group.path) ? ok(group) : forManagers(group.path);
  };

  const answerOf = <T>(outcome: PeopleAnswer<Written<T>>): PeopleAnswer<T> =>
    outcome.ok ? ok(outcome.value.value) : outcome;

  return {
    list: async (_actor, filter, page) => ok(await records.list(filter, page)),
    get: async (_actor, id) => orUnknown(await records.find(id)),
    findByPath: async (_actor, path) => orUnknown(await records.findByPath(path)),
    managedBy: (accountId) => records.managedBy(accountId),

    create: async (context, group) => {
      const checked = checkNew(group);
      if (!checked.ok) return checked;
      const managed = await managedOf(context.actor);
      const who = (path: string) => mayManageFromAbove(context.actor, managed, path);
      const run = (session: GroupSession) => createGroup(session, group, who, isPeopleAdmin(context.actor));
      return answerOf(await records.write(context, clock.now(), run, { rules: true }));
    },

    change: async (context, id, change) => {
      const checked = checkGroupFields(change);
      if (!checked.ok) return checked;
      const changed = await write(
        context,
        id,
        mayManage,
        async ({ session, group }) => {
          const flips = change.isDefault !== undefined && change.isDefault !== group.isDefault;
          if (flips && !isPeopleAdmin(context.actor)) {
            return refused('not-allowed', 'whether a group is a default one is said by administrators', 'isDefault');
          }
          await session.update(id, change);
          await session.audit('group.changed', id, { path: group.path, ...change });
          return presentGroup(session, id);
        },
        { rules: true },
      );
      return answerOf(changed);
    },

    move: async (context, id, path) => {
      const checked = checkGroupPath(path);
      if (!checked.ok) return checked;
      const managed = await managedOf(context.actor);
      const moved = await write(
        context,
        id,
        mayManageFromAbove,
        async ({ session, group }) => {
          const allowed = await checkMove(session, group, path, (to) => mayManageFromAbove(context.actor, managed, to));
          if (!allowed.ok) return allowed;
          const { groupCount, rules } = await session.move(group.path, path);
          await session.audit('group.moved', id, { from: group.path, to: path, groups: groupCount, rules });
          return presentGroup(session, id);
        },
        { rules: true },
      );
      return answerOf(moved);
    },

    previewMove: async (actor, id, path) => {
      const checked = checkGroupPath(path);
      if (!checked.ok) return checked;
      const group = await records.find(id);
      if (group === undefined) return unknown();
      const managed = await managedOf(actor);
      if (!mayManageFromAbove(actor, managed, group.path)) return forManagers(group.path);
      const places: Places = { ...records, lastNaming: (to, moving) => records.lastNaming(to, moving, clock.now()) };
      const allowed = await checkMove(places, group, path, (to) => mayManageFromAbove(actor, managed, to));
      return allowed.ok ? ok(await records.previewMove(group.path, path)) : allowed;
    },

    remove: async (context, id) => {
      const removed = await write(context, id, mayManageFromAbove, removeGroup, { rules: true });
      return answerOf(removed);
    },

    members: async (actor, id, page) => {
      const group = await seen(actor, id);
      return group.ok ? ok(await records.members(id, page)) : group;
    },

    setMember: async (context, id, accountId, interval) => {
      const checked = checkInterval(interval);
      if (!checked.ok) return checked;
      const written = await write(context, id, mayManage, async ({ session, group, now }) => {
        const known = await checkAccounts(session, [accountId]);
        if (!known.ok) return known;
        const before = await session.findMember(id, accountId);
        await session.putMembers(id, [accountId], interval, context.reason);
        if (before !== undefined && isLess(before, interval, now)) {
          await session.noteLeaving({ groupPath: group.path, accountIds: new Set([accountId]) }, now);
        }
        const action = before === undefined ? 'membership.added' : 'membership.changed';
        await session.audit(action, id, { path: group.path, account: accountId, ...datesOf(interval) });
        const member = await session.findMember(id, accountId);
        return member === undefined ? unknown() : ok(member);
      });
      return answerOf(written);
    },

    removeMember: async (context, id, accountId) => {
      // Everybody may leave.
      const isOneself = context.actor.kind === 'user' && context.actor.id === accountId && context.actor.mayWrite;
      const removed = await write(context, id, isOneself ? () => true : mayManage, async ({ session, group, now }) => {
        if ((await session.removeMembers(id, [accountId])).size === 0) {
          return refused('not-found', `\`${accountId}\` is no member of \`${group.path}\``, 'account');
        }
        await session.noteLeaving({ groupPath: group.path, accountIds: new Set([accountId]) }, now);
        await session.audit('membership.removed', id, { path: group.path, account: accountId });
        return ok(null);
      });
      return removed.ok ? ok(removed.value.out) : removed;
    },

    changeMembers: async (context, id, { adding, removing }) => {
      const changed = await write(context, id, mayManage, async ({ session, group, now }) => {
        const known = await checkAccounts(session, adding);
        if (!known.ok) return known;
        const { path } = group;
        const left = await session.removeMembers(id, removing);
        if (left.size > 0) await session.noteLeaving({ groupPath: path, accountIds: left }, now);
        const added = await session.putMembers(id, adding, always, context.reason);
        const changed = adding.filter((account) => !added.has(account));
        const dates = datesOf(always);
        await session.audit('membership.removed', id, ...[...left].map((account) => ({ path, account })));
        await session.audit('membership.added', id, ...[...added].map((account) => ({ path, account, ...dates })));
        await session.audit('membership.changed', id, ...changed.map((account) => ({ path, account, ...dates })));
        return ok(null);
      });
      return changed.ok ? ok(changed.value.out) : changed;
    },

    managers: async (actor, id) => {
      const group = await seen(actor, id);
      return group.ok ? ok(await records.managers(id)) : group;
    },

    setManagers: async (context, id, usernames) => {
      const written = await write(context, id, mayManage, async ({ session, group }) => {
        const ids = await session.idsOf(usernames);
        const missing = usernames.find((username) => !ids.has(username));
        if (missing !== undefined) return refused('invalid', `account \`${missing}\` not known`, 'managers');
        await session.setManagers(id, [...new Set(ids.values())]);
        await session.audit('group.managers-changed', id, { path: group.path, managers: [...ids.keys()] });
        return ok(await session.managers(id));
      });
      return answerOf(written);
    },

    history: async (actor, id, page) => {
      const group = await seen(actor, id);
      return group.ok ? ok(await records.history(id, page)) : group;
    },
  };
}

function checkNew({ path, ...fields }: NewGroup): PeopleAnswer<null> {
  const checked = checkGroupPath(path);
  return checked.ok ? checkGroupFields(fields) : checked;
}

async function createGroup(
  session: GroupSession,
  group: NewGroup,
  mayMake: (path: string) => boolean,
  isAdmin: boolean,
): Promise<PeopleAnswer<Group>> {
  const { path } = group;
  if (!mayMake(path)) return forManagers(path);
  if (group.isDefault === true && !isAdmin) {
    return refused('not-allowed', 'whether a group is a default one is said by administrators', 'isDefault');
  }
  const placed = await checkPlace(session, path);
  if (!placed.ok) return placed;
  const made = await session.insert(group);
  await session.audit('group.created', made.id, { path });
  return ok(made);
}

async function removeGroup({ session, group, now }: Step): Promise<PeopleAnswer<null>> {
  const { id, path } = group;
  if (await session.hasChildren(path)) return refused('in-use', `\`${path}\` has groups below it`);
  const rules = await session.rulesNaming(path);
  if (rules.length > 0) return refused('in-use', `\`${path}\` is named by ${rules.slice(0, 5).join(', ')}`);
  await session.audit('group.removed', id, { path });
  const members = await session.remove(id);
  if (members.size > 0) await session.noteLeaving({ groupPath: path, accountIds: members }, now);
  return ok(null);
}

async function presentGroup(session: GroupSession, id: string): Promise<PeopleAnswer<Group>> {
  return orUnknown(await session.find(id));
}

async function checkAccounts(session: GroupSession, ids: readonly string[]): Promise<PeopleAnswer<null>> {
  const known = await session.existingAccounts(ids);
  const stranger = ids.find((id) => !known.has(id));
  return stranger === undefined ? ok(null) : refused('not-found', `there is no account \`${stranger}\``, 'account');
}

/** Whether a member loses something: now, or by an earlier end. */
function isLess(before: MembershipInterval, after: MembershipInterval, now: number): boolean {
  const endOf = ({ until }: MembershipInterval) => until ?? Number.POSITIVE_INFINITY;
  return endOf(after) < endOf(before) || (after.from ?? now) > now;
}

function datesOf({ from, until }: { readonly from: number | null; readonly until: number | null }) {
  const text = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return { from: text(from), until: text(until) };
}

function orUnknown(group: Group | undefined): PeopleAnswer<Group> {
  return group === undefined ? unknown() : ok(group);
}

const unknown = () => refused('not-found', 'there is no such group');
