/** What people may change of their own account: name, institution, and, once mail arrives there, the mail address. */
import { isMailAddress } from '../shared/mail-address.ts';
import { ok } from '../shared/result.ts';
import type { ChangeContext } from './actor.ts';
import { type PeopleAnswer, refused } from './refusal.ts';
import type { TicketStore } from './tickets.ts';

export interface OwnProfile {
  readonly name: string | null;
  readonly affiliation: string | null;
  readonly email: string | null;
  /** Milliseconds since the epoch; null: nobody proved that mail arrives. */
  readonly emailVerifiedAt: number | null;
}

/** What a form says; empty texts take the value away. */
export interface OwnProfileChange {
  readonly name: string;
  readonly affiliation: string;
}

export interface OwnProfileStore {
  read(accountId: string): Promise<OwnProfile>;
  /** With its line in the audit log. */
  write(context: ChangeContext, accountId: string, change: Pick<OwnProfile, 'name' | 'affiliation'>): Promise<void>;
  /** Mails the link to the new address. */
  askForEmail(accountId: string, email: string, url: string): Promise<void>;
  /** Sets the address, and tells the old one. */
  setEmail(context: ChangeContext, accountId: string, email: string): Promise<void>;
}

export interface OwnProfileUse {
  read(accountId: string): Promise<OwnProfile>;
  change(context: ChangeContext, accountId: string, change: OwnProfileChange): Promise<PeopleAnswer<null>>;
  /** `linkOf` makes the address of the page that the mail leads to; links of before are worth nothing from then on. */
  askForEmail(accountId: string, email: string, linkOf: (secret: string) => string): Promise<PeopleAnswer<null>>;
  /** Answers with the address that is now the account's. */
  confirmEmail(context: ChangeContext, accountId: string, secret: string): Promise<PeopleAnswer<string>>;
}

/** How long the link in a mail is good, in hours. */
export const emailLinkHours = 24;

const longest = 200;

export function createOwnProfile(deps: {
  readonly store: OwnProfileStore;
  readonly tickets: TicketStore;
  readonly now: () => number;
}): OwnProfileUse {
  const { store, tickets } = deps;
  return {
    read: (accountId) => store.read(accountId),

    change: async (context, accountId, { name, affiliation }) => {
      const fields = { name: name.trim() || null, affiliation: affiliation.trim() || null };
      for (const field of ['name', 'affiliation'] as const) {
        if (!isLine(fields[field])) {
          return refused('invalid', `expected one line of at most ${longest} characters`, field);
        }
      }
      await store.write(context, accountId, fields);
      return ok(null);
    },

    askForEmail: async (accountId, said, linkOf) => {
      const email = said.trim();
      if (!isMailAddress(email))
        return refused('invalid', 'expected a mail address such as `name@example.org`', 'email');
      await tickets.dropOf(accountId, 'email');
      const expiresAt = deps.now() + emailLinkHours * 3_600_000;
      const secret = await tickets.issue({ purpose: 'email', binding: null, accountId, payload: { email }, expiresAt });
      await store.askForEmail(accountId, email, linkOf(secret));
      return ok(null);
    },

    confirmEmail: async (context, accountId, secret) => {
      // Looked at first: whoever opens somebody else's link does not use it up.
      const found = await tickets.find('email', secret);
      const email = (found?.payload as { email?: unknown } | undefined)?.email;
      if (found?.accountId !== accountId || typeof email !== 'string') return unknownLink();
      if ((await tickets.redeem('email', secret)) === undefined) return unknownLink();
      await store.setEmail(context, accountId, email);
      return ok(email);
    },
  };
}

function unknownLink() {
  return refused('not-found', 'the link was used already, has expired, or is for another account');
}

function isLine(text: string | null): boolean {
  return text === null || (text.length <= longest && text.isWellFormed() && !/\p{Cc}/u.test(text));
}
