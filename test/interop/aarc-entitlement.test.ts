/** aarc-entitlement, the parser of the AARC community, judges the entitlements of real tokens (AARC-G069; A-ENT-1 to A-ENT-5). */
import { execFile } from 'node:child_process';
import { authorize, callback, redeem } from '../support/code-flow.ts';
import { decode } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { entitlementNamespace, profileLake, profileRedirect } from '../support/profile-lake.ts';
import { preparePythonEnvironment } from '../support/python-environment.ts';
import { UserAgent } from '../support/user-agent.ts';
import { script } from './party-script.ts';
import { describeParty } from './party-stage.ts';

const python = await preparePythonEnvironment(
  'aarc-entitlement',
  new URL('aarc-entitlement/requirements.txt', import.meta.url),
);

const authority = 'issuer.example.org';

describeParty(`aarc-entitlement ${python.versionOf('aarc-entitlement')}`, python, () => {
  let issuer: TestIssuer;

  beforeAll(async () => {
    issuer = await startIssuer({ lake: profileLake(), realTime: true });
  });
  afterAll(() => issuer?.close());

  const entitlementsOf = async (scope: string): Promise<string[]> => {
    const asked = { client_id: 'aarc', redirect_uri: profileRedirect, scope, prompt: 'login consent' };
    const page = await authorize(issuer, new UserAgent(), asked);
    const { body } = await redeem(issuer, callback(page).code, {}, 'aarc');
    return decode(body.access_token).claims.entitlements;
  };

  const judge = (entitlements: readonly string[], wanted: readonly string[], strict = false) =>
    new Promise<Record<string, unknown>[]>((resolve, reject) => {
      const child = execFile(python.bin('python'), [script('aarc-entitlement/judge.py')], (error, stdout) =>
        error ? reject(error) : resolve(JSON.parse(stdout)),
      );
      child.stdin?.end(JSON.stringify({ entitlements, wanted, strict }));
    });

  test('reads each group of a token as the group that it is, in canonical form (A-ENT-1, A-ENT-2, A-ENT-5)', async () => {
    const entitlements = await entitlementsOf('openid wlcg.groups:/vo/team');
    const parts = { namespace: ['geant', 'example.org'], role: null, authority: null, canonical: true };
    expect(await judge(entitlements, [])).toEqual([
      { ...parts, groups: ['vo', 'team'], satisfies: [] },
      { ...parts, groups: ['vo'], satisfies: [] },
    ]);
  });

  test('lets a member of a subgroup in where its ancestor is wanted, and nobody into another group or namespace (A-ENT-3)', async () => {
    const wanted = [
      `${entitlementNamespace}:group:vo`,
      `${entitlementNamespace.toUpperCase().replace('URN', 'urn')}:group:vo`,
      `${entitlementNamespace}:group:vo:team`,
      `${entitlementNamespace}:group:vo:p17`,
      `${entitlementNamespace}:group:vo:role=manager`,
      'urn:geant:elsewhere.org:group:vo',
    ];
    const [team] = await judge(await entitlementsOf('openid wlcg.groups:/vo/team'), wanted);
    expect(team?.satisfies).toEqual(wanted.slice(0, 3));
  });

  test('finds the authority that AARC-G002 demands, where the lake file names one', async () => {
    const lake = JSON.parse(profileLake());
    await issuer.apply(JSON.stringify({ ...lake, entitlements: { namespace: entitlementNamespace, authority } }));
    const entitlements = await entitlementsOf('openid entitlements');
    const [vo] = await judge(entitlements, [`${entitlementNamespace}:group:vo#${authority}`], true);
    expect(vo).toMatchObject({ groups: ['vo'], authority, satisfies: [expect.any(String)] });
  });
});
