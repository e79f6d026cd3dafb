/** Who may see and change which account: administrators and readers all, owners their service accounts, everybody oneself. */
import { isPeopleAdmin, type PeopleActor, seesEverybody } from './actor.ts';
import type { AccountChange, AccountDetails } from './administration.ts';

export function maySee(actor: PeopleActor, account: AccountDetails): boolean {
  return seesEverybody(actor) || isSelf(actor, account) || owns(actor, account);
}

export function isSelf({ kind, id }: PeopleActor, account: AccountDetails): boolean {
  return kind === 'user' && id === account.id;
}

/** Whether it answers for a service account. */
export function owns({ kind, username }: PeopleActor, { owners, ...account }: AccountDetails): boolean {
  return account.kind === 'service' && kind === 'user' && username !== null && owners.includes(username);
}

/** What owners may say of a service account; the rest decides rights. */
const ownersFields: ReadonlySet<string> = new Set(['name', 'email', 'affiliation']);

/** The first field that the actor may not change; undefined: it may change all of them. */
export function findForbiddenField(
  actor: PeopleActor,
  account: AccountDetails,
  change: AccountChange,
): string | undefined {
  const fields = Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (!isPeopleAdmin(actor)) {
    return actor.mayWrite && owns(actor, account) ? fields.find((name) => !ownersFields.has(name)) : fields[0];
  }
  return actor.kind === 'client' ? fields.find((name) => forbidsClients(name, account)) : undefined;
}

/** A script that looks after people must not make itself, or anybody, an administrator: neither by a role nor by a mail address to reset a password at. */
function forbidsClients(field: string, { roles }: AccountDetails): boolean {
  return field === 'roles' || field === 'embargoPaths' || (roles.length > 0 && ['email', 'username'].includes(field));
}
