/** Identities, certificates and SSH keys, by the rule of memberships: what a file names becomes so, what it names no more goes, what people added stays. */
import type { KnownAsRecord } from '../records.ts';
import { knownAsNothing, type StoredKnownAs } from '../state.ts';
import { isSame } from './change.ts';

type Kind = keyof KnownAsRecord;
type One<K extends Kind> = KnownAsRecord[K][number];

export interface KnownAsWrites {
  readonly kinds: {
    readonly [K in Kind]: { readonly upserts: readonly One<K>[]; readonly removals: readonly One<K>[] };
  };
  /** Lines for the diff; what is only declared from now on needs none. */
  readonly details: readonly string[];
}

/** By what one is told from all others, whoever's they are. */
export const keysOfKnownAs: { readonly [K in Kind]: (one: One<K>) => string } = {
  identities: ({ issuer, subject }) => JSON.stringify([issuer, subject]),
  certificates: ({ subject, issuer }) => JSON.stringify([subject, issuer]),
  sshKeys: ({ fingerprint }) => fingerprint,
};

/** How the diff and faults call one. */
export const namesOfKnownAs: { readonly [K in Kind]: (one: One<K>) => string } = {
  identities: ({ issuer, subject }) => `${subject} at ${issuer}`,
  certificates: ({ subject, issuer }) => (issuer === '' ? subject : `${subject} of ${issuer}`),
  sshKeys: ({ fingerprint }) => fingerprint,
};

export function planKnownAs(said: KnownAsRecord, present: StoredKnownAs): KnownAsWrites {
  const identities = planKind('identities', said, present, (one) => one);
  const certificates = planKind('certificates', said, present, (one, before) => ({
    ...one,
    label: one.label ?? before.label,
    pem: one.pem ?? before.pem,
  }));
  const sshKeys = planKind('sshKeys', said, present, (one, before) => ({ ...one, name: one.name ?? before.name }));
  return {
    kinds: { identities, certificates, sshKeys },
    details: [identities, certificates, sshKeys].flatMap(({ details }) => details),
  };
}

export const noKnownAsWrites = planKnownAs(knownAsNothing, knownAsNothing);

/** `over`: what becomes of one that is there already. */
function planKind<K extends Kind>(
  kind: K,
  said: KnownAsRecord,
  present: StoredKnownAs,
  over: (one: One<K>, before: One<K>) => One<K>,
) {
  const [keyOf, nameOf] = [keysOfKnownAs[kind], namesOfKnownAs[kind]] as [
    (one: One<K>) => string,
    (one: One<K>) => string,
  ];
  const stored = new Map((present[kind] as readonly Stored<K>[]).map((one) => [keyOf(one), one]));
  const named = new Set<string>();
  const upserts: One<K>[] = [];
  const details: string[] = [];
  for (const one of said[kind] as readonly One<K>[]) {
    named.add(keyOf(one));
    const before = stored.get(keyOf(one));
    const after = before === undefined ? one : over(one, before);
    const changed = before !== undefined && !isSame({ ...after, declared: true }, { ...before, declared: true });
    if (before === undefined || changed || !before.declared) upserts.push(after);
    if (before === undefined) details.push(`${kind}: + ${nameOf(one)}`);
    else if (changed) details.push(`${kind}: ~ ${nameOf(one)}`);
  }
  const removals = [...stored].flatMap(([key, one]) => (one.declared && !named.has(key) ? [one] : []));
  return { upserts, removals, details: [...details, ...removals.map((one) => `${kind}: - ${nameOf(one)}`)] };
}

type Stored<K extends Kind> = One<K> & { readonly declared: boolean };
