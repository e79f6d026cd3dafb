/** `/embargoes/new`: a new embargo, after a look at what it would change. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { embargoRecord } from '../../../lake/records.ts';
import type { Refusal } from '../../../rules/refusal.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { embargoFields, type FormFaults, type FormValues, readEmbargo } from '../../pages/embargo-form.ts';
import { done, type Member } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { createDecisionPage } from './decision.ts';
import { reasonOf, refusalStatusOf } from './refused.ts';
import { ruleActor } from './timeline.ts';

const t = texts.embargo;

export function newEmbargoPages(area: PageArea): Middleware {
  const { pages, member, desk, clock } = area;
  const { embargoes } = desk.rules;
  const showDecision = createDecisionPage(area);
  const router = new Router();
  const newPath = `${pages.base}/embargoes/new`;
  const managers = { roles: ['embargo-manager', 'admin'] } as const;

  router.get(
    '/embargoes/new',
    member.page(async (ctx, who) => showNew(ctx, who, new URLSearchParams(ctx.querystring)), managers),
  );

  router.get(
    '/embargoes/new/impact',
    member.page(async (ctx, who) => {
      const values = new URLSearchParams(ctx.querystring);
      const said = readEmbargo(values);
      if (!said.ok) return showNew(ctx, who, values, said.error);
      const record = embargoRecord(said.value, 'active');
      const decision = { action: newPath, confirm: t.steps.new.confirm, version: null, needsReason: false };
      await showDecision(ctx, who, { heading: t.newTitle, proposed: { record }, values, decision });
    }, managers),
  );

  router.post(
    '/embargoes/new',
    member.form(async (ctx, who, form) => {
      const said = readEmbargo(form);
      if (!said.ok) return showNew(ctx, who, form, said.error);
      const actor = ruleActor(who, clock.now());
      const written = await embargoes.create({ actor, ...reasonOf(form) }, embargoRecord(said.value, 'active'));
      if (!written.ok) {
        const faults = Object.fromEntries(
          (written.refusal.faults ?? []).map(({ path, message }) => [String(path[0] ?? 'id'), message]),
        );
        return showNew(ctx, who, form, faults, written.refusal);
      }
      done(ctx, pages, `/embargoes/${encodeURIComponent(written.value.record.id)}`, 'embargo-created');
    }, managers),
  );

  function showNew(ctx: Context, who: Member, values: FormValues, faults?: FormFaults, refusal?: Refusal): void {
    const blocks: Block[] = [
      {
        kind: 'form',
        method: 'get',
        action: `${newPath}/impact`,
        fields: embargoFields(values, faults),
        submit: t.seeImpact,
      },
    ];
    const error = refusal?.message ?? (faults === undefined ? null : (Object.values(faults)[0] ?? null));
    const status = refusal !== undefined ? refusalStatusOf(refusal) : error === null ? 200 : 422;
    showSheet(pages, ctx, who, 'embargoes/sheet', { heading: t.newTitle, lead: t.newLead, error, status, blocks });
  }

  return router.routes() as unknown as Middleware;
}
