/** What the views of the administrators' pages are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface AdminModels {}
