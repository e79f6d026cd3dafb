/** `/admin/requests`, and `/manage/registrations` for managers: who asks for an account, and the decision about it. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { Enrolment, EnrolmentFilter } from '../../../enrolment/enrolment.ts';
import type { PageArea } from '../../pages/area.ts';
import { contextOf, done, type Member, refusalStatus, saidOf } from '../../pages/member.ts';
import type { RequestCard } from '../../pages/models/enrolment.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.requests;
const states = { pending: t.waiting, accepted: t.accepted, refused: t.refused } as const;

/** Each card is a form of its own. */
const pageSize = 20;

const places = [
  { path: '/admin/requests', roles: ['admin', 'reader'] },
  { path: '/manage/registrations', roles: ['manager', 'admin'] },
] as const;

interface Refused {
  readonly id: string;
  readonly refusal: PeopleRefusal;
  readonly form: URLSearchParams;
}

export function requestPages({ pages, member, people }: PageArea): Middleware {
  const { enrolments } = people;
  const router = new Router();

  for (const { path, roles } of places) {
    const deciders = { roles: roles.filter((role) => role !== 'reader') };
    router.get(
      path,
      member.page((ctx, who) => show(ctx, who, path), { roles }),
    );
    router.post(
      `${path}/:id/accept`,
      member.form(async (ctx, who, form) => {
        const id = String(ctx.params.id);
        const username = form.get('username')?.trim() || undefined;
        const accepted = await enrolments.accept(contextOf(who, form), id, { username });
        if (!accepted.ok) return show(ctx, who, path, { id, refusal: accepted.error, form });
        done(ctx, pages, path, 'registration-accepted');
      }, deciders),
    );
    router.post(
      `${path}/:id/refuse`,
      member.form(async (ctx, who, form) => {
        const id = String(ctx.params.id);
        const refused = await enrolments.refuse(contextOf(who, form), id);
        if (!refused.ok) return show(ctx, who, path, { id, refusal: refused.error, form });
        done(ctx, pages, path, 'registration-refused');
      }, deciders),
    );
  }
  return router.routes() as unknown as Middleware;

  async function show(ctx: Context, { actor, csrf, frame }: Member, path: string, refused?: Refused): Promise<void> {
    const state = stateOf(ctx.query.state);
    const listed = await enrolments.list(actor, { state }, pageOf(ctx, pageSize));
    const items = listed.ok ? listed.value.items : [];
    const isShown = refused !== undefined && items.some(({ id }) => id === refused.id);
    const isOfField = refused?.refusal.field !== undefined && isShown;
    const model = {
      csrf,
      action: `${pages.base}${path}`,
      said: saidOf(ctx),
      error: refused === undefined || isOfField ? null : refused.refusal.message,
      mayWrite: actor.roles.includes('admin') || path.startsWith('/manage'),
      tabs: Object.entries(states).map(([name, label]) => ({
        href: `${pages.base}${path}?state=${name}`,
        label,
        current: name === state,
      })),
      requests: items.map((item) => card(item, refused?.id === item.id ? refused : undefined)),
      pager: pagerOf(ctx, pages.base, listed.ok ? listed.value.next : null),
    };
    const status = refused === undefined ? 200 : refusalStatus(refused.refusal);
    pages.render(ctx, 'enrolment/requests', model, { status, heading: t.title, member: frame });
  }

  function card(enrolment: Enrolment, refused: Refused | undefined): RequestCard {
    const { id, values, email, note } = enrolment;
    const full = [values.givenName, values.familyName].filter(Boolean).join(' ');
    const error = (field: string) => (refused?.refusal.field === field ? refused.refusal.message : null);
    const username = {
      ...{ id: `username-${id}`, name: 'username', label: t.username, hint: t.usernameHint, maxlength: 255 },
      ...{ value: refused?.form.get('username') ?? enrolments.suggestedUsername(enrolment), error: error('username') },
    };
    const reason = {
      ...{ id: `reason-${id}`, name: 'reason', label: t.reason, hint: t.reasonHint, maxlength: 1000 },
      ...{ value: refused?.form.get('reason') ?? '', error: error('reason') },
    };
    const fields = enrolment.state === 'pending' ? { username, reason } : null;
    return { id, name: values.name ?? (full || email), facts: factsOf(enrolment), note, fields };
  }
}

function stateOf(value: unknown): EnrolmentFilter['state'] {
  return value === 'accepted' || value === 'refused' ? value : 'pending';
}

function factsOf(enrolment: Enrolment): readonly (readonly [string, string])[] {
  const { values, email, confirmedAt, proof, groups, decidedAt, decidedBy, reason } = enrolment;
  const proved = confirmedAt === null ? t.notProved : t.proved;
  return [
    ...Object.entries(values).map(([name, value]) => [texts.enrolment.fields[name] ?? name, value] as const),
    [texts.enrolment.email, `${email} (${proved})`],
    [t.from, proof === null ? t.form : `${proof.upstream} (${proof.subject})`],
    [t.groups, groups.map(({ path }) => path).join(', ') || t.none],
    [t.asked, instantText(enrolment.createdAt)],
    ...(decidedAt === null
      ? []
      : [[t.decided, instantText(decidedAt)] as const, [t.decidedBy, decidedBy ?? t.nobody] as const]),
    ...(reason === null ? [] : [[t.reason, reason] as const]),
  ];
}
