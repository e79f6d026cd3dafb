/** The pages of each step of an embargo: its form, what it would change, and its writing. The last names the version that was seen. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { EmbargoView } from '../../../rules/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { FormFaults, FormValues } from '../../pages/embargo-form.ts';
import { errorPage } from '../../pages/error-page.ts';
import { done, type Member } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { createDecisionPage } from './decision.ts';
import { reasonOf, refusalStatusOf, sentenceOf } from './refused.ts';
import { type Step, type StepName, stepsOf } from './step-list.ts';
import { ruleActor } from './timeline.ts';

const t = texts.embargo;

export function embargoStepPages(area: PageArea): Middleware {
  const { pages, member, desk, clock } = area;
  const { embargoes } = desk.rules;
  const showDecision = createDecisionPage(area);
  const steps = stepsOf(embargoes, () => clock.now());
  const router = new Router();

  for (const [name, step] of Object.entries(steps) as [StepName, Step][]) {
    const words = t.steps[name];
    const base = (view: EmbargoView) => `${pages.base}/embargoes/${encodeURIComponent(view.record.id)}`;

    const showForm = (
      ...[ctx, who, view, values, faults = {}, error = null, status = 422]: [
        Context,
        Member,
        EmbargoView,
        FormValues,
        FormFaults?,
        (string | null)?,
        number?,
      ]
    ): void => {
      const said = error ?? Object.values(faults)[0] ?? null;
      showSheet(pages, ctx, who, 'embargoes/sheet', {
        ...{ heading: words.title(view.record.id), lead: t.stepLeads[name], error: said },
        status: said === null ? 200 : status,
        blocks: [
          {
            ...{ kind: 'form', method: 'get', action: `${base(view)}/${name}/impact`, submit: t.seeImpact },
            fields: step.fields(view, values, faults),
            cancel: { href: base(view), label: t.back },
          },
        ],
      });
    };

    router.get(
      `/embargoes/:id/${name}`,
      member.page(async (ctx, who) => {
        const view = await find(ctx, who);
        if (view !== undefined) showForm(ctx, who, view, new URLSearchParams(ctx.querystring));
      }),
    );

    router.get(
      `/embargoes/:id/${name}/impact`,
      member.page(async (ctx, who) => {
        const view = await find(ctx, who);
        if (view === undefined) return;
        const values = new URLSearchParams(ctx.querystring);
        const prepared = step.prepare(view, values);
        if (!prepared.ok) return showForm(ctx, who, view, values, prepared.error);
        const decision = {
          ...{ action: `${base(view)}/${name}`, confirm: words.confirm, version: view.version },
          ...{ danger: step.danger ?? false, needsReason: step.needsReason ?? false, back: base(view) },
        };
        const heading = words.title(view.record.id);
        await showDecision(ctx, who, { heading, lead: t.stepLeads[name], ...prepared.value, values, decision });
      }),
    );

    router.post(
      `/embargoes/:id/${name}`,
      member.form(async (ctx, who, form) => {
        const view = await find(ctx, who);
        if (view === undefined) return;
        const prepared = step.prepare(view, form);
        if (!prepared.ok) return showForm(ctx, who, view, form, prepared.error);
        const version = Number(form.get('version'));
        const actor = ruleActor(who, clock.now());
        const expectedVersion = Number.isSafeInteger(version) ? version : -1;
        const written = await prepared.value.write({ actor, ...reasonOf(form), expectedVersion });
        if (written.ok) return done(ctx, pages, `/embargoes/${encodeURIComponent(view.record.id)}`, step.said);
        const { refusal } = written;
        showForm(ctx, who, view, form, {}, sentenceOf(refusal), refusalStatusOf(refusal));
      }),
    );
  }

  /** Answers the request itself where there is none. */
  async function find(ctx: Context, who: Member): Promise<EmbargoView | undefined> {
    const id = String(ctx.params.id).replaceAll('\0', '');
    const found = await embargoes.get(ruleActor(who, clock.now()), id);
    if (found.ok) return found.value;
    errorPage(pages, ctx, 404, { code: 'not_found', description: t.unseen });
    return undefined;
  }

  return router.routes() as unknown as Middleware;
}
