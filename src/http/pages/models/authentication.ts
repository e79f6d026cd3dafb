/** What the views of passwords, passkeys, one-time codes are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface AuthenticationModels {}
