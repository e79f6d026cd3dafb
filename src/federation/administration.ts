/** What others do about the identities, certificates and SSH keys of an account: administrators, scripts, and owners of service accounts. */
import { checkReach, owns } from '../accounts/account-permissions.ts';
import { type ChangeContext, isPeopleAdmin, type PeopleActor } from '../accounts/actor.ts';
import type { AccountAdministration, AccountDetails } from '../accounts/administration.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import { readCertificate, type SaidCertificate } from './certificate.ts';
import type { Identities, KnownAs, NewCertificate, NewIdentity } from './identities.ts';
import { readIdentity } from './identity.ts';
import { readSshKey } from './ssh-key.ts';

export interface SaidSshKey {
  /** A line as in `authorized_keys`, or the base64 alone. */
  readonly key: string;
  /** Null: the comment of the key. */
  readonly label: string | null;
}

/** Each change answers with what the account is known as afterwards. No proof of the key is asked for: who adds it vouches for it. */
export interface KnownAsAdministration {
  /** Whoever may see the account. */
  read(actor: PeopleActor, accountId: string): Promise<PeopleAnswer<KnownAs>>;
  link(context: ChangeContext, accountId: string, identity: NewIdentity): Promise<PeopleAnswer<KnownAs>>;
  unlink(context: ChangeContext, accountId: string, identity: NewIdentity): Promise<PeopleAnswer<KnownAs>>;
  addCertificate(context: ChangeContext, accountId: string, said: SaidCertificate): Promise<PeopleAnswer<KnownAs>>;
  addSshKey(context: ChangeContext, accountId: string, said: SaidSshKey): Promise<PeopleAnswer<KnownAs>>;
  /** Owners may remove what their service accounts have. */
  removeCertificate(
    context: ChangeContext,
    accountId: string,
    names: Pick<NewCertificate, 'subject' | 'issuer'>,
  ): Promise<PeopleAnswer<KnownAs>>;
  removeSshKey(context: ChangeContext, accountId: string, fingerprint: string): Promise<PeopleAnswer<KnownAs>>;
}

export function createKnownAsAdministration({
  accounts,
  identities,
}: {
  readonly accounts: Pick<AccountAdministration, 'get'>;
  readonly identities: Identities;
}): KnownAsAdministration {
  const change = async (
    context: ChangeContext,
    accountId: string,
    work: (account: AccountDetails) => PeopleAnswer<() => Promise<PeopleAnswer<null>>>,
  ): Promise<PeopleAnswer<KnownAs>> => {
    const account = await accounts.get(context.actor, accountId);
    if (!account.ok) return account;
    const allowed = work(account.value);
    if (!allowed.ok) return allowed;
    const done = await allowed.value();
    return done.ok ? ok(await identities.of(accountId)) : done;
  };

  const add = <T>(
    context: ChangeContext,
    accountId: string,
    read: PeopleAnswer<T>,
    write: (value: T) => Promise<PeopleAnswer<null>>,
  ) =>
    change(context, accountId, (account) => {
      const allowed = checkKnownAsChange(context, account);
      if (!allowed.ok) return allowed;
      return read.ok ? ok(() => write(read.value)) : read;
    });

  const remove = (context: ChangeContext, accountId: string, write: () => Promise<PeopleAnswer<null>>) =>
    change(context, accountId, (account) => {
      const isOwner = context.actor.mayWrite && owns(context.actor, account);
      const allowed = isOwner ? ok(null) : checkKnownAsChange(context, account);
      return allowed.ok ? ok(write) : allowed;
    });

  return {
    read: async (actor, accountId) => {
      const account = await accounts.get(actor, accountId);
      return account.ok ? ok(await identities.of(accountId)) : account;
    },
    link: (context, id, said) =>
      add(context, id, readIdentity(said), (identity) => identities.link(context, id, identity)),
    unlink: (context, id, identity) => add(context, id, ok(identity), () => identities.unlink(context, id, identity)),
    addCertificate: (context, id, said) =>
      add(context, id, readCertificate(said), (certificate) => identities.addCertificate(context, id, certificate)),
    addSshKey: (context, id, { key, label }) =>
      add(context, id, readSshKey(key), (read) =>
        identities.addSshKey(context, id, { ...read, name: label ?? read.name }),
      ),
    removeCertificate: (context, id, names) =>
      remove(context, id, () => identities.removeCertificate(context, id, names)),
    removeSshKey: (context, id, fingerprint) =>
      remove(context, id, () => identities.removeSshKey(context, id, fingerprint)),
  };
}

/** Who could log in as an account with roles would have them: that is not for a client to give itself. */
export function checkKnownAsChange(
  { actor }: ChangeContext,
  { roles }: Pick<AccountDetails, 'roles'>,
): PeopleAnswer<null> {
  if (!isPeopleAdmin(actor)) {
    return refused(
      'not-allowed',
      'what accounts are known by is changed by administrators, and on the pages of each account',
    );
  }
  return checkReach(actor, { roles });
}
