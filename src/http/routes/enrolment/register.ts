/** `/register-account`: asking for an account, by the form or after an upstream login, and proving the mail address. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { EnrolmentProof, EnrolmentSettings } from '../../../enrolment/enrolment.ts';
import { networkOf } from '../../client-network.ts';
import { createHourlyLimit } from '../../hourly-limit.ts';
import { createEnrolmentProofs } from '../../login/enrolment-proof.ts';
import type { PageArea } from '../../pages/area.ts';
import { refusalStatus } from '../../pages/member.ts';
import { type Field, instantText } from '../../pages/parts.ts';
import { paragraphsOf } from '../../pages/policy-text.ts';
import { texts } from '../../pages/texts.ts';
import { createVisitorForms } from '../../pages/visitor.ts';
import { redirect } from '../../redirect.ts';
import { pagePath } from './page-path.ts';

const t = texts.enrolment;
const path = '/register-account';

/** Forms within an hour: of one network, and of all together. */
const mostOfOne = 10;
const mostOfAll = 1000;

interface Shown {
  readonly form: URLSearchParams;
  readonly refusal: PeopleRefusal | null;
  readonly problem: string | null;
  readonly status: number;
}

export function registerPages(area: PageArea): Middleware {
  const { pages, people, clock } = area;
  const { enrolments } = people;
  const forms = createVisitorForms(area, 'register');
  const proofs = createEnrolmentProofs({ ...area, tickets: people.tickets });
  const limit = createHourlyLimit(clock, mostOfOne, mostOfAll);
  const router = new Router();

  router.get(path, async (ctx) => {
    const form = new URLSearchParams();
    const to = pagePath(ctx.query.to);
    if (to !== null) form.set('to', to);
    await show(ctx, { form, refusal: null, problem: null, status: 200 });
  });
  router.post(path, async (ctx) => {
    const form = await forms.read(ctx);
    if (form === undefined) return;
    const address = (ctx.state.address as string | null | undefined) ?? null;
    const wait = limit.take(networkOf(address));
    if (wait !== undefined) {
      ctx.set('Retry-After', String(wait));
      return show(ctx, { form, refusal: null, problem: t.busy, status: 429 });
    }
    const settings = await enrolments.settings();
    const proof = await proofs.find(ctx);
    if (await waits(ctx, proof)) return;
    const asked = await enrolments.ask({
      email: form.get('email') ?? '',
      values: Object.fromEntries(settings.fields.map(({ name }) => [name, form.get(name) ?? ''])),
      note: form.get('note'),
      groups: form.getAll('groups'),
      proof,
      returnTo: pagePath(form.get('to')),
      address,
    });
    if (asked.ok) {
      await proofs.forget(ctx);
      return redirect(ctx, `${pages.base}${path}/sent`);
    }
    await show(ctx, { form, refusal: asked.error, problem: null, status: refusalStatus(asked.error) });
  });
  router.get(`${path}/sent`, async (ctx) => note(ctx, t.sentTitle, t.sent));
  router.get(`${path}/confirm`, async (ctx) => {
    const token = typeof ctx.query.token === 'string' ? ctx.query.token : '';
    const found = await enrolments.findConfirmation(token);
    if (found === undefined) return note(ctx, t.goneTitle, t.gone, 404);
    const model = { csrf: forms.csrf(ctx), action: `${pages.base}${path}/confirm`, email: found.email, token };
    pages.render(ctx, 'enrolment/confirm', model, { heading: t.confirmTitle });
  });
  // Scanners of mails open links, but send no forms.
  router.post(`${path}/confirm`, async (ctx) => {
    const form = await forms.read(ctx);
    if (form === undefined) return;
    const outcome = await enrolments.confirm(form.get('token') ?? '');
    if (outcome === undefined) return note(ctx, t.goneTitle, t.gone, 404);
    redirect(ctx, `${pages.base}${path}/${outcome === 'accepted' ? 'welcome' : 'confirmed'}`);
  });
  router.get(`${path}/confirmed`, async (ctx) => note(ctx, t.confirmedTitle, t.confirmed));
  router.get(`${path}/welcome`, async (ctx) => note(ctx, t.welcomeTitle, t.welcome));
  return router.routes() as unknown as Middleware;

  async function show(ctx: Context, shown: Shown): Promise<void> {
    const settings = await enrolments.settings();
    const proof = await proofs.find(ctx);
    const signIn = { href: `${pages.base}/login`, label: t.signIn };
    if (settings.allow === 'nobody') return note(ctx, t.closedTitle, t.closed, 403);
    if (settings.allow === 'upstream' && proof === null) return note(ctx, t.title, t.upstreamOnly, 403, signIn);
    if (await waits(ctx, proof)) return;
    const model = {
      csrf: forms.csrf(ctx),
      action: `${pages.base}${path}`,
      error: shown.problem ?? (shown.refusal?.field === undefined ? (shown.refusal?.message ?? null) : null),
      paragraphs: [
        ...(await refusedBefore(proof)),
        ...(settings.text === null ? [t.lead] : paragraphsOf(settings.text)),
      ],
      proof: proof && { upstream: proof.upstream, facts: factsOf(proof, settings) },
      fields: fieldsOf(settings, proof, shown),
      to: shown.form.get('to'),
    };
    pages.render(ctx, 'enrolment/register', model, { status: shown.status, heading: t.title });
  }

  /** Who proved the identity of a registration that nobody has decided about asks no second time. */
  async function waits(ctx: Context, proof: EnrolmentProof | null): Promise<boolean> {
    const last = proof && (await enrolments.lastOf(proof));
    if (last?.state !== 'pending') return false;
    note(ctx, t.waitingTitle, t.waiting(last.proof?.upstream ?? '', instantText(last.createdAt)));
    return true;
  }

  async function refusedBefore(proof: EnrolmentProof | null): Promise<readonly string[]> {
    const last = proof && (await enrolments.lastOf(proof));
    return last?.state === 'refused' ? t.refusedBefore(instantText(last.decidedAt ?? 0), last.reason ?? '') : [];
  }

  function note(
    ctx: Context,
    heading: string,
    text: string,
    status = 200,
    link: { readonly href: string; readonly label: string } | null = null,
  ): void {
    pages.render(ctx, 'enrolment/note', { text, link }, { heading, status });
  }
}

function titleOf(name: string, settings: EnrolmentSettings): string {
  return settings.fields.find((field) => field.name === name)?.title ?? t.fields[name] ?? name;
}

function factsOf(proof: EnrolmentProof, settings: EnrolmentSettings): readonly (readonly [string, string])[] {
  const said = Object.entries(proof.values).map(([name, value]) => [titleOf(name, settings), value] as const);
  return proof.email === null ? said : [...said, [t.email, proof.email] as const];
}

const autocomplete: Readonly<Record<string, string>> = {
  name: 'name',
  givenName: 'given-name',
  familyName: 'family-name',
  affiliation: 'organization',
  phone: 'tel',
};

/** What an upstream provider said is no field: it cannot be changed. */
function fieldsOf(
  settings: EnrolmentSettings,
  proof: EnrolmentProof | null,
  { form, refusal }: Shown,
): readonly Field[] {
  const error = (name: string) => (refusal?.field === name ? refusal.message : null);
  const open = settings.fields.filter(({ name }) => proof?.values[name] === undefined);
  const own = open.map(
    ({ name, hint, required }): Field => ({
      id: name,
      label: titleOf(name, settings),
      hint: hint ?? (name === 'username' ? t.usernameHint : null),
      value: form.get(name) ?? '',
      required,
      maxlength: 255,
      error: error(name),
      ...(autocomplete[name] !== undefined && { autocomplete: autocomplete[name] }),
    }),
  );
  const email: Field = {
    ...{ id: 'email', label: t.email, hint: t.emailHint, type: 'email', required: true, maxlength: 254 },
    ...{ autocomplete: 'email', value: form.get('email') ?? '', error: error('email') },
  };
  const groups: Field = {
    ...{ id: 'groups', label: t.groups, type: 'checkboxes', values: form.getAll('groups'), error: error('groups') },
    options: settings.groups.map((group) => [group, group] as const),
  };
  const note: Field = {
    ...{ id: 'note', label: t.note, hint: t.noteHint, type: 'textarea', rows: 4, maxlength: 2000 },
    ...{ required: settings.note === 'required', value: form.get('note') ?? '', error: error('note') },
  };
  return [
    ...own,
    ...(proof?.email == null ? [email] : []),
    ...(settings.groups.length > 0 ? [groups] : []),
    ...(settings.note === 'none' ? [] : [note]),
  ];
}
