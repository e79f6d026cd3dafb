/** Lists of SCIM: what synchronising scripts read (services.md), and pages that stay whole under change (RFC 7644 section 3.4.2.4). */
import { post } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { type ScimCall, scimCaller, scimToken, startScimIssuer } from '../support/scim.ts';

const alice = '5a1e0000-0000-4000-8000-000000000001';
const indigo = 'urn:indigo-dc:scim:schemas:IndigoUser';
let issuer: TestIssuer;
let scim: ScimCall;

beforeAll(async () => {
  issuer = await startScimIssuer();
  scim = scimCaller(issuer, await scimToken(issuer, 'sync', 'scim:read'));
});
afterAll(() => issuer.close());

describe('a synchronising script', () => {
  test('gets its token with dummy `username` and `password` and reads users below a doubled slash', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'scim:read', username: 'x', password: 'y' };
    const { body } = await post(issuer, '//token', fields, { client: 'sync' });
    const response = await fetch(`${issuer.url}/scim/Users?startIndex=1&count=100`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/scim+json');
    expect(await response.json()).toMatchObject({ totalResults: 4, itemsPerPage: 4, startIndex: 1 });
  });

  test('finds the `sub` as `id`, and groups without a leading slash, only those of now', async () => {
    const { body, headers } = await scim('GET', `/scim/Users/${alice}`);
    expect(body).toMatchObject({
      id: alice,
      userName: 'alice',
      displayName: 'alice',
      name: { formatted: 'Alice Example' },
      active: true,
      emails: [{ value: 'alice@example.org', type: 'work', primary: true }],
      [indigo]: { certificates: [], sshKeys: [], oidcIds: [], samlIds: [], serviceAccount: false },
      meta: { resourceType: 'User', location: `${issuer.url}scim/Users/${alice}`, version: headers.get('etag') },
    });
    expect(body.groups.map((group: { display: string }) => group.display)).toEqual([
      'escape',
      'escape/cta',
      'escape/cta/p17',
    ]);
  });

  test('sees suspended accounts with `active` false, and `emails` and `groups` even when there are none', async () => {
    await issuer.database.db
      .insertInto('accounts')
      .values({ id: 'gone', username: 'gone', state: 'suspended' })
      .execute();
    const { body } = await scim('GET', '/scim/Users?filter=active%20eq%20false');
    expect(body.Resources).toMatchObject([{ id: 'gone', active: false, emails: [], groups: [] }]);
    await issuer.database.db.deleteFrom('accounts').where('id', '=', 'gone').execute();
  });
});

describe('pages', () => {
  const ids = async (): Promise<string[]> => {
    const rows = await issuer.database.db.selectFrom('accounts').select('id').execute();
    return rows.map(({ id }) => id);
  };
  const add = (id: string) => issuer.database.db.insertInto('accounts').values({ id, username: id }).execute();
  const remove = (id: string) => issuer.database.db.deleteFrom('accounts').where('id', '=', id).execute();

  /** As scripts do it; between two pages `change` is called with the ids of the page. */
  async function walk(query: string, change: (page: number, seen: readonly string[]) => Promise<unknown>) {
    const seen: string[] = [];
    for (let startIndex = 1, page = 0; ; page += 1) {
      const { body } = await scim('GET', `/scim/Users?${query}&startIndex=${startIndex}`);
      const found = (body.Resources ?? []).map(({ id }: { id: string }) => id);
      seen.push(...found);
      if (startIndex <= body.totalResults) expect(body.itemsPerPage).toBeGreaterThan(0);
      startIndex += body.itemsPerPage;
      if (startIndex > body.totalResults) return seen;
      await change(page, found);
    }
  }

  test.each([
    'count=3',
    'count=3&sortBy=userName',
    'count=3&sortBy=userName&sortOrder=descending',
    'count=2&sortBy=name.formatted',
  ])('with %s miss nobody who was there all the time, while others come and go', async (query) => {
    const mark = query.replaceAll(/\W/g, '');
    for (let number = 0; number < 24; number += 1) await add(`${mark}-${String(number).padStart(2, '0')}`);
    const before = new Set(await ids());
    const gone = new Set<string>();
    const seen = await walk(query, async (page, found) => {
      const victim = found.find((id) => id.startsWith(mark));
      if (victim !== undefined) {
        await remove(victim);
        gone.add(victim);
      }
      await add(`${mark}-new-${page}`);
    });
    for (const id of before) if (!gone.has(id)) expect(seen).toContain(id);
  });

  test('of two walks at a time both miss nobody', async () => {
    for (let number = 0; number < 12; number += 1) await add(`pair-${number}`);
    const before = new Set(await ids());
    const gone = new Set<string>();
    const change = async (_page: number, found: readonly string[]) => {
      const victim = found.find((id) => id.startsWith('pair-'));
      if (victim !== undefined && !gone.has(victim)) {
        gone.add(victim);
        await remove(victim);
      }
    };
    const [one, other] = await Promise.all([walk('count=4', change), walk('count=4', change)]);
    for (const id of before) {
      if (gone.has(id)) continue;
      expect(one).toContain(id);
      expect(other).toContain(id);
    }
  });

  test('by cursor go on behind the last one, and end', async () => {
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { body } = await scim('GET', `/scim/Users?count=5&cursor=${cursor}`);
      seen.push(...body.Resources.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      if (seen.length === 5) await remove((seen[0] as string) === alice ? (seen[4] as string) : (seen[0] as string));
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of await ids()) expect(seen).toContain(id);
    expect((await scim('GET', '/scim/Users?cursor=nonsense')).body).toMatchObject({ scimType: 'invalidCursor' });
  });

  test('`count` 0 tells the number alone, and what is out of range is brought into it', async () => {
    const none = await scim('GET', '/scim/Users?count=0');
    expect(none.body).toMatchObject({ itemsPerPage: 0, totalResults: (await ids()).length });
    expect((await scim('GET', '/scim/Users?startIndex=-7&count=1')).body).toMatchObject({
      startIndex: 1,
      itemsPerPage: 1,
    });
    expect((await scim('GET', '/scim/Users?startIndex=99999999999')).body.itemsPerPage).toBe(0);
    expect((await scim('GET', '/scim/Users?startIndex=one')).status).toBe(400);
  });
});
