/** The page of programs that were tried names the versions that the tests run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../../src/config/env.ts';

const read = (path: string) => readFileSync(join(projectDirectory, path), 'utf8');
const page = read('docs/integration/tested-with.md');
const pinned = (party: string, name: string) =>
  new RegExp(`^${name}==(\\S+)$`, 'm').exec(read(`test/interop/${party}/requirements.txt`))?.[1];
const locked = (name: string) => JSON.parse(read('package-lock.json')).packages[`node_modules/${name}`].version;

test.each([
  ['Rucio', pinned('rucio', 'rucio')],
  ['JupyterHub', pinned('jupyterhub', 'jupyterhub')],
  ['oauthenticator', pinned('jupyterhub', 'oauthenticator')],
  ['flaat', pinned('flaat', 'flaat')],
  ['aarc-entitlement', pinned('aarc-entitlement', 'aarc-entitlement')],
  ['schemathesis', pinned('schemathesis', 'schemathesis')],
  ['scim2-tester', pinned('scim', 'scim2-tester')],
  ['scim2-cli', pinned('scim', 'scim2-cli')],
  ['openid-client', locked('openid-client')],
  ['oauth4webapi', locked('oauth4webapi')],
])('%s is tried in version %s', (name, version) => {
  const row = page.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(name));
  expect(
    row
      ?.split('|')[2]
      ?.split(',')
      .map((one) => one.trim()),
  ).toContain(version);
});
