/** Who may see and change which account: administrators and readers all, owners their service accounts, everybody oneself. */

import { ok } from '../shared/result.ts';
import { isPeopleAdmin, type PeopleActor, seesEverybody } from './actor.ts';
import type { AccountChange, AccountDetails } from './administration.ts';
import { type PeopleAnswer, refused } from './refusal.ts';

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
  return actor.kind === 'client' ? fields.find((name) => name === 'roles' || name === 'embargoPaths') : undefined;
}

/** A script that looks after people neither becomes an administrator, through a mail address to reset a password at, nor gets rid of one. */
export function checkReach({ kind }: PeopleActor, { roles }: Pick<AccountDetails, 'roles'>): PeopleAnswer<null> {
  return kind === 'client' && roles.length > 0
    ? refused(
        'not-allowed',
        `an account with roles (here \`${roles.join('`, `')}\`) is not changed by a client, expected a person with the role \`admin\``,
      )
    : ok(null);
}
