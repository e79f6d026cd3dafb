/** Lets an administrator give a registered client what it cannot give itself: storage and compute scopes, optional groups (W-SEC-2). */
import type { ClientDefinition } from '../clients/definition.ts';
import { effectiveDefinition, withoutEmpty } from '../clients/grants.ts';
import type { ChangeNote, RegistrationListing, RegistrationStore, Revision } from '../clients/registration-store.ts';
import { scope as scopeSchema } from '../lake/schema/scope.ts';
import type { Clock } from '../shared/clock.ts';
import { type Actor, actorName, isAdmin, seesAll } from './actor.ts';
import { type Answer, type RuleFault, refuse } from './refusal.ts';

export interface Allowance {
  readonly allow: readonly string[];
  readonly disallow: readonly string[];
  /** Whether a bare `wlcg.groups` lets it name every optional group; undefined: as it is. */
  readonly optionalGroups?: boolean | undefined;
}

/** What the client may ask for since. */
export interface Allowed {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly optionalGroups: boolean;
  readonly policyVersion: number;
}

export interface ClientAllowance {
  list(
    actor: Actor,
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<Answer<RegistrationListing>>;
  change(
    by: { readonly actor: Actor; readonly reason: string },
    clientId: string,
    allowance: Allowance,
  ): Promise<Answer<Allowed>>;
}

export interface ClientAllowanceDeps {
  readonly store: RegistrationStore;
  readonly clock: Clock;
  /** Resolves when every server process decides by this version, or after a second. */
  readonly settled: (version: number) => Promise<unknown>;
}

export function createClientAllowance({ store, clock, settled }: ClientAllowanceDeps): ClientAllowance {
  return {
    list: async (actor, page) => {
      if (!seesAll(actor)) return refuse('forbidden', 'registered clients are seen by administrators and readers');
      return { ok: true, value: await store.list(page) };
    },
    change: async ({ actor, reason }, clientId, allowance) => {
      if (!isAdmin(actor) || !actor.mayWrite) {
        return refuse('forbidden', 'only administrators allow clients more than they registered for');
      }
      const faults = [...faultsOf('allow', allowance.allow), ...faultsOf('disallow', allowance.disallow)];
      if (faults.length > 0) return refuse('invalid', 'some scopes are none', { faults });
      let definition: ClientDefinition | undefined;
      const change = allowance.allow.length > 0 || allowance.optionalGroups === true ? 'allowed' : 'disallowed';
      const note: ChangeNote = { change, actor: actorName(actor), reason, at: clock.now(), address: actor.address };
      const policyVersion = await store.revise(
        clientId,
        (present) => {
          const changes = changed(present, allowance);
          definition = effectiveDefinition(changes.definition, changes.granted);
          return { ...present, ...changes };
        },
        note,
      );
      if (policyVersion === undefined || definition === undefined) {
        return refuse('not-found', `no client \`${clientId}\` registered itself; others are changed in the lake file`);
      }
      await settled(policyVersion);
      const { scopes = [], optionalGroups = true } = definition;
      return { ok: true, value: { clientId, scopes, optionalGroups, policyVersion } };
    },
  };
}

/** What is taken back is taken from both lists: the client may have chosen it itself. */
function changed(
  { definition, granted }: Pick<Revision, 'definition' | 'granted'>,
  { allow, disallow, optionalGroups }: Allowance,
): Pick<Revision, 'definition' | 'granted'> {
  const without = (scopes: readonly string[] = []) => scopes.filter((one) => !disallow.includes(one));
  const own = without(definition.scopes);
  const more = allow.filter((scope) => !own.includes(scope));
  return {
    definition: { ...definition, scopes: own, ...(optionalGroups !== undefined && { optionalGroups }) },
    granted: withoutEmpty({ ...granted, scopes: without([...new Set([...(granted.scopes ?? []), ...more])]) }),
  };
}

function faultsOf(field: 'allow' | 'disallow', scopes: readonly string[]): RuleFault[] {
  return scopes.flatMap((scope, index) => {
    const parsed = scopeSchema.safeParse(scope);
    return parsed.success ? [] : [{ path: [field, index], message: parsed.error.issues[0]?.message ?? 'is no scope' }];
  });
}
