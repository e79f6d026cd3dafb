/** What the views of groups, for members and managers are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface GroupModels {}
