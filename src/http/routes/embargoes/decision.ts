/** The page between a form and its writing: what the change would do, and the form that confirms it with a reason. */
import type { Context } from 'koa';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { type FormValues, hiddenOf } from '../../pages/embargo-form.ts';
import type { Member } from '../../pages/member.ts';
import { type SheetPage, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { createImpactPages, type ImpactAnswer, impactBlocks, type Proposed, waitingPage } from './impact.ts';
import { ruleActor } from './timeline.ts';

const t = texts.embargo;

/** The form that stands below the impact. */
export interface Decision {
  readonly action: string;
  readonly confirm: string;
  readonly version: number | null;
  readonly needsReason: boolean;
  readonly danger?: boolean;
  readonly back?: string;
}

export interface DecisionPage {
  readonly heading: string;
  readonly lead?: string;
  readonly proposed: Proposed;
  readonly values: FormValues;
  readonly decision: Decision;
}

export type ShowDecision = (ctx: Context, who: Member, page: DecisionPage) => Promise<void>;

export function createDecisionPage(area: PageArea): ShowDecision {
  const { pages, clock } = area;
  const impacts = createImpactPages(area);
  return async (ctx, who, page) => {
    const answer = await impacts.ask(ctx, ruleActor(who, clock.now()), page.proposed);
    showSheet(pages, ctx, who, 'embargoes/sheet', sheetOf(ctx, pages.base, page, answer));
  };
}

function sheetOf(ctx: Context, base: string, page: DecisionPage, answer: ImpactAnswer): SheetPage {
  const { heading, lead = null, values, decision } = page;
  if (answer.state === 'working') return { heading: t.computing, ...waitingPage(ctx, base, answer.since) };
  if (answer.state === 'busy') return { heading, error: t.busy, status: 429, blocks: [] };
  const form = decisionForm(base, values, decision);
  if (answer.state === 'unseen') {
    return { heading, lead, blocks: [{ kind: 'text', look: 'note', text: t.impactUnseen }, ...form] };
  }
  if (!answer.value.ok) return { heading, lead, error: answer.value.error.message, status: 422, blocks: [] };
  return { heading, lead, blocks: [...impactBlocks(answer.value.value), ...form] };
}

function decisionForm(base: string, values: FormValues, decision: Decision): readonly Block[] {
  const { action, confirm, version, needsReason, danger = false, back } = decision;
  const seen = [...hiddenOf(values)].filter(([name]) => name !== 'version' && name !== 'reason');
  const again = `${base}/embargoes/new?${new URLSearchParams([...seen] as [string, string][])}`;
  return [
    { kind: 'heading', text: t.confirmTitle },
    {
      kind: 'form',
      method: 'post',
      action,
      hidden: [...seen, ...(version === null ? [] : [['version', String(version)] as const])],
      fields: [
        {
          ...{ id: 'reason', label: t.reason, hint: t.reasonHint, maxlength: 1000 },
          ...{ type: 'textarea', rows: 2, required: needsReason },
        },
      ],
      submit: confirm,
      danger,
      cancel: { href: back ?? again, label: t.back },
    },
  ];
}
