/** Writes to users over SCIM (RFC 7644 sections 3.3 to 3.6): each becomes a use case of accounts, with its rules and its entry in the audit log. */
import type { AccountAdministration } from '../accounts/administration.ts';
import { ok } from '../shared/result.ts';
import { checkTag, notFound, type ScimWrite } from './actor.ts';
import type { Directory } from './directory.ts';
import { normaliseResource } from './normalise.ts';
import { applyOperations, readOperations } from './patch.ts';
import { problemOf, type ScimAnswer } from './problem.ts';
import type { UserRecord } from './records.ts';
import { type Json, representUser } from './represent.ts';
import { userType } from './schemas.ts';
import { accountChangeOf, isService, readUserFields, type UserFields } from './user-fields.ts';

export interface ScimUsersDeps {
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

export function createScimUsers({ accounts, directory, base }: ScimUsersDeps): ResourceWrites {
  return {
    create: async ({ context }, body) => {
      const fields = readBody(body);
      if (!fields.ok) return fields;
      const { active, externalId, ...account } = fields.value;
      const created = await accounts.create(context, {
        ...account,
        state: active === false ? 'suspended' : 'active',
        kind: isService(body) ? 'service' : 'person',
      });
      if (!created.ok) return { ok: false, error: problemOf(created.error) };
      if (externalId !== null) await directory.setExternalId('User', created.value.id, externalId);
      return shown(created.value.id);
    },
    replace: async (write, id, body) => {
      const before = await present(write, id);
      if (!before.ok) return before;
      const fields = readBody(body);
      return fields.ok ? writeFields(write, before.value, fields.value) : fields;
    },
    patch: async (write, id, body) => {
      const before = await present(write, id);
      if (!before.ok) return before;
      const operations = readOperations(userType, body);
      if (!operations.ok) return operations;
      const after = applyOperations(userType, representUser(before.value, base), operations.value);
      if (!after.ok) return after;
      const fields = readUserFields(after.value);
      return fields.ok ? writeFields(write, before.value, fields.value) : fields;
    },
    remove: async (write, id) => {
      const before = await present(write, id);
      if (!before.ok) return before;
      const removed = await accounts.remove(write.context, id, unchanged(write, before.value));
      return removed.ok ? ok(null) : { ok: false, error: problemOf(removed.error) };
    },
  };

  async function present({ ifMatch }: ScimWrite, id: string): Promise<ScimAnswer<UserRecord>> {
    const user = await directory.findUser(id);
    if (user === undefined) return notFound;
    const tagged = checkTag(ifMatch, representUser(user, base));
    return tagged.ok ? ok(user) : tagged;
  }

  async function writeFields(write: ScimWrite, before: UserRecord, after: UserFields): Promise<ScimAnswer<Json>> {
    const { id } = before;
    const change = accountChangeOf(before, after);
    if (change !== null) {
      const changed = await accounts.change(write.context, id, change, unchanged(write, before));
      if (!changed.ok) return { ok: false, error: problemOf(changed.error) };
    }
    const set = await setActive(write, before, after.active);
    if (!set.ok) return set;
    if (after.externalId !== before.externalId) await directory.setExternalId('User', id, after.externalId);
    return shown(id);
  }

  async function setActive({ context }: ScimWrite, { id, state }: UserRecord, active: boolean | undefined) {
    if (active === undefined || active === (state === 'active')) return ok(null);
    const set = active ? await accounts.restore(context, id) : await accounts.suspend(context, id);
    return set.ok ? ok(null) : { ok: false as const, error: problemOf(set.error) };
  }

  async function shown(id: string): Promise<ScimAnswer<Json>> {
    const user = await directory.findUser(id);
    return user === undefined ? notFound : ok(representUser(user, base));
  }
}

/** What was compared with `If-Match` is what is written over. */
function unchanged({ ifMatch }: ScimWrite, { updatedAt }: UserRecord) {
  return ifMatch === null ? undefined : (account: { readonly updatedAt: number }) => account.updatedAt === updatedAt;
}

function readBody(body: unknown): ScimAnswer<UserFields> {
  const resource = normaliseResource(userType, body);
  return resource.ok ? readUserFields(resource.value) : resource;
}
