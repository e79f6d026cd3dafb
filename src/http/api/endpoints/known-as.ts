/** Identities, certificates and SSH keys of accounts over HTTP. */
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { PeopleAnswer } from '../../../accounts/refusal.ts';
import type { KnownAsAdministration } from '../../../federation/administration.ts';
import type { KnownAs } from '../../../federation/identities.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { ok } from '../../../shared/result.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { knownAsContract } from '../contract/known-as.ts';
import type { HandlersOf } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';

export interface KnownAsHandlerDeps {
  readonly people: { readonly knownAs: KnownAsAdministration };
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

export function knownAsHandlers({ people: { knownAs } }: KnownAsHandlerDeps): HandlersOf<typeof knownAsContract> {
  const readAs =
    <Body>(body: (known: KnownAs) => Body) =>
    ({ params, ...asked }: Asked & { readonly params: { readonly id: string } }) =>
      shown(knownAs.read(peopleActorOf(asked.caller, asked.address), params.id), body);
  return {
    listIdentities: readAs(identitiesBody),
    linkIdentity: ({ params, body: { reason, ...said }, ...asked }) =>
      shown(knownAs.link(contextOf(asked, reason), params.id, said), identitiesBody),
    unlinkIdentity: ({ params, query: { reason, ...said }, ...asked }) =>
      shown(knownAs.unlink(contextOf(asked, reason), params.id, said), identitiesBody),
    listCertificates: readAs(certificatesBody),
    addCertificate: ({ params, body: { reason, ...said }, ...asked }) =>
      shown(knownAs.addCertificate(contextOf(asked, reason), params.id, said), certificatesBody),
    removeCertificate: ({ params, query: { reason, subject, issuer = '' }, ...asked }) =>
      shown(knownAs.removeCertificate(contextOf(asked, reason), params.id, { subject, issuer }), certificatesBody),
    listSshKeys: readAs(sshKeysBody),
    addSshKey: ({ params, body: { reason, key, label = null }, ...asked }) =>
      shown(knownAs.addSshKey(contextOf(asked, reason), params.id, { key, label }), sshKeysBody),
    removeSshKey: ({ params, query: { reason, fingerprint }, ...asked }) =>
      shown(knownAs.removeSshKey(contextOf(asked, reason), params.id, fingerprint), sshKeysBody),
  };
}

async function shown<Body>(asking: Promise<PeopleAnswer<KnownAs>>, body: (known: KnownAs) => Body) {
  const known = await peopleAnswered(asking);
  return known.ok ? ok({ body: body(known.value) }) : known;
}

function contextOf({ caller, address }: Asked, reason: string | undefined): ChangeContext {
  return { actor: peopleActorOf(caller, address), reason: reason ?? null };
}

function identitiesBody({ identities }: KnownAs) {
  return {
    items: identities.map(({ linkedAt, lastUsedAt, ...identity }) => ({
      ...identity,
      linkedAt: isoInstant(linkedAt),
      lastUsedAt: lastUsedAt === null ? null : isoInstant(lastUsedAt),
    })),
  };
}

function certificatesBody({ certificates }: KnownAs) {
  return {
    items: certificates.map(({ addedAt, ...certificate }) => ({ ...certificate, addedAt: isoInstant(addedAt) })),
  };
}

function sshKeysBody({ sshKeys }: KnownAs) {
  return {
    items: sshKeys.map(({ addedAt, name, ...key }) => ({ ...key, label: name, addedAt: isoInstant(addedAt) })),
  };
}
