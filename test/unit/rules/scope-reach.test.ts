/** A search for tokens must find every one that some verifier would let in (policy-semantics 2.3, 8). */
import fc from 'fast-check';
import { anyAudience } from '../../../src/policy/audience.ts';
import type { CanonicalPath } from '../../../src/policy/path.ts';
import type { Matching, Storage } from '../../../src/policy/rule.ts';
import { createReach } from '../../../src/rules/scope-reach.ts';
import { isWithin, opens, toLogical } from '../../support/oracle.ts';

/** All paths up to three segments, of names that are prefixes of one another or differ by a dot. */
const names = ['a', 'ab', 'a.b', 'aab', 'b'];
const deeper = (paths: readonly string[]) => paths.flatMap((path) => names.map((name) => `${path}/${name}`));
const universe = ['/', ...deeper(['']), ...deeper(deeper([''])), ...deeper(deeper(deeper([''])))];

const storage = (name: string, more: Partial<Storage> = {}): Storage => ({
  name,
  audience: name,
  aliases: [],
  kind: 'storage',
  matching: 'segment',
  mounts: [],
  ...more,
});

const search = (path: string, ...storages: Storage[]) =>
  createReach(storages, { path: path as CanonicalPath, action: null });

describe('which scopes reach a path', () => {
  test.each<[Matching, string, string, 'whole' | 'part' | null]>([
    ['segment', '/foo', '/foo', 'whole'],
    ['segment', '/foo', '/foo/x', 'whole'],
    ['segment', '/foo/', '/foo', 'whole'],
    ['segment', '/foo/x', '/foo', 'part'],
    ['segment', '/', '/foo', 'whole'],
    ['segment', '/foo', '/', 'part'],
    ['segment', '/foo', '/foobar', null],
    ['prefix', '/foo', '/foobar', 'whole'],
    ['prefix', '/foo/', '/foobar', 'whole'],
    ['prefix', '/foobar', '/foo', null],
    ['prefix', '/f.o', '/foo', null],
    ['string', '/foo', '/foobar', 'whole'],
    ['string', '/foo/', '/foobar', null],
    ['string', '/f.o', '/foo', 'whole'],
    ['string', '/a.b', '/a/b', 'whole'],
    ['string', '/a.b/c', '/a/b', 'part'],
  ])('for %s, the scope path %s against %s: %s', (matching, scopePath, path, reach) => {
    const scope = `storage.read:${scopePath}`;
    const found = search(path, storage('S', { matching }))(scope, ['S']);
    expect(found).toEqual(reach === null ? [] : [{ scope, reach, storages: ['S'] }]);
  });

  test('paths are those of the storage that the audience or its alias names', () => {
    const mounted = storage('M', { aliases: ['m2'], mounts: [{ path: '/pnfs/vo', at: '/data' }] });
    const reach = search('/data/p1', mounted, storage('L'));
    const scopes = 'openid storage.read:/pnfs/vo/p1 storage.modify:/data/p1/x';
    expect(reach(scopes, ['m2'])).toEqual([{ scope: 'storage.read:/pnfs/vo/p1', reach: 'whole', storages: ['M'] }]);
    expect(reach(scopes, ['L'])).toEqual([{ scope: 'storage.modify:/data/p1/x', reach: 'part', storages: ['L'] }]);
    expect(reach(scopes, ['L', 'M']).map(({ storages }) => storages)).toEqual([['M'], ['L']]);
  });

  test('a mount below the path shows a part of it, and one elsewhere nothing', () => {
    const inner = storage('IN', { mounts: [{ path: '/own', at: '/data/p1' }] });
    const elsewhere = storage('OUT', { mounts: [{ path: '/data', at: '/other' }] });
    expect(search('/data', inner, elsewhere)('storage.read:/own', ['IN'])).toMatchObject([{ reach: 'part' }]);
    expect(search('/data', inner, elsewhere)('storage.read:/data', ['OUT'])).toEqual([]);
  });

  test.each([[[]], [[anyAudience]], [['nowhere.example']], [['S', 'nowhere.example']]])(
    'with audiences %j the token may turn up at any storage, and at one that is not registered',
    (audiences) => {
      const reach = search('/data', storage('S', { mounts: [{ path: '/own', at: '/data' }] }), storage('L'));
      expect(reach('storage.read:/data', audiences)).toMatchObject([{ storages: [null, 'L'] }]);
      expect(reach('storage.read:/own/x', audiences)).toMatchObject([{ storages: ['S'], reach: 'part' }]);
    },
  );

  test('a service is no storage, and an action counts for all that a verifier lets it do', () => {
    expect(search('/', storage('F', { kind: 'service' }))('storage.read:/', ['F'])).toEqual([]);
    const reach = createReach([storage('S')], { path: '/d' as CanonicalPath, action: 'read' });
    const scopes = 'storage.stage:/d storage.modify:/d storage.read:/d wlcg.groups';
    expect(reach(scopes, ['S']).map(({ scope }) => scope)).toEqual(['storage.stage:/d', 'storage.read:/d']);
  });

  test('whatever a verifier opens of the path is found, and what is whole is opened whole', () => {
    const place = fc.constantFrom(...universe.filter((path) => path.split('/').length <= 3));
    const mounts = fc.oneof(
      fc.constant([]),
      fc.tuple(place, place).map(([path, at]) => [{ path, at }]),
    );
    const matching = fc.constantFrom<Matching>('segment', 'string', 'prefix');
    fc.assert(
      fc.property(
        place,
        fc.constantFrom(...universe),
        fc.boolean(),
        matching,
        mounts,
        (path, scopePath, slash, how, at) => {
          const written = slash && scopePath !== '/' ? `${scopePath}/` : scopePath;
          const one = storage('S', { matching: how, mounts: at });
          const [found] = search(path, one)(`storage.read:${written}`, ['S']);
          const shown = universe.flatMap((own) => {
            const logical = toLogical(at, own);
            return logical !== null && isWithin(logical, path) ? [own] : [];
          });
          const opened = shown.filter((own) => opens(how, written, own));
          if (opened.length > 0) expect(found).toBeDefined();
          if (found?.reach === 'whole') expect(opened).toEqual(shown);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
