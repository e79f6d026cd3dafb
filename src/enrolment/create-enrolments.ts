/** The use cases of enrolment. */
import { randomUUID } from 'node:crypto';
import {
  type ChangeContext,
  isPeopleAdmin,
  type PeopleActor,
  peopleActorName,
  seesEverybody,
  systemActor,
} from '../accounts/actor.ts';
import type { AccountAdministration, AccountDetails } from '../accounts/administration.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { GroupAdministration } from '../groups/administration.ts';
import { accountFieldNames } from '../lake/schema/enrolment.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import { checkEnrolment } from './check-enrolment.ts';
import type { Enrolment, EnrolmentProof, Enrolments } from './enrolment.ts';
import type { EnrolmentStore, Within } from './enrolment-store.ts';
import { usernameBase, usernameCandidates } from './username.ts';

export interface EnrolmentDeps {
  readonly store: EnrolmentStore;
  readonly accounts: Pick<AccountAdministration, 'create' | 'get'>;
  readonly groups: {
    /** `setMember` of groups, whatever it answers with. */
    setMember(...asked: Parameters<GroupAdministration['setMember']>): Promise<PeopleAnswer<unknown>>;
  };
  /** Paths of the groups that an account manages itself. */
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
  /** Links what an upstream provider proved; refused when it is another account's. */
  readonly linkIdentity: (
    context: ChangeContext,
    accountId: string,
    proof: Pick<EnrolmentProof, 'upstream' | 'issuer' | 'subject'>,
  ) => Promise<PeopleAnswer<unknown>>;
  readonly clock: Clock;
}

export interface EnrolmentWork extends Enrolments {
  /** Finishes what a process that ended left half done; how many those were. */
  finishAll(): Promise<number>;
}

/** An acceptance that takes longer was left by a process that ended. */
const patienceMilliseconds = 5 * 60_000;

const own = systemActor('enrolment');

export function createEnrolments(deps: EnrolmentDeps): EnrolmentWork {
  const { store, clock } = deps;

  /** What the actor may decide about; undefined: nothing. */
  const reachOf = async (actor: PeopleActor, mayRead: boolean): Promise<Within | undefined> => {
    if (mayRead ? seesEverybody(actor) : isPeopleAdmin(actor)) return null;
    if (actor.kind !== 'user' || (await store.settings()).approval !== 'managers') return undefined;
    const managed = await deps.managedBy(actor.id);
    return managed.length === 0 ? undefined : managed;
  };

  /** Nobody had to approve. */
  const acceptAtOnce = async (id: string) => {
    const claimed = await store.claim(id, randomUUID(), null, clock.now());
    if (claimed !== undefined) await finish(deps, claimed, null, {});
  };

  return {
    settings: () => store.settings(),
    suggestedUsername: usernameBase,

    ask: async (asked) => {
      const settings = await store.settings();
      if (settings.allow === 'nobody' || (settings.allow === 'upstream' && asked.proof === null)) {
        return refused('not-allowed', 'accounts are made by the administrators of this issuer');
      }
      const checked = checkEnrolment(asked, settings);
      if (!checked.ok) return checked;
      const pending = await store.add(checked.value, settings, clock.now());
      if (pending !== null && settings.approval === 'none') await acceptAtOnce(pending);
      return ok(null);
    },

    lastOf: (identity) => store.lastOf(identity),
    findConfirmation: (secret) => store.findConfirmation(secret),

    confirm: async (secret) => {
      const settings = await store.settings();
      const id = await store.confirm(secret, settings, clock.now());
      if (id === undefined) return undefined;
      if (settings.approval !== 'none') return 'pending';
      await acceptAtOnce(id);
      return 'accepted';
    },

    list: async (actor, filter, page) => {
      const within = await reachOf(actor, true);
      return within === undefined ? notForYou() : ok(await store.list(filter, within, page));
    },

    countPending: async (actor) => {
      const within = await reachOf(actor, true);
      return within === undefined ? 0 : store.countPending(within);
    },

    accept: async (context, id, acceptance) => {
      const within = await reachOf(context.actor, false);
      if (within === undefined) return notForYou();
      if ((await store.find(id, within)) === undefined) return unknown();
      const claimed = await store.claim(id, randomUUID(), context, clock.now());
      return claimed === undefined ? decided() : finish(deps, claimed, context, acceptance);
    },

    refuse: async (context, id) => {
      const within = await reachOf(context.actor, false);
      if (within === undefined) return notForYou();
      if (context.reason === null) return refused('invalid', 'expected a reason: it is told to who asked', 'reason');
      if ((await store.find(id, within)) === undefined) return unknown();
      const done = await store.refuse(id, context, clock.now());
      return done === undefined ? decided() : ok(done);
    },

    finishAll: async () => {
      const left = await store.findUnfinished(clock.now() - patienceMilliseconds);
      for (const enrolment of left) await finish(deps, enrolment, null, {});
      return left.length;
    },
  };
}

/** The account, its identity and its groups; every step may be done again, since the account's id is known before. */
async function finish(
  deps: EnrolmentDeps,
  enrolment: Enrolment,
  by: ChangeContext | null,
  { username }: { readonly username?: string | undefined },
): Promise<PeopleAnswer<Enrolment>> {
  const reason = `enrolment ${enrolment.id}${by === null ? '' : ` accepted by ${peopleActorName(by.actor)}`}`;
  const system: ChangeContext = { actor: own, reason };
  const made = await makeAccount(deps, system, enrolment, username);
  if (!made.ok) {
    await deps.store.release(enrolment.id);
    return made;
  }
  const account = made.value;
  if (enrolment.proof !== null) {
    const linked = await deps.linkIdentity(system, account.id, enrolment.proof);
    // The account is there: who asked gets a link to set a password instead.
    if (!linked.ok)
      return ok(await deps.store.complete({ ...enrolment, proof: null }, account.username, by, deps.clock.now()));
  }
  // A group that went meanwhile takes no account away.
  for (const { id } of enrolment.groups) {
    await deps.groups.setMember(system, id, account.id, { from: null, until: null });
  }
  return ok(await deps.store.complete(enrolment, account.username, by, deps.clock.now()));
}

async function makeAccount(
  { accounts }: EnrolmentDeps,
  context: ChangeContext,
  enrolment: Enrolment,
  chosen: string | undefined,
): Promise<PeopleAnswer<AccountDetails>> {
  const id = enrolment.accountId ?? randomUUID();
  const present = await accounts.get(context.actor, id);
  if (present.ok) return present;
  const fields = accountFields(enrolment);
  const candidates = chosen === undefined ? usernameCandidates(usernameBase(enrolment)) : [chosen];
  for (const username of candidates) {
    const made = await accounts.create(context, { ...fields, id, username });
    if (made.ok || made.error.code !== 'taken') return made;
    // Another process finished the same one.
    const other = await accounts.get(context.actor, id);
    if (other.ok || chosen !== undefined) return other.ok ? other : made;
  }
  return refused('taken', 'expected another username', 'username');
}

/** Fields of the form that are none of an account are its labels. */
function accountFields({ values, email, confirmedAt }: Enrolment) {
  const { givenName = null, familyName = null, affiliation = null, name } = values;
  const known = new Set<string>(accountFieldNames);
  const labels = Object.fromEntries(Object.entries(values).filter(([field]) => !known.has(field)));
  const full = [givenName, familyName].filter((part) => part !== null).join(' ');
  return {
    name: name ?? (full || null),
    givenName,
    familyName,
    affiliation,
    email,
    emailVerified: confirmedAt !== null,
    labels,
  };
}

function notForYou() {
  return refused('not-allowed', 'registrations are decided by administrators, and by managers of the groups asked for');
}

function unknown() {
  return refused('not-found', 'there is no such registration');
}

function decided() {
  return refused('conflict', 'somebody else has decided already');
}
