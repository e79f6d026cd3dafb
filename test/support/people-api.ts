/** The issuer of the API tests, with clients and a portal that may ask for people and groups. */
import { apiLake, type Call, callerWith, clientToken, userToken } from './api.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

export const peopleScopes = 'people:read people:write';

export async function startPeopleIssuer(): Promise<TestIssuer> {
  const lake = (await apiLake())
    .replace('"policy:write", "storage.read:/"', '"policy:write", "people:read", "people:write", "storage.read:/"')
    .replace('scopes: ["policy:read"] }', 'scopes: ["policy:read", "people:read"] }')
    .replace(/(- clientId: portal[\s\S]*?scopes: \[)/, '$1"people:read", "people:write", ');
  const issuer = await startIssuer({ lake });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  return issuer;
}

/** A user of the API through the portal. */
export async function peopleUser(issuer: TestIssuer, username: string): Promise<Call> {
  return callerWith(issuer, await userToken(issuer, username, `policy:read policy:write ${peopleScopes}`));
}

/** A script that looks after people. */
export async function peopleClient(issuer: TestIssuer, client = 'rules-bot', scope = peopleScopes): Promise<Call> {
  return callerWith(issuer, await clientToken(issuer, client, scope));
}
