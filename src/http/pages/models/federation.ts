/** What the views of upstream providers and linked identities are given. */

export interface FederationModels {
  readonly 'federation/refused': { readonly text: string; readonly hint: string; readonly back: string };
}
