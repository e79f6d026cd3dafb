/** Every page that changes something: who may not is sent away, a form without its token is refused, and no hostile value is a fault (XI-05, XI-09). */
import { apiLake } from '../support/api.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { signIn } from '../support/member-agent.ts';
import { pageRoutes } from '../support/page-routes.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  const lake = await apiLake();
  issuer = await startIssuer({ lake });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
});
afterAll(() => issuer?.close());

const id = '5a1e0000-0000-4000-8000-000000000001';

/** Open to everybody, with limits of their own. */
const open = ['/register-account', '/forgotten-password'];

const routes = pageRoutes().filter(({ template }) => !open.some((one) => isBelow(template, one)));
const forms = routes.filter(({ method }) => method === 'POST').map(({ template }) => template);
const shown = routes.filter(({ method }) => method === 'GET').map(({ template }) => template);

/** Those that change who may do what, or how one signs in: only a moment after a login. */
const fresh = forms.filter((template) =>
  [
    '/admin/clients',
    '/account/clients',
    '/admin/accounts',
    '/account/security',
    '/account/keys',
    '/account/services',
    '/account/identities',
    '/account/email',
  ].some((one) => isBelow(template, one)),
);

function isBelow(template: string, place: string): boolean {
  return template === place || template.startsWith(`${place}/`);
}

/** What stands for the parameters: something that exists. */
const existing = new Map<string, string>();

beforeAll(async () => {
  const { db } = issuer.database;
  const group = await db.selectFrom('groups').select('id').where('path', '=', '/escape/cta').executeTakeFirstOrThrow();
  const jwks = (await (await fetch(`${issuer.url}jwk`)).json()) as { keys: { kid: string }[] };
  for (const [name, value] of [
    ['/admin/accounts/:id', id],
    ['/account/clients/:id', 'dirac'],
    ['/account/services/:id', id],
    ['/admin/clients/:id', 'dirac'],
    ['/embargoes/:id', 'cta-p17'],
    ['/groups/directory/:group', group.id],
    ['/manage/group/:group', group.id],
    ['/admin/keys/:kid', jwks.keys[0]?.kid ?? ''],
    // Of these nobody has any here: who may not is refused before anything is looked for.
    ['/account/tokens/:jti', id],
    ['/admin/outbox/:id', '1'],
    ['/admin/upstreams/:name', 'home'],
    ['/admin/requests/:id', id],
    ['/admin/clients/requests/:request', id],
    ['/manage/registrations/:id', id],
    ['/manage/requests/:request', id],
    ['/invitation/:secret', id],
  ] as const) {
    existing.set(name, value);
  }
});

/** Throws for a parameter that nothing here stands for: a new kind of page says here what it is about. */
function pathOf(template: string, name?: string): string {
  const parameter = /^.*?:[a-z]+/.exec(template)?.[0];
  if (parameter === undefined) return template.slice(1);
  const value = name ?? existing.get(parameter);
  if (value === undefined) throw new Error(`nothing exists for ${parameter}`);
  return template.replace(/:[a-z]+/, encodeURIComponent(value)).slice(1);
}

/** Fields that forms of these pages have. */
const fields = [
  ...[
    'account',
    'actions',
    'affiliation',
    'again',
    'algorithm',
    'answer',
    'audience',
    'authority',
    'certificate',
    'chain',
    'client',
  ],
  ...[
    'code',
    'confirm',
    'current',
    'days',
    'description',
    'digest',
    'duplicate',
    'email',
    'ends',
    'fingerprint',
    'from',
  ],
  ...[
    'givenName',
    'group',
    'groups',
    'id',
    'invitation',
    'isDefault',
    'issuer',
    'key',
    'kind',
    'labels',
    'link',
    'managers',
  ],
  ...['membershipEnd', 'name', 'newPath', 'note', 'owners', 'password', 'path', 'reason', 'request', 'roles', 'scope'],
  ...[
    'scopes',
    'session',
    'signature',
    'slot',
    'subject',
    'text',
    'ticket',
    'until',
    'upstream',
    'url',
    'username',
    'uses',
    'which',
  ],
  ...[
    'validDays',
    'validFrom',
    'version',
    'redirectUris',
    'grantTypes',
    'endsAt',
    'state',
    'title',
    'mounts',
    'parties',
  ],
];

const hostile = [
  '\0',
  '\u202e\ufeff',
  '../..',
  '-1',
  '1e999',
  '9'.repeat(400),
  '<script>',
  '__proto__',
  '🦑'.repeat(3000),
  "';--",
];

const csrfOf = (page: Page) => /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
const at = (template: string, name?: string) => new URL(pathOf(template, name), issuer.url);

async function post(agent: UserAgent, url: URL, body: URLSearchParams): Promise<Page> {
  return agent.request(url, 'POST', body, new URL('account', issuer.url));
}

/** Everything that a form could have changed. */
const changes = () => issuer.database.db.selectFrom('audit_log').select('id').execute();

test('what stands for parameters exists', async () => {
  const { open: show } = await signIn(issuer, 'admin');
  for (const parameter of ['/admin/accounts/:id', '/account/clients/:id', '/embargoes/:id', '/manage/group/:group']) {
    expect([parameter, (await show(pathOf(parameter))).status]).toEqual([parameter, 200]);
  }
});

test.each([...forms.map((one) => ['POST', one] as const), ...shown.map((one) => ['GET', one] as const)])(
  'nobody who is not signed in does anything at %s %s',
  async (method, template) => {
    const agent = new UserAgent();
    const url = at(template);
    const answer =
      method === 'GET' ? await agent.get(url) : await post(agent, url, new URLSearchParams({ reason: 'x' }));
    expect([answer.status, answer.location?.pathname]).toEqual([303, '/login']);
  },
);

test.each(['bob', 'rita', 'mira'])(
  '%s, who may not, does nothing in the administration or in the management of groups',
  async (username) => {
    const { agent, open: show } = await signIn(issuer, username);
    const csrf = csrfOf(await show('account'));
    const before = await changes();
    for (const template of forms.filter((one) => isBelow(one, '/admin') || isBelow(one, '/manage'))) {
      const answer = await post(agent, at(template), new URLSearchParams({ csrf, reason: 'x' }));
      expect([template, answer.status]).toEqual([template, 403]);
    }
    expect(await changes()).toEqual(before);
  },
);

test('members do not even see the administration and the management of groups', async () => {
  const { agent } = await signIn(issuer, 'bob');
  for (const template of shown.filter((one) => isBelow(one, '/admin') || isBelow(one, '/manage'))) {
    expect([template, (await agent.get(at(template))).status]).toEqual([template, 403]);
  }
});

test.each(['bob', 'rita'])('%s decides about no embargo, and looks after no client of others', async (username) => {
  const { agent, open: show } = await signIn(issuer, username);
  const csrf = csrfOf(await show('account'));
  const version = String(
    (await issuer.database.db.selectFrom('embargoes').select('version').executeTakeFirst())?.version,
  );
  const before = await changes();
  const fields = {
    csrf,
    version,
    reason: 'x',
    until: '2040-01-01',
    actions: 'read',
    path: '/cta',
    confirm: 'yes',
  };
  for (const template of forms.filter((one) => isBelow(one, '/embargoes') || isBelow(one, '/account/clients/:id'))) {
    const subject = template.endsWith('remove-party') ? 'client:fts' : 'user:bob';
    const { status } = await post(agent, at(template), new URLSearchParams({ ...fields, subject }));
    expect([template, status, [403, 404].includes(status)]).toEqual([template, status, true]);
  }
  expect(await changes()).toEqual(before);
});

test('a form without the token of its session is refused everywhere (XI-08)', async () => {
  const { agent } = await signIn(issuer, 'admin');
  const stolen = csrfOf(await (await signIn(issuer, 'bob')).open('account'));
  for (const template of forms) {
    for (const csrf of ['', stolen]) {
      const answer = await post(agent, at(template), new URLSearchParams({ csrf, reason: 'x' }));
      expect([template, answer.status]).toEqual([template, 403]);
    }
  }
});

test('what gives away a client, an account or a way to sign in asks for a new login a quarter of an hour after the last', async () => {
  const { agent, open: show } = await signIn(issuer, 'admin');
  const csrf = csrfOf(await show('account'));
  issuer.clock.advance(16 * 60);
  const before = await changes();
  expect(fresh.length).toBeGreaterThan(40);
  for (const template of fresh.filter((one) => one !== '/account/email/confirm')) {
    const { location } = await post(agent, at(template), new URLSearchParams({ csrf, reason: 'x' }));
    expect([template, location?.pathname, location?.searchParams.get('again')]).toEqual([template, '/login', '1']);
  }
  expect(await changes()).toEqual(before);
});

test.each(hostile.map((value) => [value.slice(0, 12), value]))(
  'the value %j in every field and name is refused or taken, never a fault',
  async (_shown, value) => {
    const { agent, open: show } = await signIn(issuer, 'admin');
    const csrf = csrfOf(await show('account'));
    const faults: unknown[] = [];
    const body = new URLSearchParams([['csrf', csrf], ...fields.map((name): [string, string] => [name, value])]);
    const query = new URLSearchParams(
      ['after', 'search', 'said', ...fields].map((name): [string, string] => [name, value.slice(0, 100)]),
    );
    const names = (template: string) => (template.includes(':') ? [undefined, value.slice(0, 300)] : [undefined]);
    for (const template of forms.filter((one) => !one.startsWith('/account/sessions'))) {
      for (const name of names(template)) {
        const { status } = await post(agent, at(template, name), body);
        if (status >= 500) faults.push(['POST', template, name === undefined]);
      }
    }
    for (const template of shown) {
      for (const name of names(template)) {
        const { status } = await agent.get(`${at(template, name).href}?${query}`);
        if (status >= 500) faults.push(['GET', template, name === undefined]);
      }
    }
    expect(faults).toEqual([]);
    expect((await show('account')).status).toBe(200);
  },
  60_000,
);
