/** Accounts for those who come from a trusted provider for the first time. */
import { type ChangeContext, systemActor } from '../accounts/actor.ts';
import type { AccountAdministration } from '../accounts/administration.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { usernameBase, usernameCandidates } from '../enrolment/username.ts';
import { ok } from '../shared/result.ts';
import type { Identities } from './identities.ts';
import type { UpstreamProof } from './upstream.ts';

export interface Newcomers {
  /** The id of a new account with this identity, and never of one that exists: who has the same name or address is somebody else. */
  welcome(proof: UpstreamProof): Promise<PeopleAnswer<string>>;
}

export interface NewcomersDeps {
  readonly accounts: AccountAdministration;
  readonly identities: Identities;
  readonly newId: () => string;
}

export function createNewcomers({ accounts, identities, newId }: NewcomersDeps): Newcomers {
  return {
    welcome: async (proof) => {
      const reason = `first login through ${proof.upstream}`;
      const context = { actor: systemActor(`upstream-${proof.upstream}`), reason };
      const made = await makeAccount(accounts, context, proof, newId);
      if (!made.ok) return made;
      const linked = await identities.link(context, made.value, proof);
      if (linked.ok) return made;
      // The same person in another window was faster.
      await accounts.remove(context, made.value);
      const other = await identities.find(proof);
      return other === undefined ? linked : ok(other);
    },
  };
}

/** With the first username that is nobody's. */
async function makeAccount(
  accounts: AccountAdministration,
  context: ChangeContext,
  { values: { username, email, ...values }, emailVerified }: UpstreamProof,
  newId: () => string,
): Promise<PeopleAnswer<string>> {
  const fields = { ...values, name: nameOf(values), email, emailVerified: email !== undefined && emailVerified };
  const said = { ...values, ...(username !== undefined && { username }) };
  const base = usernameBase({ values: said, email: email ?? '' });
  for (const candidate of usernameCandidates(base)) {
    const made = await accounts.create(context, { ...fields, id: newId(), username: candidate });
    if (made.ok) return ok(made.value.id);
    if (made.error.code !== 'taken') return made;
  }
  return refused('taken', `no username is left that begins with \`${base}\``);
}

function nameOf({ name, givenName, familyName }: UpstreamProof['values']): string | null {
  return name ?? ([givenName, familyName].filter(Boolean).join(' ') || null);
}
