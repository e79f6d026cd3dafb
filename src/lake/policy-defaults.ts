/** Defaults of the lake file's `policy` and of an embargo (policy-semantics, sections 2 and 7), written once. */
import type { PolicySettings } from '../policy/rule.ts';

export const defaultPolicySettings: PolicySettings = {
  guardSeconds: 120,
  minLifetimeSeconds: 300,
  maxTokenLifetimeSeconds: 21_540,
};

/** Of an embargo or party that says nothing else, in seconds. */
export const defaultEmbargoTokenSeconds = 1200;
