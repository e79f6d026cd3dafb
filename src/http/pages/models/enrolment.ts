/** What the views of registration of people, and acceptable use are given. */

// biome-ignore lint/suspicious/noEmptyInterface: filled as pages are added
export interface EnrolmentModels {}
