/** `/admin/acceptable-use`: versions of the acceptable use policy, who signed them, and signing for service accounts. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { NewPolicyVersion, PolicyVersion } from '../../../enrolment/acceptable-use.ts';
import type { PageArea } from '../../pages/area.ts';
import { contextOf, done, type Member, refusalStatus, saidOf } from '../../pages/member.ts';
import { type Field, instantText, pageOf, pagerOf, searchOf } from '../../pages/parts.ts';
import { signatureRow } from '../../pages/policy-text.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.policyAdmin;
const path = '/admin/acceptable-use';
const readers = { roles: ['admin', 'reader'] } as const;
const writers = { roles: ['admin'] } as const;

interface Refused {
  readonly refusal: PeopleRefusal;
  readonly form: URLSearchParams;
}

export function policyAdminPages({ pages, member, people, accounts, clock }: PageArea): Middleware {
  const { acceptableUse } = people;
  const router = new Router();

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who), readers),
  );
  router.post(
    path,
    member.form(async (ctx, who, form) => {
      const published = await acceptableUse.publish(contextOf(who, form), versionIn(form, clock.now()));
      if (!published.ok) return show(ctx, who, { refusal: published.error, form });
      done(ctx, pages, path, 'policy-published');
    }, writers),
  );
  router.post(
    `${path}/withdraw`,
    member.form(async (ctx, who, form) => {
      const withdrawn = await acceptableUse.withdraw(contextOf(who, form), form.get('name') ?? '');
      if (!withdrawn.ok) return show(ctx, who, { refusal: withdrawn.error, form: new URLSearchParams() });
      done(ctx, pages, path, 'policy-withdrawn');
    }, writers),
  );
  router.post(
    `${path}/sign`,
    member.form(async (ctx, who, form) => {
      const found = await accounts.findByUsername(form.get('username')?.trim() ?? '');
      const version = form.get('version') ?? '';
      const signed =
        found === undefined
          ? { ok: false as const, error: { code: 'not-found', message: t.unknownAccount, field: 'username' } as const }
          : await acceptableUse.sign(contextOf(who, form), found.account.id, version);
      if (!signed.ok) return show(ctx, who, { refusal: signed.error, form });
      done(ctx, pages, path, 'policy-agreed-for');
    }, writers),
  );
  return router.routes() as unknown as Middleware;

  async function show(ctx: Context, { actor, csrf, frame }: Member, refused?: Refused): Promise<void> {
    const search = searchOf(ctx, pages.base, t.filter);
    const username = search.value.replaceAll('\0', '') || undefined;
    const listed = await acceptableUse.signatures(actor, { username }, pageOf(ctx));
    const versions = await acceptableUse.versions();
    const model = {
      csrf,
      action: `${pages.base}${path}`,
      said: saidOf(ctx),
      error: refused?.refusal.message ?? null,
      mayWrite: actor.roles.includes('admin'),
      versions: versions.map((version) => ({
        name: version.name,
        from: version.validFrom === null ? t.ever : instantText(version.validFrom),
        days: version.validDays === null ? texts.member.withoutEnd : String(version.validDays),
        state: stateOf(version, clock.now()),
      })),
      fields: versionFields(refused),
      signFields: signFields(versions, refused),
      search,
      signatures: listed.ok ? listed.value.items.map(signatureRow) : [],
      pager: pagerOf(ctx, pages.base, listed.ok ? listed.value.next : null),
    };
    const status = refused === undefined ? 200 : refusalStatus(refused.refusal);
    pages.render(ctx, 'enrolment/policy-admin', model, { status, heading: t.title, member: frame });
  }
}

function stateOf({ validFrom, validUntil }: PolicyVersion, now: number): 'present' | 'coming' | 'past' {
  if (validFrom !== null && validFrom > now) return 'coming';
  return validUntil !== null && validUntil <= now ? 'past' : 'present';
}

function versionIn(form: URLSearchParams, now: number): NewPolicyVersion {
  const said = (name: string) => form.get(name)?.trim() || null;
  const days = said('validDays');
  const from = said('validFrom');
  return {
    name: said('name') ?? '',
    title:
      said('title')
        ?.replace(/\p{Cc}+/gu, ' ')
        .slice(0, 200) ?? null,
    text: (form.get('text') ?? '').replace(/\r\n?/g, '\n'),
    url: said('url'),
    validFrom: from === null ? now : Date.parse(`${from}Z`),
    validDays: days === null ? null : Number(days),
  };
}

function versionFields(refused: Refused | undefined): readonly Field[] {
  const filled = fillIn(refused);
  return [
    { ...filled('name', t.name), hint: t.nameHint, required: true, maxlength: 64 },
    { ...filled('title', t.titleField), maxlength: 200 },
    { ...filled('text', t.text), hint: t.textHint, type: 'textarea', rows: 10, required: true, maxlength: 20_000 },
    { ...filled('url', t.url), type: 'url', maxlength: 1000 },
    { ...filled('validFrom', t.validFrom), hint: t.validFromHint, type: 'datetime-local' },
    { ...filled('validDays', t.validDays), hint: t.validDaysHint, type: 'number' },
  ];
}

function signFields(versions: readonly PolicyVersion[], refused: Refused | undefined): readonly Field[] {
  const filled = fillIn(refused);
  const options = versions.map(({ name }) => [name, name] as const);
  return [
    { ...filled('username', t.username), required: true, maxlength: 255 },
    { ...filled('version', texts.agreement.version), type: 'select', options },
    { ...filled('reason', texts.member.reason), hint: texts.member.reasonHint, required: true, maxlength: 1000 },
  ];
}

/** What was entered stays, with what was wrong beside it. */
function fillIn(refused: Refused | undefined) {
  return (name: string, label: string): Field => ({
    id: name,
    label,
    value: refused?.form.get(name) ?? '',
    error: refused?.refusal.field === name ? refused.refusal.message : null,
  });
}
