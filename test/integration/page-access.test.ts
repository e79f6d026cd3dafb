/** Every page that changes something: who may not is sent away, a form without its token is refused, and no hostile value is a fault (XI-05, XI-09). */
import { apiLake } from '../support/api.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { signIn } from '../support/member-agent.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  const lake = await apiLake();
  issuer = await startIssuer({ lake });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
});
afterAll(() => issuer?.close());

const id = '5a1e0000-0000-4000-8000-000000000001';

/** `@` stands for the name of something. */
const administration = [
  'admin/accounts',
  ...[
    '',
    '/suspend',
    '/restore',
    '/remove',
    '/merge',
    '/owners',
    '/factors',
    '/identities',
    '/identities/remove',
    '/ssh-keys',
    '/ssh-keys/remove',
    '/certificates',
    '/certificates/remove',
  ].map((step) => `admin/accounts/@${step}`),
  'admin/groups',
  'admin/clients/new',
  'admin/clients/@/secrets',
  ...['grant', 'owners', 'suspend', 'restore', 'delete'].map((step) => `admin/clients/@/${step}`),
  'admin/clients/requests/@/approve',
  'admin/clients/requests/@/refuse',
  'admin/storages/new',
  'admin/storages/edit',
  'admin/storages/remove',
  'admin/storages/namespace/add',
  'admin/storages/namespace/remove',
  'admin/keys',
  'admin/keys/@/remove',
  'admin/acceptable-use',
  'admin/acceptable-use/withdraw',
  'admin/requests/@/accept',
  'admin/requests/@/refuse',
  'admin/outbox/@/retry',
  'admin/outbox/@/give-up',
];
const management = [
  'manage',
  'manage/group/@',
  ...['managers', 'member', 'delete', 'move', 'invitation'].map((step) => `manage/group/@/${step}`),
  'manage/requests/@/approve',
  'manage/requests/@/refuse',
  'manage/invitations/revoke',
  'manage/registrations/@/accept',
  'manage/registrations/@/refuse',
];
const own = [
  'account',
  'account/email',
  'account/email/confirm',
  'account/identities/link',
  'account/identities/unlink',
  'account/security/password',
  'account/security/passkey',
  'account/security/passkey/remove',
  'account/security/one-time-code',
  'account/security/one-time-code/remove',
  'account/security/recovery-codes',
  'account/keys/ssh-key',
  'account/keys/certificate',
  'account/keys/prove',
  'account/keys/remove-ssh-key',
  'account/keys/remove-certificate',
  'account/services/@/owners',
  ...['ssh-key', 'certificate', 'prove', 'remove-ssh-key', 'remove-certificate'].map(
    (step) => `account/services/@/keys/${step}`,
  ),
  'account/sessions',
  'account/applications',
  'account/tokens/@',
  'account/policy',
  'account/clients/new',
  'account/clients/invitations',
  'account/clients/@/edit',
  'account/clients/@/secrets',
  ...['delete', 'ask', 'invite', 'restore'].map((step) => `account/clients/@/${step}`),
  'groups/leave',
  'groups/directory/@',
  'groups/requests/withdraw',
  'embargoes/new',
  ...['extend', 'release', 'parties', 'exempt'].map((step) => `embargoes/@/${step}`),
  'invitation/@',
];

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
const at = (path: string, name: string) => new URL(path.replace('@', encodeURIComponent(name)), issuer.url);

async function post(agent: UserAgent, url: URL, body: URLSearchParams): Promise<Page> {
  return agent.request(url, 'POST', body, new URL('account', issuer.url));
}

test.each([...administration, ...management, ...own])(
  'nobody who is not signed in does anything at /%s',
  async (path) => {
    const answer = await post(new UserAgent(), at(path, id), new URLSearchParams({ reason: 'x' }));
    expect([302, 303, 404]).toContain(answer.status);
    if (answer.status !== 404) expect(answer.location?.pathname).toBe('/login');
  },
);

test('members do nothing in the administration or in the management of groups, nor do readers and embargo managers', async () => {
  for (const username of ['bob', 'rita', 'mira']) {
    const { agent, open } = await signIn(issuer, username);
    const csrf = csrfOf(await open('account'));
    for (const path of [...administration, ...management]) {
      const answer = await post(agent, at(path, id), new URLSearchParams({ csrf, reason: 'x' }));
      expect([username, path, [403, 404].includes(answer.status) ? 'refused' : answer.status]).toEqual([
        ...[username, path, 'refused'],
      ]);
    }
  }
});

test('a form without the token of its session is refused everywhere (XI-08)', async () => {
  const { agent } = await signIn(issuer, 'admin');
  const stolen = csrfOf(await (await signIn(issuer, 'bob')).open('account'));
  for (const path of [...administration, ...management, ...own]) {
    for (const csrf of ['', stolen]) {
      const answer = await post(agent, at(path, id), new URLSearchParams({ csrf, reason: 'x' }));
      expect([path, [403, 404].includes(answer.status) ? 'refused' : answer.status]).toEqual([path, 'refused']);
    }
  }
});

test.each(hostile.map((value) => [value.slice(0, 12), value]))(
  'the value %j in every field and name is refused or taken, never a fault',
  async (_shown, value) => {
    const { agent, open } = await signIn(issuer, 'admin');
    const csrf = csrfOf(await open('account'));
    const faults: unknown[] = [];
    const body = new URLSearchParams([['csrf', csrf], ...fields.map((name): [string, string] => [name, value])]);
    for (const path of [...administration, ...management, ...own].filter((one) => !one.endsWith('sessions'))) {
      for (const name of path.includes('@') ? [id, value.slice(0, 300)] : ['']) {
        const written = await post(agent, at(path, name), body);
        const shown = await agent.get(
          `${at(path, name).href}?${new URLSearchParams({ after: value.slice(0, 300), search: value.slice(0, 300), said: value.slice(0, 100) })}`,
        );
        for (const { status, url } of [written, shown])
          if (status >= 500) faults.push([path, name === id, url.search === '' ? 'POST' : 'GET']);
      }
    }
    expect(faults).toEqual([]);
    expect((await open('account')).status).toBe(200);
  },
  60_000,
);
