/** What the views of clients: owners, secrets, scopes are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface ClientModels {}
