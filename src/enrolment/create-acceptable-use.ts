/** The use cases of the acceptable use policy. */
import { createHash } from 'node:crypto';
import { isPeopleAdmin, type PeopleActor, seesEverybody } from '../accounts/actor.ts';
import { refused } from '../accounts/refusal.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type {
  AcceptableUse,
  AcceptableUseStore,
  NewPolicyVersion,
  PolicyVersion,
  SignedAccount,
} from './acceptable-use.ts';

const day = 86_400_000;

export function createAcceptableUse(store: AcceptableUseStore, clock: Clock): AcceptableUse {
  return {
    versions: () => store.versions(),
    standingOf: (accountId) => store.standingOf(accountId, clock.now()),
    ownedBy: (accountId) => store.ownedBy(accountId, clock.now()),

    sign: async (by, accountId, name, digest) => {
      const now = clock.now();
      const account = await store.findAccount(accountId);
      if (account === undefined || !maySignFor(by.actor, account)) {
        return refused('not-allowed', 'one signs for oneself, and for service accounts that one owns');
      }
      const version = (await store.versions()).find((one) => one.name === name);
      if (version === undefined) return refused('not-found', `there is no version \`${name.slice(0, 64)}\``, 'version');
      if (version.validUntil !== null && version.validUntil <= now) {
        return refused(
          'conflict',
          `the version \`${name}\` is no longer in force, expected the present one`,
          'version',
        );
      }
      if (digest !== undefined && digest !== textDigest(version)) {
        return refused('conflict', 'the text has changed since it was shown, read it again', 'version');
      }
      return ok(await store.sign({ account, version, by, now, endsAt: endOf(version, now) }));
    },

    signatures: async (actor, filter, page) =>
      seesEverybody(actor)
        ? ok(await store.signatures(filter, page))
        : refused('not-allowed', 'signatures are for administrators and readers'),

    publish: async (by, version) => {
      if (!isPeopleAdmin(by.actor)) return refused('not-allowed', 'only administrators publish a version');
      const faulty = findFault(version, await store.versions());
      if (faulty !== undefined) return faulty;
      const published = await store.publish(version, by, clock.now());
      const found = (await store.versions()).find(({ name }) => name === version.name);
      return published && found ? ok(found) : refused('taken', 'another version has this name or begins then', 'name');
    },

    withdraw: async (by, name) => {
      if (!isPeopleAdmin(by.actor)) return refused('not-allowed', 'only administrators withdraw a version');
      switch (await store.withdraw(name, by, clock.now())) {
        case 'withdrawn':
          return ok(null);
        case 'unknown':
          return refused('not-found', `there is no version \`${name.slice(0, 64)}\``);
        case 'signed':
          return refused('in-use', `\`${name}\` was signed, publish a version that takes its place`);
        case 'last':
          return refused(
            'in-use',
            `\`${name}\` is the only version; a lake file without it and \`--prune\` takes the policy away`,
          );
      }
    },
  };
}

/** What a signature is under: the hexadecimal SHA-256 of what was shown. */
export function textDigest({ title, text, url }: Pick<PolicyVersion, 'title' | 'text' | 'url'>): string {
  return createHash('sha256')
    .update(JSON.stringify([title, text, url]))
    .digest('hex');
}

function maySignFor(actor: PeopleActor, account: SignedAccount): boolean {
  if (!actor.mayWrite) return false;
  if (actor.kind === 'user' && actor.id === account.id) return true;
  // What a person agrees to nobody else can say.
  return account.kind === 'service' && (isPeopleAdmin(actor) || account.owners.includes(actor.id));
}

/** From the day on which the version counts: who signs early loses nothing. */
function endOf({ validFrom, validDays }: PolicyVersion, now: number): number | null {
  return validDays === null ? null : Math.max(now, validFrom ?? now) + validDays * day;
}

function findFault({ name, text, url, validFrom, validDays }: NewPolicyVersion, versions: readonly PolicyVersion[]) {
  if (!/^[^\s\p{C}]{1,64}$/u.test(name)) {
    return refused('invalid', 'expected a name of 1 to 64 characters without blanks', 'name');
  }
  if (text.trim() === '' || text.length > 20_000 || !/^(?:\P{Cc}|\n)*$/u.test(text)) {
    return refused('invalid', 'expected a text of 1 to 20000 characters', 'text');
  }
  if (url !== null && !isWebAddress(url)) return refused('invalid', 'expected an `https` URL', 'url');
  if (validDays !== null && !(Number.isInteger(validDays) && validDays >= 1 && validDays <= 3650)) {
    return refused('invalid', 'expected 1 to 3650 days', 'validDays');
  }
  if (validFrom === null && versions.length > 0) {
    return refused('invalid', 'expected an instant: only the first version counts since ever', 'validFrom');
  }
  if (versions.some((one) => one.name === name)) return refused('taken', `\`${name}\` exists already`, 'name');
  return undefined;
}

function isWebAddress(text: string): boolean {
  return text.length <= 1000 && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
