/** A proposed grant or embargo as the question what it would change (policy-semantics 8, "what changes if this gate is added"). */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { embargoFact, grantFact } from '../../../lake/facts.ts';
import { embargoRecord, grantRecord } from '../../../lake/records.ts';
import type { ImpactQuestion, ProposedRule } from '../../../questions/questions.ts';
import { type Actor, seesAll } from '../../../rules/actor.ts';
import type { EmbargoAdministration } from '../../../rules/administration.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type Problem, problem } from '../problem.ts';
import type { impactSchema } from '../schemas/questions.ts';
import { answered } from './common.ts';

/** With the path that it is about, which decides who may ask. */
export async function readProposal(
  embargoes: EmbargoAdministration,
  actor: Actor,
  body: z.output<typeof impactSchema>,
): Promise<Result<ImpactQuestion & { readonly path: string }, Problem>> {
  const { grant, embargo, draft, at, limit = 100 } = body;
  const asked = (path: string, proposed: ProposedRule) =>
    ok({ proposed, path, limit, ...(at !== undefined && { at: Date.parse(at) }) });

  if (draft !== undefined) {
    const found = await answered(embargoes.get(actor, draft));
    return found.ok ? asked(found.value.record.path, { kind: 'draft', id: draft }) : found;
  }
  // What changes when a rule that the asker may not see is another tells what it is.
  const named = grant?.id ?? embargo?.id;
  if (named !== undefined && !seesAll(actor)) {
    const found = embargo ? await answered(embargoes.get(actor, named)) : err(problem('not-found', 'not known'));
    if (!found.ok) return found;
  }
  const id = named ?? randomUUID();
  if (grant) return asked(grant.path, { kind: 'grant', rule: grantFact(grantRecord({ ...grant, id })) });
  if (embargo) {
    return asked(embargo.path, { kind: 'embargo', rule: embargoFact(embargoRecord({ ...embargo, id }, 'active')) });
  }
  return err(problem('malformed-request', 'expected one of `grant`, `embargo` and `draft`'));
}
