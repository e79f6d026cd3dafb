/** `/admin/keys`: the life of the signing keys, a rotation, and the removal of a stolen one (W-KEY-3). */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { KeyOutcome } from '../../../keys/administration.ts';
import { algorithms, type SigningKeyRecord, stateAt } from '../../../keys/signing-key.ts';
import type { KeyHistoryEntry, KeySignature } from '../../../keys/store.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { done, type Member } from '../../pages/member.ts';
import { type Field, instantText } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.signingKeys;
const path = '/admin/keys';
const roles = { roles: ['admin'] } as const;

/** Lines of the history, the newest ones. */
const mostHistory = 50;

const reasonField: Field = { id: 'reason', label: t.reason, hint: t.reasonHint, maxlength: 500 };

export function keyPages({ pages, member, desk, accounts, clock }: PageArea): Middleware {
  const { store, administration, settled } = desk.keys;
  const router = new Router();

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who), roles),
  );

  router.post(
    path,
    member.form(async (ctx, who, form) => {
      const chosen = algorithms.filter((alg) => alg === form.get('algorithm'));
      const outcome = await administration.rotate(chosen.length > 0 ? chosen : algorithms, signature(who, form));
      await answer(ctx, who, outcome, 'keys-rotated');
    }, roles),
  );

  router.get(
    `${path}/:kid/remove`,
    member.page(async (ctx, who) => showRemoval(ctx, who), roles),
  );

  router.post(
    `${path}/:kid/remove`,
    member.form(async (ctx, who, form) => {
      const by = signature(who, form);
      if (by.reason === null || form.get('confirm') !== 'yes') return showRemoval(ctx, who, t.noReason);
      await answer(ctx, who, await administration.removeStolen(String(ctx.params.kid), by), 'key-removed');
    }, roles),
  );

  async function answer(ctx: Context, who: Member, outcome: KeyOutcome, said: 'keys-rotated' | 'key-removed') {
    if (!outcome.ok) return show(ctx, who, outcome.error);
    await settled();
    done(ctx, pages, path, said);
  }

  async function show(ctx: Context, who: Member, error: string | null = null): Promise<void> {
    const [{ keys }, history] = await Promise.all([store.read(), store.history()]);
    showSheet(pages, ctx, who, 'admin/sheet', {
      ...{ heading: t.title, lead: t.lead, error, status: error === null ? 200 : 409 },
      blocks: [
        {
          kind: 'table',
          columns: [t.key, t.state, t.published, t.signsFrom, t.until, t.removed],
          rows: keys.map(rowOf),
          empty: t.none,
        },
        { kind: 'heading', text: t.rotate },
        { kind: 'text', look: 'hint', text: t.rotateHint },
        rotation(),
        ...historyBlocks(history, await namesOf(history)),
      ],
    });
  }

  /** The history keeps ids; who is there yet has a name. */
  async function namesOf(history: readonly KeyHistoryEntry[]): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const actor of new Set(history.slice(-mostHistory).map((entry) => entry.actor))) {
      const [kind, id = ''] = actor.split(':');
      const found = kind === 'account' ? await accounts.findById(id) : undefined;
      if (found !== undefined) names.set(actor, found.username);
    }
    return names;
  }

  function rotation(): Block {
    const options = [['', t.both], ...algorithms.map((alg) => [alg, alg])] as [string, string][];
    return {
      ...{ kind: 'form', method: 'post', action: `${pages.base}${path}`, submit: t.rotate },
      fields: [{ id: 'algorithm', label: t.algorithm, type: 'select', options, value: '' }, reasonField],
    };
  }

  function rowOf(key: SigningKeyRecord): Row {
    const state = stateAt(key, clock.now());
    const notes = [key.isDevelopment ? t.development : '', key.isCompromised ? t.compromised : ''];
    const text = (at: number | null) => (at === null ? '' : instantText(at));
    const removal = {
      href: `${pages.base}${path}/${encodeURIComponent(key.kid)}/remove`,
      text: t.emergencyName(key.kid.slice(0, 8)),
    };
    return {
      head: {
        codes: [key.kid],
        note: [key.alg, ...notes].filter(Boolean).join(', '),
        ...(state !== 'removed' && { more: removal }),
      },
      cells: [
        { badge: t.states[state], ...(state === 'active' && { tone: 'good' as const }) },
        text(key.publishedAt),
        text(key.activatesAt),
        text(key.retiresAt),
        text(key.removedAt),
      ],
    };
  }

  async function showRemoval(ctx: Context, who: Member, error: string | null = null): Promise<void> {
    const { keys } = await store.read();
    const key = keys.find(({ kid }) => kid === ctx.params.kid);
    if (key === undefined) {
      return showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, error: t.unknown, status: 404, blocks: [] });
    }
    showSheet(pages, ctx, who, 'admin/sheet', {
      ...{ heading: t.emergencyTitle, lead: t.emergencyLead(key.kid), error, status: error === null ? 200 : 422 },
      blocks: [
        { kind: 'text', look: 'note', text: t.emergencyHint },
        {
          kind: 'form',
          method: 'post',
          action: `${pages.base}${path}/${encodeURIComponent(key.kid)}/remove`,
          fields: [
            { ...reasonField, required: true },
            { id: 'confirm', label: t.confirm, type: 'checkbox', required: true },
          ],
          submit: t.remove,
          danger: true,
          cancel: { href: `${pages.base}${path}`, label: t.back },
        },
      ],
    });
  }

  return router.routes() as unknown as Middleware;
}

function signature({ account, actor }: Member, form: URLSearchParams): KeySignature {
  return {
    actor: `account:${account.id}`,
    reason: form.get('reason')?.trim().slice(0, 500) || null,
    person: { name: `user:${account.username}`, address: actor.address },
  };
}

function historyBlocks(history: readonly KeyHistoryEntry[], names: ReadonlyMap<string, string>): readonly Block[] {
  return [
    { kind: 'heading', text: t.history },
    {
      kind: 'table',
      columns: [t.when, t.what, t.key, t.who, t.why],
      rows: history
        .slice(-mostHistory)
        .toReversed()
        .map(({ at, action, takesEffectAt, kid, actor, reason }) => ({
          head: instantText(at),
          cells: [
            {
              text: t.actions[action] ?? action,
              ...(takesEffectAt !== null && { note: t.from(instantText(takesEffectAt)) }),
            },
            { codes: [kid.slice(0, 8)] },
            names.get(actor) ?? actor,
            reason ?? '',
          ],
        })),
      empty: t.noHistory,
    },
  ];
}
