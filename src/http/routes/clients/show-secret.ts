/** Shows a secret once, in the answer to the form that made it: it is nowhere kept. */
import type { Context } from 'koa';
import type { ClientDetails } from '../../../clients/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Member } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { configurationBlocks } from './client-blocks.ts';

const t = texts.clients;

export function showSecret(
  { pages, issuer, snapshots }: Pick<PageArea, 'pages' | 'issuer' | 'snapshots'>,
  ctx: Context,
  who: Member,
  shown: {
    readonly view: 'account/sheet' | 'admin/sheet';
    readonly heading: string;
    readonly client: ClientDetails;
    readonly secret: string | null;
    /** Of the client's page. */
    readonly href: string;
    /** What else went wrong. */
    readonly error?: string | null;
  },
): void {
  const { view, heading, client, secret, href, error = null } = shown;
  const previous = client.secrets.find(({ slot }) => slot === 'previous');
  showSheet(pages, ctx, who, view, {
    heading,
    error,
    blocks: [
      ...(secret === null
        ? []
        : ([
            { kind: 'text', look: 'note', text: t.secretOnce },
            { kind: 'code', label: t.secretTitle, text: secret },
          ] as const)),
      ...(previous?.endsAt == null
        ? []
        : ([{ kind: 'text', text: t.secretUntil(instantText(previous.endsAt)) }] as const)),
      { kind: 'heading', text: t.configuration },
      ...configurationBlocks(client, issuer, snapshots.current()),
      { kind: 'links', links: [{ href, label: t.goOn }] },
    ],
  });
}
