/** What the views of upstream providers and linked identities are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface FederationModels {}
