/** What a page about keys asks to have signed, as its command shows it. */
import type { Page } from './user-agent.ts';

export function proofTextIn({ html }: Page): string {
  const plain = html.replaceAll('&#39;', "'").replaceAll('&#34;', '"').replaceAll('&amp;', '&');
  return /printf %s '((?:[^']|'\\'')*)'/.exec(plain)?.[1]?.replaceAll("'\\''", "'") ?? '';
}
