/** People who ask for accounts, the acceptable use policy, and mails, over HTTP. */
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { PolicyVersion, Signature } from '../../../enrolment/acceptable-use.ts';
import type { Enrolment } from '../../../enrolment/enrolment.ts';
import type { OutboxEntry } from '../../../mail/outbox.ts';
import { isoInstant } from '../../../policy/explain.ts';
import type { Clock } from '../../../shared/clock.ts';
import { ok } from '../../../shared/result.ts';
import type { People } from '../../people.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { acceptableUseContract, policyVersionAnswer, signatureAnswer } from '../contract/acceptable-use.ts';
import type { enrolmentAnswer, enrolmentContract } from '../contract/enrolments.ts';
import type { mailAnswer, outboxContract } from '../contract/outbox.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';
import { pageBody, readPage } from './common.ts';

export interface EnrolmentHandlerDeps {
  readonly people: Pick<People, 'enrolments' | 'acceptableUse' | 'outbox'>;
  readonly clock: Clock;
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

type Contract = typeof enrolmentContract & typeof acceptableUseContract & typeof outboxContract;

export function enrolmentHandlers({ people, clock }: EnrolmentHandlerDeps): HandlersOf<Contract> {
  const { enrolments, acceptableUse, outbox } = people;
  return {
    listEnrolments: async (request) => {
      const { state = 'pending', ...asked } = request.query;
      const page = readPage(`enrolments ${state}`, asked);
      if (!page.ok) return page;
      const list = await peopleAnswered(enrolments.list(actorOf(request), { state }, page.value));
      return list.ok ? ok({ body: pageBody(`enrolments ${state}`, list.value, enrolmentBody) }) : list;
    },
    acceptEnrolment: async (request) => {
      const { username, reason = null } = request.body;
      const done = await peopleAnswered(enrolments.accept(contextOf(request, reason), request.params.id, { username }));
      return done.ok ? ok({ body: enrolmentBody(done.value) }) : done;
    },
    refuseEnrolment: async (request) => {
      const done = await peopleAnswered(enrolments.refuse(contextOf(request, request.body.reason), request.params.id));
      return done.ok ? ok({ body: enrolmentBody(done.value) }) : done;
    },

    listPolicyVersions: async () => ok({ body: { items: (await acceptableUse.versions()).map(versionBody) } }),
    publishPolicyVersion: async (request) => {
      const { reason = null, name, title = null, text, url = null, validDays = null } = request.body;
      const version = { name, title, text, url, validDays, validFrom: request.body.validFrom ?? clock.now() };
      const done = await peopleAnswered(acceptableUse.publish(contextOf(request, reason), version));
      return done.ok ? ok({ body: versionBody(done.value) }) : done;
    },
    listSignatures: async (request) => {
      const { version, username, ...asked } = request.query;
      const page = readPage('signatures', asked);
      if (!page.ok) return page;
      const filter = { version, username };
      const list = await peopleAnswered(acceptableUse.signatures(actorOf(request), filter, page.value));
      return list.ok ? ok({ body: pageBody('signatures', list.value, signatureBody) }) : list;
    },
    signPolicy: async (request) => {
      const { accountId, version, reason = null } = request.body;
      const done = await peopleAnswered(acceptableUse.sign(contextOf(request, reason), accountId, version));
      return done.ok ? ok({ body: signatureBody(done.value) }) : done;
    },

    listMails: async (request) => {
      const { state, search, ...asked } = request.query;
      const page = readPage('outbox', asked);
      if (!page.ok) return page;
      const list = await peopleAnswered(outbox.list(actorOf(request), { state, search }, page.value));
      return list.ok ? ok({ body: pageBody('outbox', list.value, mailBody) }) : list;
    },
    retryMail: async (request) => {
      const context = contextOf(request, request.body.reason ?? null);
      const done = await peopleAnswered(outbox.retry(context, request.params.id));
      return done.ok ? ok({ body: mailBody(done.value) }) : done;
    },
  };
}

function actorOf({ caller, address }: Asked) {
  return peopleActorOf(caller, address);
}

function contextOf(request: Asked, reason: string | null): ChangeContext {
  return { actor: actorOf(request), reason };
}

function enrolmentBody(enrolment: Enrolment): Shown<typeof enrolmentAnswer> {
  const { id, state, email, values, note, proof, decidedBy, reason, accountId } = enrolment;
  return {
    ...{ id, email, values, note, decidedBy, reason, accountId },
    // One that waits for its address to be proved is in no list.
    state: state === 'unconfirmed' ? 'pending' : state,
    emailProved: enrolment.confirmedAt !== null,
    groups: enrolment.groups.map(({ path }) => path),
    upstream: proof && { name: proof.upstream, issuer: proof.issuer, subject: proof.subject },
    askedAt: isoInstant(enrolment.createdAt),
    decidedAt: isoInstant(enrolment.decidedAt),
  };
}

function versionBody(version: PolicyVersion): Shown<typeof policyVersionAnswer> {
  const { name, title, text, url, validFrom, validUntil, validDays } = version;
  return { name, title, text, url, validDays, validFrom: isoInstant(validFrom), validUntil: isoInstant(validUntil) };
}

function signatureBody({ signedAt, endsAt, ...signature }: Signature): Shown<typeof signatureAnswer> {
  return { ...signature, signedAt: isoInstant(signedAt), endsAt: isoInstant(endsAt) };
}

function mailBody({ createdAt, nextAttemptAt, settledAt, ...entry }: OutboxEntry): Shown<typeof mailAnswer> {
  return {
    ...entry,
    writtenAt: isoInstant(createdAt),
    nextAttemptAt: isoInstant(nextAttemptAt),
    settledAt: isoInstant(settledAt),
  };
}
