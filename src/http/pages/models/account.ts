/** What the views of my account: profile, sessions, applications, tokens, access are given. */

export interface AccountModels {
  readonly 'account/profile': {
    readonly facts: readonly (readonly [label: string, value: string])[];
    readonly said: string | null;
  };
}
