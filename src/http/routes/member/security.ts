/** `/account/security`: how one signs in, and who did. Whoever changes it has signed in a moment ago. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { type Factors, hasFactor, type Passkey } from '../../../authentication/factors.ts';
import type { PastLogin } from '../../../authentication/login-history.ts';
import { oneTimeCodeForm, passkeyAnswer, passkeyForm, passkeyNameField } from '../../login/factor-forms.ts';
import type { PageArea } from '../../pages/area.ts';
import { contextOf, done, type Member, refusalStatus, saidOf } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';
import { passwordPages } from './password.ts';

const t = texts.authentication;

const path = '/account/security';

/** Shown of the logins. */
const mostLogins = 20;

const fresh = { fresh: true };

interface Refused {
  readonly error: string;
  readonly status: number;
}

export function securityPages(area: PageArea): Middleware {
  const { pages, member, people, accounts } = area;
  const { factors, logins } = people.security;
  const router = new Router();

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who)),
  );
  router.use(passwordPages(area));

  router.get(
    `${path}/passkey`,
    member.page((ctx, who) => showPasskey(ctx, who), fresh),
  );
  router.post(
    `${path}/passkey`,
    member.form(async (ctx, who, form) => {
      const name = form.get('name') ?? '';
      const answer = { ...passkeyAnswer(form), name };
      const added = await factors.addPasskey(contextOf(who, form), who.account, who.sessionUid, answer);
      if (added.ok) return finish(ctx, who, added.value.recoveryCodes, 'passkey-added');
      const { code } = added.error;
      const error = code === 'taken' ? t.passkeyTaken : code === 'in-use' ? t.passkeyTooMany : t.passkeyNotAdded;
      await showPasskey(ctx, who, { error, status: refusalStatus(added.error) }, name);
    }, fresh),
  );
  router.post(
    `${path}/passkey/remove`,
    member.form(async (ctx, who, form) => {
      const id = form.get('id') ?? '';
      const removed = await factors.removePasskey(contextOf(who, form), who.account.id, id);
      if (removed.ok) return done(ctx, pages, path, 'passkey-removed');
      if (removed.error.code === 'not-found') return done(ctx, pages, path, 'passkey-removed');
      await show(ctx, who, { error: t.lastWayIn, status: refusalStatus(removed.error) });
    }, fresh),
  );

  router.get(
    `${path}/one-time-code`,
    member.page((ctx, who) => showCode(ctx, who), fresh),
  );
  router.post(
    `${path}/one-time-code`,
    member.form(async (ctx, who, form) => {
      const proof = { ticket: form.get('ticket') ?? '', code: form.get('code') ?? '' };
      const confirmed = await factors.confirmOneTimeCode(contextOf(who, form), who.account, who.sessionUid, proof);
      if (confirmed.ok) return finish(ctx, who, confirmed.value.recoveryCodes, 'codes-added');
      const error = confirmed.error === 'wrong' ? t.codeWrong : t.codeExpired;
      await showCode(ctx, who, { error, status: 422 }, proof.ticket);
    }, fresh),
  );
  router.post(
    `${path}/one-time-code/remove`,
    member.form(async (ctx, who, form) => {
      await factors.removeOneTimeCode(contextOf(who, form), who.account.id);
      done(ctx, pages, path, 'codes-removed');
    }, fresh),
  );
  router.post(
    `${path}/recovery-codes`,
    member.form(async (ctx, who, form) => {
      if (!hasFactor(await factors.read(who.account.id))) return show(ctx, who);
      showRecovery(ctx, who, await factors.renewRecoveryCodes(contextOf(who, form), who.account.id));
    }, fresh),
  );
  return router.routes() as unknown as Middleware;

  async function show(ctx: Context, { account, csrf, frame }: Member, refused?: Refused): Promise<void> {
    const present = await factors.read(account.id);
    const found = await accounts.findByUsername(account.username);
    const model = {
      csrf,
      error: refused?.error ?? null,
      said: saidOf(ctx),
      hasPassword: found?.passwordHash != null,
      passkeys: present.passkeys.map(passkeyRow),
      oneTimeCode: codeFacts(present),
      recoveryCodesLeft: hasFactor(present) ? present.recoveryCodesLeft : null,
      logins: (await logins.recent(account.id, mostLogins)).map(loginRow),
    };
    pages.render(ctx, 'account/security', model, { heading: t.title, member: frame, status: refused?.status ?? 200 });
  }

  async function showPasskey(
    ctx: Context,
    { account, sessionUid, csrf, frame }: Member,
    refused?: Refused,
    name = '',
  ): Promise<void> {
    const passkey = passkeyForm(await factors.offerPasskey(account, sessionUid), {
      action: `${pages.base}${path}/passkey`,
      kind: 'create',
      submit: t.passkeyMake,
      field: passkeyNameField(name),
    });
    const model = { csrf, error: refused?.error ?? null, passkey };
    const status = refused?.status ?? 200;
    pages.render(ctx, 'account/passkey', model, { heading: t.passkeyAdd, member: frame, status, script: true });
  }

  async function showCode(
    ctx: Context,
    { account, sessionUid, csrf, frame }: Member,
    refused?: Refused,
    ticket?: string,
  ): Promise<void> {
    const known = ticket === undefined ? undefined : await factors.findOffer(account, sessionUid, ticket);
    const offer = known ?? (await factors.offerOneTimeCode(account, sessionUid));
    const model = {
      csrf,
      error: refused?.error ?? null,
      offer: await oneTimeCodeForm(offer, `${pages.base}${path}/one-time-code`, null),
    };
    const status = refused?.status ?? 200;
    pages.render(ctx, 'account/one-time-code', model, { heading: t.codesSetUp, member: frame, status });
  }

  function finish(
    ctx: Context,
    who: Member,
    recoveryCodes: readonly string[] | null,
    said: 'passkey-added' | 'codes-added',
  ): void {
    if (recoveryCodes === null) done(ctx, pages, path, said);
    else showRecovery(ctx, who, recoveryCodes);
  }

  /** Shown once, in the answer to the form: no address leads to them. */
  function showRecovery(ctx: Context, { frame }: Member, recoveryCodes: readonly string[]): void {
    pages.render(ctx, 'account/recovery-codes', { recoveryCodes }, { heading: t.recoveryTitle, member: frame });
  }
}

function passkeyRow({ id, name, synced, createdAt, lastUsedAt }: Passkey) {
  return {
    id,
    name,
    kind: synced ? t.passkeySynced : t.passkeyBound,
    added: instantText(createdAt),
    lastUsed: lastUsedText(lastUsedAt),
  };
}

function codeFacts({ oneTimeCode }: Factors): readonly (readonly [string, string])[] | null {
  return (
    oneTimeCode && [
      [t.codesSince, instantText(oneTimeCode.createdAt)],
      [t.lastUsed, lastUsedText(oneTimeCode.lastUsedAt)],
    ]
  );
}

function lastUsedText(at: number | null): string {
  return at === null ? texts.member.never : instantText(at);
}

function loginRow({ at, address, agent, upstream, amr }: PastLogin) {
  const methods = [...new Set(amr.flatMap((method) => t.methods[method] ?? []))];
  const how = [...(upstream === null ? [] : [t.through(upstream)]), ...methods].join(', ');
  return { when: instantText(at), how: how || t.unknown, agent: agent ?? t.unknown, address: address ?? t.unknown };
}
