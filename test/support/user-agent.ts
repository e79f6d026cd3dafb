/** A browser without script for tests over HTTP: cookies, redirects one by one, forms filled in by name. */
import { formOf } from './http.ts';

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where the answer sends the browser, if it does. */
  readonly location: URL | null;
}

export interface Form {
  readonly action: URL;
  readonly fields: readonly (readonly [string, string])[];
}

export class UserAgent {
  readonly cookies = new Map<string, { value: string; path: string }>();

  get(url: string | URL): Promise<Page> {
    return this.request(new URL(url), 'GET');
  }

  /** Follows redirects as long as they stay at the issuer; the first that leaves it is returned. */
  async follow(page: Page): Promise<Page> {
    let current = page;
    for (let hops = 0; hops < 10 && current.location?.origin === current.url.origin; hops += 1) {
      current = await this.get(current.location);
    }
    return current;
  }

  /** Submits the form whose action ends so, with fields replaced, added or (null) left out. */
  async submit(
    page: Page,
    actionEnd: string,
    changes: Record<string, string | readonly string[] | null> = {},
  ): Promise<Page> {
    const form = formsOf(page).find(({ action }) => action.pathname.endsWith(actionEnd));
    if (form === undefined)
      throw new Error(`no form for ${actionEnd} on a page with ${formsOf(page).map(({ action }) => action.pathname)}`);
    const kept = form.fields.filter(([name]) => !(name in changes));
    const added = Object.entries(changes).flatMap(([name, value]) =>
      value === null ? [] : [value].flat().map((one) => [name, one] as const),
    );
    return this.request(form.action, 'POST', formOf([...kept, ...added]), page.url);
  }

  async request(
    url: URL,
    method: string,
    body?: URLSearchParams,
    from?: URL,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      ...(body && { body }),
      headers: {
        accept: 'text/html,application/xhtml+xml',
        cookie: this.cookieHeader(url),
        ...(from && { origin: from.origin, 'sec-fetch-site': 'same-origin' }),
        ...headers,
      },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      location: location === null ? null : new URL(location, url),
    };
  }

  private cookieHeader(url: URL): string {
    return [...this.cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice(5) ?? '/';
    const value = pair.slice(pair.indexOf('=') + 1);
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, { value, path });
  }
}

export function formsOf(page: Page): Form[] {
  return [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', content = '']) => ({
    action: new URL(unescapeHtml(attribute(attributes, 'action') ?? page.url.href), page.url),
    fields: [...content.matchAll(/<input\b([^>]*)>/g)].flatMap(([, input = '']) => fieldOf(input)),
  }));
}

function fieldOf(input: string): (readonly [string, string])[] {
  const name = attribute(input, 'name');
  const type = attribute(input, 'type') ?? 'text';
  if (name === undefined || type === 'submit') return [];
  if (type === 'checkbox' && !/\bchecked\b/.test(input)) return [];
  return [[name, unescapeHtml(attribute(input, 'value') ?? '')]];
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
}

function unescapeHtml(text: string): string {
  const entities: Record<string, string> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    '#34': '"',
    '#39': "'",
    '#x27': "'",
    '#x2F': '/',
  };
  return text.replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole);
}
