/** Writes to groups over SCIM (RFC 7644 sections 3.3 to 3.6): each happens as a whole or not at all, and becomes a use case of groups, with its rules and its entry in the audit log. */
import { isDeepStrictEqual } from 'node:util';
import type { PeopleAnswer } from '../accounts/refusal.ts';
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
import type { GroupsAtomically, GroupUnit } from './unit.ts';
import type { ResourceWrites } from './users.ts';

export interface ScimGroupsDeps {
  readonly atomically: GroupsAtomically;
  /** URL of the endpoint, without a final slash. */
  readonly base: string;
}

/** Most members of which one request may speak. */
const mostMembers = 10_000;

export function createScimGroups({ atomically, base }: ScimGroupsDeps): ResourceWrites {
  /** What is changed is as it was read: others wait. */
  const onPresent = <T>(
    write: ScimWrite,
    id: string,
    work: (unit: GroupUnit, before: GroupRecord) => Promise<ScimAnswer<T>>,
  ) =>
    atomically(signerOf(write), async (unit) => {
      const before = await present(unit, write, id);
      return before.ok ? work(unit, before.value) : before;
    });
  return {
    create: (write, body) =>
      atomically(signerOf(write), async (unit) => {
        const sent = await readWhole(unit, body);
        if (!sent.ok) return sent;
        const { externalId, ...group } = sent.value.fields;
        const created = said(await unit.groups.create(write.context, group));
        if (!created.ok) return created;
        const { id } = created.value;
        if (externalId !== null) await unit.setExternalId(id, externalId);
        const joined = await writeMembers(unit, write, id, sent.value.changes);
        return joined.ok ? shown(unit, write, id) : joined;
      }),
    replace: (write, id, body) =>
      onPresent(write, id, async (unit, before) => {
        const sent = await readWhole(unit, body);
        return sent.ok ? writeAll(unit, write, before, sent.value) : sent;
      }),
    patch: (write, id, body) =>
      onPresent(write, id, async (unit, before) => {
        const read = readOperations(groupType, body);
        if (!read.ok) return read;
        const operations = read.value.flatMap(apart);
        const changes = await memberChanges(unit, id, operations.filter(isOfMembers));
        if (!changes.ok) return changes;
        const others = operations.filter((operation) => !isOfMembers(operation));
        const after = applyOperations(groupType, representGroup({ ...before, members: null }, base), others);
        if (!after.ok) return after;
        const fields = await readGroupFields(after.value, { ...around(unit), before });
        return fields.ok ? writeAll(unit, write, before, { fields: fields.value, changes: changes.value }) : fields;
      }),
    remove: (write, id) =>
      onPresent(write, id, async ({ groups }) => {
        const removed = said(await groups.remove(write.context, id));
        return removed.ok ? ok(null) : removed;
      }),
  };

  async function present({ directory }: GroupUnit, { ifMatch }: ScimWrite, id: string) {
    const group = await directory.findGroup(id, { members: false });
    if (group === undefined) return notFound;
    const tagged = checkTag(ifMatch, representGroup(group, base));
    return tagged.ok ? ok(group) : tagged;
  }

  async function shown({ directory }: GroupUnit, { showsMembers }: ScimWrite, id: string): Promise<ScimAnswer<Json>> {
    const group = await directory.findGroup(id, { members: showsMembers });
    return group === undefined ? notFound : ok(representGroup(group, base));
  }

  async function writeAll(
    unit: GroupUnit,
    write: ScimWrite,
    before: GroupRecord,
    { fields, changes }: WantedGroup,
  ): Promise<ScimAnswer<Json>> {
    const { id } = before;
    const described = await describe(unit, write, before, fields);
    if (!described.ok) return described;
    const joined = await writeMembers(unit, write, id, changes);
    if (!joined.ok) return joined;
    if (fields.externalId !== before.externalId) await unit.setExternalId(id, fields.externalId);
    return shown(unit, write, id);
  }
}

interface WantedGroup {
  readonly fields: GroupFields;
  readonly changes: MemberChanges;
}

const around = ({ directory }: GroupUnit) => ({
  pathOf: async (id: string) => (await directory.findGroup(id, { members: false }))?.path,
  rootGroup: () => directory.rootGroup(),
});

/** A body that says all of a group. */
async function readWhole(unit: GroupUnit, body: unknown): Promise<ScimAnswer<WantedGroup>> {
  const { members, rest } = splitMembers(body);
  const ids = readMembers(members);
  if (!ids.ok) return ids;
  const resource = normaliseResource(groupType, rest);
  if (!resource.ok) return resource;
  const fields = await readGroupFields(resource.value, { ...around(unit), before: null });
  if (!fields.ok) return fields;
  // A list of members that is absent says nothing: it is left out of many answers for its length.
  const changes =
    members === undefined ? noMemberChanges : { ...noMemberChanges, replaces: true, added: new Set(ids.value) };
  return ok({ fields: fields.value, changes });
}

async function memberChanges({ directory }: GroupUnit, id: string, operations: readonly Operation[]) {
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

async function describe(
  { groups }: GroupUnit,
  { context }: ScimWrite,
  before: GroupRecord,
  { path, description, labels }: GroupFields,
): Promise<ScimAnswer<unknown>> {
  if (path !== before.path) {
    const moved = said(await groups.move(context, before.id, path));
    if (!moved.ok) return moved;
  }
  const isAsBefore = (after: unknown, was: unknown) => after === undefined || isDeepStrictEqual(after, was);
  if (isAsBefore(description, before.description) && isAsBefore(labels, before.labels)) return ok(null);
  return said(await groups.change(context, before.id, { description, labels }));
}

/** Who is a member already keeps the dates of the membership. */
async function writeMembers(
  { groups, directory }: GroupUnit,
  { context }: ScimWrite,
  id: string,
  changes: MemberChanges,
): Promise<ScimAnswer<null>> {
  const known = await checkAccounts(directory, changes.added);
  if (!known.ok) return known;
  const moving = await whoMoves(directory, id, changes);
  if (moving.adding.length + moving.removing.length === 0) return ok(null);
  const changed = said(await groups.changeMembers(context, id, moving));
  return changed.ok ? ok(null) : changed;
}

async function checkAccounts(directory: Directory, ids: ReadonlySet<string>): Promise<ScimAnswer<null>> {
  if (ids.size > mostMembers) return scimError('tooMany', `expected at most ${mostMembers} members at a time`, 413);
  if (ids.size === 0) return ok(null);
  const known = await directory.existingUsers([...ids]);
  const stranger = [...ids].find((id) => !known.has(id));
  if (stranger === undefined) return ok(null);
  return scimError('invalidValue', `there is no account \`${stranger.slice(0, 80)}\` to be a member`);
}

async function whoMoves(directory: Directory, id: string, { replaces, added, removed }: MemberChanges) {
  const adding = (present: ReadonlySet<string>) => [...added].filter((one) => !present.has(one));
  if (!replaces) {
    const present = await directory.membersAmong(id, [...added, ...removed]);
    return { removing: [...removed].filter((one) => present.has(one)), adding: adding(present) };
  }
  const all = (await directory.findGroup(id, { members: true }))?.members ?? [];
  const present = new Set(all.map((member) => member.id));
  return { removing: [...present].filter((one) => !added.has(one)), adding: adding(present) };
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
