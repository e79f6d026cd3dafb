/** What the views of the embargo managers' pages are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface EmbargoModels {}
