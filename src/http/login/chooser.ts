/** The providers of a login page: found by a search, the one that was used last first, or the one that a service hints at. */
import type { Context } from 'koa';
import type { Upstream, Upstreams } from '../../federation/upstream.ts';
import type { UpstreamLogin } from './upstream.ts';

/** What the login page shows of providers. */
export interface Chooser {
  readonly last: ProviderLink | null;
  readonly providers: readonly ProviderLink[];
  /** More were found than are shown. */
  readonly more: boolean;
  /** Null: they are few, and nobody has to search. */
  readonly search: {
    readonly action: string;
    readonly value: string;
    readonly hidden: readonly (readonly [string, string])[];
  } | null;
}

interface ProviderLink {
  readonly href: string;
  readonly title: string;
}

export interface ChooserDeps {
  readonly upstreams: Upstreams;
  readonly upstream: UpstreamLogin;
}

/** So many are seen at a glance; beyond it there is a search. */
export const mostAtOnce = 12;

export interface ChooserPlace {
  /** Where a provider leads, by its name. */
  readonly hrefOf: (name: string) => string;
  /** The login page itself. */
  readonly action: string;
  readonly hidden: readonly (readonly [string, string])[];
}

export async function chooserOf(
  { upstreams, upstream }: ChooserDeps,
  ctx: Context,
  { hrefOf, action, hidden }: ChooserPlace,
): Promise<Chooser> {
  const all = await upstreams.list();
  const link = ({ name, title }: Upstream) => ({ href: hrefOf(name), title });
  const used = upstream.lastUsed(ctx);
  const last = all.find(({ name }) => name === used);
  const search = searchOf(ctx);
  const found = matching(all, search).filter((one) => one !== last);
  return {
    last: last === undefined ? null : link(last),
    providers: found.slice(0, mostAtOnce).map(link),
    more: found.length > mostAtOnce,
    search: all.length > mostAtOnce ? { action, value: search, hidden } : null,
  };
}

/** What the browser looks for among the providers. */
export function searchOf(ctx: Context): string {
  return typeof ctx.query.provider === 'string' ? ctx.query.provider.trim().slice(0, 200) : '';
}

/** Those in whose title, name or issuer all words of the search are. */
export function matching(all: readonly Upstream[], search: string): readonly Upstream[] {
  const words = search.toLowerCase().split(/\s+/);
  return all.filter(({ title, name, issuer }) => {
    const text = `${title} ${name} ${issuer}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
