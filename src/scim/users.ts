/** Writes to users over SCIM (RFC 7644 sections 3.3 to 3.6): each becomes a use case of accounts, with its rules and its entry in the audit log. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { AccountAdministration } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import { checkTag, notFound, type ScimWrite, signerOf } from './actor.ts';
import type { Directory } from './directory.ts';
import { checkKnownAs, stepsToward } from './known-as.ts';
import { normaliseResource } from './normalise.ts';
import { applyOperations } from './patch.ts';
import { readOperations } from './patch-operations.ts';
import { problemOf, type ScimAnswer } from './problem.ts';
import type { UserRecord } from './records.ts';
import { type Json, representUser } from './represent.ts';
import { userType } from './schemas.ts';
import type { Atomically, UserUnit } from './unit.ts';
import { accountChangeOf, isService, readUserFields, type UserFields } from './user-fields.ts';

export interface ScimUsersDeps {
  readonly atomically: Atomically;
  readonly accounts: AccountAdministration;
  readonly directory: Directory;
  /** URL of the endpoint, without a final slash. */
  readonly base: string;
}

export interface ResourceWrites {
  create(write: ScimWrite, body: unknown): Promise<ScimAnswer<Json>>;
  replace(write: ScimWrite, id: string, body: unknown): Promise<ScimAnswer<Json>>;
  patch(write: ScimWrite, id: string, body: unknown): Promise<ScimAnswer<Json>>;
  remove(write: ScimWrite, id: string): Promise<ScimAnswer<null>>;
}

export function createScimUsers({ atomically, accounts, directory, base }: ScimUsersDeps): ResourceWrites {
  /** What is changed is as it was read: others wait. */
  const change = (write: ScimWrite, id: string, wantedOf: (before: UserRecord) => ScimAnswer<UserFields>) =>
    atomically(signerOf(write), async (unit) => {
      await unit.lock(id);
      const before = await present(unit.directory, write, id);
      if (!before.ok) return before;
      const fields = wantedOf(before.value);
      return fields.ok ? writeFields(unit, write, before.value, fields.value) : fields;
    });
  return {
    create: async (write, body) => {
      const fields = readBody(body, null);
      if (!fields.ok) return fields;
      const { active, externalId: _external, knownAs: _known, endsAt, ...account } = fields.value;
      return atomically(signerOf(write), async (unit) => {
        const created = await unit.accounts.create(write.context, {
          ...account,
          endsAt: endsAt ?? null,
          state: active === false ? 'suspended' : 'active',
          kind: isService(body) ? 'service' : 'person',
        });
        if (!created.ok) return { ok: false, error: problemOf(created.error) };
        const before = await unit.directory.findUser(created.value.id);
        return before === undefined ? notFound : writeFields(unit, write, before, fields.value);
      });
    },
    replace: (write, id, body) => change(write, id, (before) => readBody(body, before)),
    patch: async (write, id, body) => {
      const operations = readOperations(userType, body);
      return change(write, id, (before) => {
        if (!operations.ok) return operations;
        const after = applyOperations(userType, representUser(before, base), operations.value);
        return after.ok ? readUserFields(after.value, { absent: 'removed', before }) : after;
      });
    },
    remove: async (write, id) => {
      const before = await present(directory, write, id);
      if (!before.ok) return before;
      const removed = await accounts.remove(write.context, id, unchanged(write, before.value));
      return removed.ok ? ok(null) : { ok: false, error: problemOf(removed.error) };
    },
  };

  async function present(from: Directory, { ifMatch }: ScimWrite, id: string): Promise<ScimAnswer<UserRecord>> {
    const user = await from.findUser(id);
    if (user === undefined) return notFound;
    const tagged = checkTag(ifMatch, representUser(user, base));
    return tagged.ok ? ok(user) : tagged;
  }

  async function writeFields(
    unit: UserUnit,
    { context }: ScimWrite,
    before: UserRecord,
    after: UserFields,
  ): Promise<ScimAnswer<Json>> {
    const { id } = before;
    const steps = stepsToward(after.knownAs, before);
    const isRenamed = after.externalId !== before.externalId;
    const isAllowed = isRenamed || steps.length > 0 ? checkKnownAs(context, before) : ok(null);
    if (!isAllowed.ok) return isAllowed;
    const fields = accountChangeOf(before, after);
    const writes = [
      ...(fields === null ? [] : [() => unit.accounts.change(context, id, fields)]),
      ...steps.map((step) => () => step(unit.identities, context)),
      () => setActive(unit, context, before, after.active),
    ];
    const done = await inOrder(writes);
    if (!done.ok) return done;
    if (steps.length > 0) await unit.touch(id);
    if (isRenamed) await unit.setExternalId(id, after.externalId);
    const user = await unit.directory.findUser(id);
    return user === undefined ? notFound : ok(representUser(user, base));
  }
}

/** The first that is refused ends it. */
async function inOrder(writes: readonly (() => Promise<PeopleAnswer<unknown>>)[]): Promise<ScimAnswer<null>> {
  for (const write of writes) {
    const done = await write();
    if (!done.ok) return { ok: false, error: problemOf(done.error) };
  }
  return ok(null);
}

async function setActive(
  { accounts }: UserUnit,
  context: ChangeContext,
  { id, state }: UserRecord,
  active: boolean | undefined,
): Promise<PeopleAnswer<unknown>> {
  if (active === undefined || active === (state === 'active')) return ok(null);
  return active ? accounts.restore(context, id) : accounts.suspend(context, id);
}

/** What was compared with `If-Match` is what is written over. */
function unchanged({ ifMatch }: ScimWrite, { updatedAt }: UserRecord) {
  return ifMatch === null ? undefined : (account: { readonly updatedAt: number }) => account.updatedAt === updatedAt;
}

function readBody(body: unknown, before: UserRecord | null): ScimAnswer<UserFields> {
  const resource = normaliseResource(userType, body);
  return resource.ok ? readUserFields(resource.value, { absent: 'kept', before }) : resource;
}
