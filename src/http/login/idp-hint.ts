/** The provider that a service means, so that nobody has to choose: AARC-G061. */
import type { Upstream, Upstreams } from '../../federation/upstream.ts';

/** The provider that a service means by `idp_hint` (AARC-G061): its issuer or its name, with or without what is nested in it. */
export async function hintedUpstream(
  { upstreams }: { readonly upstreams: Pick<Upstreams, 'list'> },
  hint: unknown,
): Promise<Upstream | undefined> {
  if (typeof hint !== 'string' || hint === '' || hint.length > 2000) return undefined;
  const all = await upstreams.list();
  const named = all.find(({ name, issuer }) => name === hint || issuer === hint);
  // AARC-G061 nests hints: the outer one is the proxy, what is in its query is for the proxy itself.
  const [outer = ''] = hint.split('?');
  return named ?? all.find(({ issuer }) => sameIssuer(issuer, outer));
}

/** What a hint says to the provider itself: the hint nested in it, to be passed on (AARC-G061); undefined when it means another provider. */
export function nestedHint({ issuer }: Upstream, hint: string): string | undefined {
  const [outer = '', query] = splitOnce(hint, '?');
  const nested = new URLSearchParams(query);
  return sameIssuer(issuer, outer) ? (nested.get('idp_hint') ?? nested.get('aarc_idp_hint') ?? undefined) : undefined;
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function sameIssuer(one: string, other: string): boolean {
  const bare = (url: string) => url.replace(/\/$/, '');
  return bare(one) === bare(other);
}
