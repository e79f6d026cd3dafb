/** Runs every case file of this folder against the policy and the slow model: facts and a request in, the expected decision out (style guide, section 5). */
import { readdirSync, readFileSync } from 'node:fs';
import { compilePolicy } from '../../../src/policy/compile.ts';
import type { Refusal } from '../../../src/policy/decision.ts';
import { toBatchLine } from '../../../src/policy/explain.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { checkPolicyFacts } from '../../../src/policy/validate-facts.ts';
import { naiveDecision } from '../../support/naive-policy.ts';
import {
  policyFacts,
  policyRequest,
  type ShortEmbargo,
  type ShortFacts,
  type ShortRequest,
} from '../../support/policy-facts.ts';

interface Expected {
  readonly granted?: readonly string[];
  readonly groups?: readonly string[];
  readonly refused?: readonly Refusal[];
  readonly expiresAt?: string | null;
  readonly error?: string | null;
  readonly because?: readonly string[];
}

interface CaseFile {
  readonly about: string;
  readonly facts: ShortFacts;
  readonly cases: readonly {
    readonly name: string;
    readonly source: string;
    readonly request: ShortRequest;
    readonly moreEmbargoes?: readonly ShortEmbargo[];
    readonly expect: Expected;
  }[];
}

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('%s', (name) => {
  const { facts, cases } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CaseFile;

  test.each(cases)('$name ($source)', ({ request, moreEmbargoes = [], expect: expected }) => {
    const all = policyFacts({ ...facts, embargoes: [...(facts.embargoes ?? []), ...moreEmbargoes] });
    expect(checkPolicyFacts(all)).toEqual([]);
    const asked = policyRequest(request);
    expect(toBatchLine('case', resolve(compilePolicy(all), asked))).toMatchObject(expected);
    const { granted, groups, refused, error, expiresAt } = naiveDecision(all, asked);
    const { because: _, ...others } = expected;
    expect({ granted, groups, refused, error, expiresAt: isoInstant(expiresAt) }).toMatchObject(others);
  });
});

function isoInstant(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z');
}
