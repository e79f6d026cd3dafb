import { registeredClient } from '../../../src/clients/definition.ts';
import { limitClient } from '../../../src/exchange/limit.ts';

test.each([
  ['the same words', ['openid', 'profile'], ['openid', 'email'], ['openid']],
  ['a path within its own', ['storage.read:/'], ['storage.read:/data'], ['storage.read:/data']],
  ['its own path within the limit', ['storage.create:/data/x'], ['storage.modify:/data'], ['storage.create:/data/x']],
  ['no action that neither covers', ['storage.read:/'], ['storage.modify:/'], []],
  ['a named group of all', ['wlcg.groups'], ['wlcg.groups:/vo/x'], ['wlcg.groups:/vo/x']],
  ['a named capability set of all', ['wlcg.capabilityset:/vo'], ['wlcg.capabilityset'], ['wlcg.capabilityset:/vo']],
  ['nothing of an empty limit', ['openid'], [], []],
])('a limited client keeps %s', (_, own, only, kept) => {
  const client = registeredClient({ clientId: 'c', secretHash: null, memberships: [] }, { scopes: own });
  expect(limitClient(client, only).scopes).toEqual(kept);
});
