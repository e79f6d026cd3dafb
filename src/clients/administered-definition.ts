/** What an administrator may say of a client: all that the lake file may, checked by the same rules. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { checkClientFields } from '../lake/check/clients.ts';
import { clientSchema } from '../lake/schema/client.ts';
import { ok } from '../shared/result.ts';
import type { ClientDetails } from './administration.ts';
import type { ClientDefinition } from './definition.ts';
import { type ClientGrants, effectiveDefinition, withoutEmpty } from './grants.ts';
import { registrableGrants, registrableScopes } from './registration.ts';

/** Not fields of a definition: kept beside it. */
const beside = ['clientSecret', 'clientSecretHash', 'groups', 'owners', 'state'];

/** `entitlements`: whether the lake writes groups as entitlements. */
export function administeredDefinition(
  clientId: string,
  said: object,
  options: { readonly granted: ClientGrants; readonly entitlements: boolean },
): PeopleAnswer<ClientDefinition> {
  const fields = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && value !== null));
  const foreign = beside.find((field) => Object.hasOwn(fields, field));
  if (foreign !== undefined) return refused('invalid', 'is not changed here', foreign);
  const parsed = clientSchema.safeParse({ ...fields, clientId });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String);
    return refused('invalid', issue?.message ?? 'expected fields of a client', path[0]);
  }
  const { clientId: _id, ...definition } = parsed.data;
  const counting = { ...parsed.data, ...effectiveDefinition(definition, options.granted) } as typeof parsed.data;
  const [fault] = checkClientFields(counting, options);
  if (fault !== undefined) return refused('invalid', fault.message, String(fault.path[0] ?? ''));
  return ok(definition);
}

/** Scopes and grant types of a registered client that go beyond a registration are grants: the client's own updates leave them. */
export function withGrantsApart(
  definition: ClientDefinition,
  granted: ClientGrants,
  said: { readonly scopes?: unknown; readonly grantTypes?: unknown },
): { readonly definition: ClientDefinition; readonly granted: ClientGrants } {
  const apart = (name: 'scopes' | 'grantTypes', registrable: readonly string[]) => {
    if (said[name] === undefined) return {};
    return {
      own: { [name]: (definition[name] ?? []).filter((one) => registrable.includes(one)) },
      granted: { [name]: (definition[name] ?? []).filter((one) => !registrable.includes(one)) },
    };
  };
  const scopes = apart('scopes', registrableScopes);
  const grantTypes = apart('grantTypes', registrableGrants);
  return {
    definition: { ...definition, ...scopes.own, ...grantTypes.own },
    granted: withoutEmpty({ ...granted, ...scopes.granted, ...grantTypes.granted }),
  };
}

/** Whether the client could have these grants: told to who asks, not to who approves in vain. */
export function checkedGrants(
  { clientId, own }: Pick<ClientDetails, 'clientId' | 'own'>,
  granted: ClientGrants,
): PeopleAnswer<ClientDefinition> {
  return administeredDefinition(clientId, own, { granted, entitlements: true });
}

/** Every registration may name the profile `aarc`; it counts once the lake writes entitlements. */
export function hasProfile({ own }: Pick<ClientDetails, 'own'>): boolean {
  return own.scopes?.includes('aarc') ?? false;
}
