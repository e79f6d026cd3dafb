/** Writes to groups over SCIM (RFC 7644 sections 3.3 to 3.6): each becomes a use case of groups, with its rules and its entry in the audit log. */
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { GroupAdministration } from '../groups/administration.ts';
import { err, ok } from '../shared/result.ts';
import { checkTag, notFound, type ScimWrite, signerOf } from './actor.ts';
import type { Directory } from './directory.ts';
import { type GroupFields, readGroupFields } from './group-fields.ts';
import {
  addOperation,
  isOfMembers,
  type MemberChanges,
  members as membersAttribute,
  noMemberChanges,
  readMembers,
  splitMembers,
} from './members.ts';
import { normaliseResource } from './normalise.ts';
import { applyOperations } from './patch.ts';
import { type Operation, readOperations } from './patch-operations.ts';
import { problemOf, type ScimAnswer, scimError } from './problem.ts';
import type { GroupRecord, MemberRecord } from './records.ts';
import { type Json, representGroup } from './represent.ts';
import { groupType } from './schemas.ts';
import type { GroupTurns, SetGroupExternalId } from './unit.ts';
import type { ResourceWrites } from './users.ts';

export interface ScimGroupsDeps {
  readonly groups: GroupAdministration;
  readonly directory: Directory;
  readonly setExternalId: SetGroupExternalId;
  readonly inTurn: GroupTurns;
  /** URL of the endpoint, without a final slash. */
  readonly base: string;
}

/** Most members of which one request may speak. */
const mostMembers = 10_000;

export function createScimGroups({ groups, directory, setExternalId, inTurn, base }: ScimGroupsDeps): ResourceWrites {
  const around = {
    pathOf: async (id: string) => (await directory.findGroup(id, { members: false }))?.path,
    rootGroup: () => directory.rootGroup(),
  };
  const writes: ResourceWrites = {
    create: async (write, body) => {
      const { members, rest } = splitMembers(body);
      const ids = readMembers(members);
      if (!ids.ok) return ids;
      const known = await checkAccounts(new Set(ids.value));
      if (!known.ok) return known;
      const fields = await readBody(rest);
      if (!fields.ok) return fields;
      const { path, description, externalId } = fields.value;
      const created = said(await groups.create(write.context, { path, description }));
      if (!created.ok) return created;
      const { id } = created.value;
      if (externalId !== null) await setExternalId(signerOf(write), id, externalId);
      const joined = await writeMembers(write, id, { ...noMemberChanges, added: new Set(ids.value) });
      return joined.ok ? shown(id) : joined;
    },
    replace: async (write, id, body) => {
      const before = await present(write, id);
      if (!before.ok) return before;
      const { members, rest } = splitMembers(body);
      const ids = readMembers(members);
      if (!ids.ok) return ids;
      const fields = await readBody(rest);
      if (!fields.ok) return fields;
      // A list of members that is absent says nothing: it is left out of many answers for its length.
      const changes =
        members === undefined ? noMemberChanges : { ...noMemberChanges, replaces: true, added: new Set(ids.value) };
      return writeAll(write, before.value, fields.value, changes);
    },
    patch: async (write, id, body) => {
      const before = await present(write, id);
      if (!before.ok) return before;
      const read = readOperations(groupType, body);
      if (!read.ok) return read;
      const operations = read.value.flatMap(apart);
      const changes = await membersOf(id, operations.filter(isOfMembers));
      if (!changes.ok) return changes;
      const others = operations.filter((operation) => !isOfMembers(operation));
      const after = applyOperations(groupType, representGroup({ ...before.value, members: null }, base), others);
      if (!after.ok) return after;
      const fields = await readGroupFields(after.value, { ...around, before: before.value });
      return fields.ok ? writeAll(write, before.value, fields.value, changes.value) : fields;
    },
    remove: async (write, id) => {
      const before = await present(write, id);
      if (!before.ok) return before;
      const removed = said(await groups.remove(write.context, id));
      return removed.ok ? ok(null) : removed;
    },
  };
  return {
    create: (write, sent) => inTurn(() => writes.create(write, sent)),
    replace: (write, id, sent) => inTurn(() => writes.replace(write, id, sent)),
    patch: (write, id, sent) => inTurn(() => writes.patch(write, id, sent)),
    remove: (write, id) => inTurn(() => writes.remove(write, id)),
  };

  async function present({ ifMatch }: ScimWrite, id: string): Promise<ScimAnswer<GroupRecord>> {
    const group = await directory.findGroup(id, { members: false });
    if (group === undefined) return notFound;
    const tagged = checkTag(ifMatch, representGroup(group, base));
    return tagged.ok ? ok(group) : tagged;
  }

  async function readBody(body: unknown): Promise<ScimAnswer<GroupFields>> {
    const resource = normaliseResource(groupType, body);
    return resource.ok ? readGroupFields(resource.value, { ...around, before: null }) : resource;
  }

  async function membersOf(id: string, operations: readonly Operation[]): Promise<ScimAnswer<MemberChanges>> {
    const listAll = async (): Promise<readonly MemberRecord[]> =>
      (await directory.findGroup(id, { members: true }))?.members ?? [];
    let changes = noMemberChanges;
    for (const operation of operations) {
      const next = await addOperation(changes, operation, listAll);
      if (!next.ok) return next;
      changes = next.value;
    }
    return ok(changes);
  }

  async function writeAll(
    write: ScimWrite,
    before: GroupRecord,
    after: GroupFields,
    changes: MemberChanges,
  ): Promise<ScimAnswer<Json>> {
    const { id } = before;
    const known = await checkAccounts(changes.added);
    if (!known.ok) return known;
    const described = await describe(write, before, after);
    if (!described.ok) return described;
    const joined = await writeMembers(write, id, changes);
    if (!joined.ok) return joined;
    if (after.externalId !== before.externalId) await setExternalId(signerOf(write), id, after.externalId);
    return shown(id);
  }

  async function describe(
    { context }: ScimWrite,
    before: GroupRecord,
    { path, description }: GroupFields,
  ): Promise<ScimAnswer<unknown>> {
    if (path !== before.path) {
      const moved = said(await groups.move(context, before.id, path));
      if (!moved.ok) return moved;
    }
    if (description === undefined || description === before.description) return ok(null);
    return said(await groups.change(context, before.id, { description }));
  }

  async function checkAccounts(ids: ReadonlySet<string>): Promise<ScimAnswer<null>> {
    if (ids.size > mostMembers) return scimError('tooMany', `expected at most ${mostMembers} members at a time`, 413);
    if (ids.size === 0) return ok(null);
    const known = await directory.existingUsers([...ids]);
    const stranger = [...ids].find((id) => !known.has(id));
    if (stranger === undefined) return ok(null);
    return scimError('invalidValue', `there is no account \`${stranger.slice(0, 80)}\` to be a member`);
  }

  /** Who is a member already keeps the dates of the membership. */
  async function writeMembers({ context }: ScimWrite, id: string, changes: MemberChanges): Promise<ScimAnswer<null>> {
    const { leaving, joining } = await whoMoves(id, changes);
    for (const accountId of leaving) {
      const left = said(await groups.removeMember(context, id, accountId));
      if (!left.ok) return left;
    }
    for (const accountId of joining) {
      const joined = said(await groups.setMember(context, id, accountId, { from: null, until: null }));
      if (!joined.ok) return joined;
    }
    return ok(null);
  }

  async function whoMoves(id: string, { replaces, added, removed }: MemberChanges) {
    const joining = (present: ReadonlySet<string>) => [...added].filter((one) => !present.has(one));
    if (!replaces) {
      const present = await directory.membersAmong(id, [...added, ...removed]);
      return { leaving: [...removed].filter((one) => present.has(one)), joining: joining(present) };
    }
    const all = (await directory.findGroup(id, { members: true }))?.members ?? [];
    const present = new Set(all.map((member) => member.id));
    return { leaving: [...present].filter((one) => !added.has(one)), joining: joining(present) };
  }

  async function shown(id: string): Promise<ScimAnswer<Json>> {
    const group = await directory.findGroup(id, { members: true });
    return group === undefined ? notFound : ok(representGroup(group, base));
  }
}

/** An operation without a path may speak of members and of other attributes. */
function apart(operation: Operation): readonly Operation[] {
  const { op, target, value } = operation;
  if (target !== null) return [operation];
  const { members, rest } = splitMembers(value);
  if (members === undefined) return [operation];
  const of = { extension: null, attribute: membersAttribute, sub: null };
  return [
    { op, target: { of, where: null }, value: members },
    { op, target: null, value: rest },
  ];
}

function said<T>(answer: PeopleAnswer<T>): ScimAnswer<T> {
  return answer.ok ? answer : err(problemOf(answer.error));
}
