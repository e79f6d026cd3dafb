/** `/account/identities`: with what one signs in elsewhere, linking another, unlinking. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Upstream } from '../../../federation/upstream.ts';
import { matching, mostAtOnce, searchOf } from '../../login/chooser.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.identities;
const path = '/account/identities';

export function identityPages({ pages, member, people, upstream }: PageArea): Middleware {
  const { identities, upstreams } = people;
  const action = `${pages.base}${path}`;
  const router = new Router();

  const show = async (ctx: Context, who: Member, problem: { error: string; status: number } | null = null) => {
    const [known, providers] = [await identities.of(who.account.id), await upstreams.list()];
    const titles = new Map(providers.map(({ issuer, title }) => [issuer, title]));
    const blocks: Block[] = [
      {
        kind: 'table',
        columns: [t.provider, t.subject, t.linked, t.used],
        empty: t.none,
        rows: known.identities.map(({ issuer, subject, linkedAt, lastUsedAt }) => {
          const title = titles.get(issuer) ?? issuer;
          const hidden = [['issuer', issuer] as const, ['subject', subject] as const];
          const button = {
            action: `${action}/unlink`,
            hidden,
            label: t.unlink,
            name: t.unlinkName(title),
            danger: true,
          };
          return {
            head: { text: title, note: title === issuer ? '' : issuer, button },
            cells: [
              { codes: [subject] },
              instantText(linkedAt),
              lastUsedAt === null ? texts.member.never : instantText(lastUsedAt),
            ],
          };
        }),
      },
      { kind: 'heading', text: t.link },
      providers.length === 0
        ? { kind: 'text', text: t.noProviders, look: 'hint' }
        : { kind: 'text', text: t.linkHint, look: 'hint' },
      ...linkBlocks(providers, searchOf(ctx), action),
    ];
    // A form that ends at the provider: browsers hold redirects after it to `form-action`.
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.title,
      lead: t.lead,
      blocks,
      formTargets: ['https:', 'http://localhost:*', 'http://127.0.0.1:*'],
      ...problem,
    });
  };

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who)),
  );

  router.post(
    `${path}/link`,
    member.form(
      async (ctx, who, form) => {
        const purpose = { kind: 'link', accountId: who.account.id, sessionUid: who.sessionUid } as const;
        const begun = await upstream.begin(ctx, form.get('upstream') ?? '', purpose, { fresh: true });
        if (!begun.ok) await show(ctx, who, { error: begun.error.message, status: refusalStatus(begun.error) });
      },
      { fresh: true },
    ),
  );

  router.post(
    `${path}/unlink`,
    member.form(
      async (ctx, who, form) => {
        const identity = { issuer: form.get('issuer') ?? '', subject: form.get('subject') ?? '' };
        const unlinked = await identities.unlink(contextOf(who, form), who.account.id, identity);
        if (unlinked.ok) return done(ctx, pages, path, 'identityUnlinked');
        await show(ctx, who, { error: unlinked.error.message, status: refusalStatus(unlinked.error) });
      },
      { fresh: true },
    ),
  );
  return router.routes() as unknown as Middleware;
}

/** A button for each provider; of many, those that were searched for. */
function linkBlocks(providers: readonly Upstream[], search: string, action: string): Block[] {
  const found = matching(providers, search);
  const buttons = found.slice(0, mostAtOnce).map(
    ({ name, title }): Block => ({
      ...{ kind: 'form', method: 'post', action: `${action}/link`, fields: [], hidden: [['upstream', name]] },
      submit: t.linkWith(title),
    }),
  );
  if (providers.length <= mostAtOnce) return buttons;
  const { search: label, none, more } = texts.federation;
  const hint = found.length === 0 ? none : found.length > mostAtOnce ? more : null;
  return [
    {
      ...{ kind: 'form', method: 'get', action, submit: texts.member.search, filters: true },
      fields: [{ id: 'provider', label, type: 'search', value: search, maxlength: 200 }],
    },
    ...buttons,
    ...(hint === null ? [] : [{ kind: 'text', look: 'hint', text: hint } as const]),
  ];
}
