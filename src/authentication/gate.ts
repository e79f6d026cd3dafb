/** Decides whether what a login proved is enough: for the login itself, for a token that stems from it, and where roles are used. */
import type { Account } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import { inPolicyWords } from '../issuance/profiled.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { parseScope } from '../policy/scope.ts';
import { isMultiFactor, isRequiredBy, isWished, type LoginPurpose, ruleOnRoles, ruleOnService } from './requirement.ts';
import type { SecondFactors } from './second-factors.ts';

/** What was proved, and by whom. */
export interface Proved {
  readonly accountId: string;
  /** Undefined: nothing is known of it. */
  readonly acr: string | undefined;
}

/** What a token is for. */
export type TokenPurpose = Pick<LoginPurpose, 'clientId' | 'scopes'>;

export interface SecondFactorGate {
  /** Whether a login that is going on has to prove a second factor; who has set one up is asked every time. */
  isDueAtLogin(proved: Proved, purpose: LoginPurpose): Promise<boolean>;
  /** Whether a session that is there is too little for a service: what is only wished for is asked of those who have one. */
  isDueInSession(proved: Proved, purpose: LoginPurpose): Promise<boolean>;
  /** The rule by which a login that proved `acr` is too little for a token, in words for a refusal; undefined: it is enough. Service accounts are asked at logins only. */
  ruleOnToken(account: Account, acr: string | null, purpose: TokenPurpose): Promise<string | undefined>;
  /** The same for what the account may do here with a session or a token, by its roles of this moment. */
  ruleOnAccount(account: Account, acr: string | null): Promise<string | undefined>;
}

export interface GateDeps {
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly factors: Pick<SecondFactors, 'hasFactor'>;
  /** Paths of the groups that the account manages itself. */
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
}

export function createSecondFactorGate({ accounts, snapshots, factors, managedBy }: GateDeps): SecondFactorGate {
  const settings = () => snapshots.current().secondFactor;
  const rolesOf = async (account: Account): Promise<ReadonlySet<string>> => {
    const manages = settings().roles.includes('group-manager') && (await managedBy(account.id)).length > 0;
    return new Set([...account.roles, ...(manages ? ['group-manager'] : [])]);
  };
  const places = () => snapshots.current().policy.places.map(({ path, mount }) => ({ path, at: mount.at }));
  const ruleOnAccount = async (account: Account, acr: string | null) =>
    isMultiFactor({ acr }) ? undefined : ruleOnRoles(settings(), await rolesOf(account));

  const isRequired = async (accountId: string, purpose: LoginPurpose): Promise<boolean> => {
    if (isRequiredBy(settings(), { ...purpose, scopes: meant(purpose) }, places())) return true;
    const account = await accounts.findById(accountId);
    return account !== undefined && ruleOnRoles(settings(), await rolesOf(account)) !== undefined;
  };

  return {
    isDueAtLogin: async (proved, purpose) =>
      !isMultiFactor(proved) &&
      ((await isRequired(proved.accountId, purpose)) || (await factors.hasFactor(proved.accountId))),
    isDueInSession: async (proved, purpose) => {
      if (isMultiFactor(proved)) return false;
      if (await isRequired(proved.accountId, purpose)) return true;
      return isWished(purpose) && (await factors.hasFactor(proved.accountId));
    },
    ruleOnToken: async (account, acr, purpose) => {
      if (isMultiFactor({ acr }) || account.kind === 'service') return undefined;
      const rule = ruleOnService(settings(), { ...purpose, scopes: meant(purpose) }, places());
      return rule ?? (await ruleOnAccount(account, acr));
    },
    ruleOnAccount,
  };

  /** Storage scopes behind other words: those of SciTokens, and capability sets. */
  function meant({ clientId, scopes }: TokenPurpose): readonly string[] {
    if (settings().scopes.length === 0) return scopes;
    const { clients, policy } = snapshots.current();
    const client = clientId === null ? undefined : clients.get(clientId);
    return (client === undefined ? scopes : inPolicyWords(scopes, client)).flatMap((scope) => {
      const parsed = parseScope(scope);
      return parsed.kind === 'capabilityset' ? [scope, ...(policy.capabilitySets.get(parsed.group) ?? [])] : [scope];
    });
  }
}
