/** Questions to the policy over HTTP (policy-semantics 8): who may ask what, and the answers of src/questions and `explain` behind the contract. */
import { isAtOrBelow } from '../../../policy/path.ts';
import type { QuestionFault, Questions } from '../../../questions/questions.ts';
import { type Actor, managesPath, seesAll } from '../../../rules/actor.ts';
import type { EmbargoAdministration } from '../../../rules/administration.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { questionContract } from '../contract/questions.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { type Problem, problem } from '../problem.ts';
import type { evaluateAnswer } from '../schemas/questions.ts';
import { actorIn, nextCursor, readPage } from './common.ts';
import { createEvaluate, type EvaluateDeps } from './evaluate.ts';
import { readProposal } from './proposal.ts';

export interface QuestionDeps extends ActorDeps, EvaluateDeps {
  readonly questions: Questions;
  readonly embargoes: EmbargoAdministration;
}

export function questionHandlers(deps: QuestionDeps): HandlersOf<typeof questionContract> {
  const { questions } = deps;
  const evaluate = createEvaluate(deps);

  return {
    evaluate: async (request) => {
      const actor = actorIn(deps, request);
      const own = isAboutItself(request.caller, request.body);
      if (!own && !isAsker(actor)) return err(notYours('ask about others'));
      const answer = await evaluate(request.body);
      if (!answer.ok || own) return answer;
      // Whom an embargo admits is for those to know who may see it.
      const foreign = findForeign(rulesNamed(answer.value.body), actor);
      return foreign === undefined ? answer : err(notYours(`see the parties of embargo \`${foreign}\``));
    },

    whoCan: async (request) => {
      const { limit, cursor, ...question } = request.query;
      const actor = actorIn(deps, request);
      if (!mayAskAt(actor, question.path)) return err(notYours(`ask about \`${question.path}\``));
      const page = readPage('who-can', { limit, cursor });
      if (!page.ok) return page;
      const answer = await told(questions.whoCan({ ...question, ...page.value }));
      if (!answer.ok) return answer;
      // The parties of an embargo above are not those of a manager below it.
      const foreign = answer.value.embargoes.find(({ path }) => !mayAskAt(actor, path));
      if (foreign) return err(notYours(`see the parties of embargo \`${foreign.id}\``));
      return ok({ body: { ...answer.value, next: nextCursor('who-can', answer.value.next) } });
    },

    tokens: async (request) => {
      const { limit, cursor, ...question } = request.query;
      if (!mayAskAt(actorIn(deps, request), question.path)) return err(notYours(`ask about \`${question.path}\``));
      const page = readPage('tokens', { limit, cursor });
      if (!page.ok) return page;
      const answer = await told(questions.tokens({ ...question, ...page.value }));
      if (!answer.ok) return answer;
      return ok({ body: { ...answer.value, next: nextCursor('tokens', answer.value.next) } });
    },

    impact: async (request) => {
      const actor = actorIn(deps, request);
      const question = await readProposal(deps.embargoes, actor, request.body);
      if (!question.ok) return question;
      const { path, ...asked } = question.value;
      if (!mayAskAt(actor, path)) return err(notYours(`ask about \`${path}\``));
      const foreign = findForeign(embargoesAbove(path), actor);
      if (foreign !== undefined) return err(notYours(`see the parties of embargo \`${foreign}\``));
      const answer = await told(questions.impact({ ...asked, within: seesAll(actor) ? null : actor.embargoPaths }));
      return answer.ok ? ok({ body: answer.value }) : answer;
    },

    why: async (request) => {
      if (!mayAskAt(actorIn(deps, request), '/')) return err(notTheirs('tokens'));
      const answer = await told(questions.why({ jti: request.params.jti }));
      return answer.ok ? ok({ body: answer.value }) : answer;
    },

    refusals: async (request) => {
      if (!mayAskAt(actorIn(deps, request), '/')) return err(notTheirs('refusals'));
      const { limit, cursor, ...question } = request.query;
      const page = readPage('refusals', { limit, cursor });
      if (!page.ok) return page;
      const answer = await told(questions.refusals({ ...question, ...page.value }));
      if (!answer.ok) return answer;
      return ok({ body: { ...answer.value, next: nextCursor('refusals', answer.value.next) } });
    },
  };

  /** The first of these embargoes that is none of the actor's. */
  function findForeign(ids: readonly string[], actor: Actor): string | undefined {
    const { embargoes } = deps.snapshots.current().policy;
    return ids.find((id) => {
      const embargo = embargoes.get(id);
      return embargo !== undefined && !mayAskAt(actor, embargo.path);
    });
  }

  function embargoesAbove(path: string): readonly string[] {
    const embargoes = [...deps.snapshots.current().policy.embargoes.values()];
    return embargoes.filter((embargo) => isAtOrBelow(path, embargo.path)).map(({ id }) => id);
  }
}

function isAboutItself(caller: Caller, { user, client }: { user?: string | undefined; client: string }): boolean {
  return caller.kind === 'account'
    ? user === caller.account.username
    : user === undefined && client === caller.clientId;
}

/** Every rule that the account of a decision names. */
function rulesNamed({ because, verdicts }: Shown<typeof evaluateAnswer>): readonly string[] {
  return [
    because,
    ...verdicts.flatMap((verdict) => [verdict.because, ...verdict.left.map((part) => part.because)]),
  ].flat();
}

/** Administrators and readers, and managers of embargoes. */
function isAsker(actor: Actor): boolean {
  return seesAll(actor) || actor.roles.includes('embargo-manager');
}

function mayAskAt(actor: Actor, path: string): boolean {
  return seesAll(actor) || managesPath(actor, path);
}

/** A token may be for any path, so that managers of some are not told of it. */
function notTheirs(what: string): Problem {
  return problem('forbidden', `only administrators, readers and embargo managers of all paths may ask about ${what}`);
}

function notYours(what: string): Problem {
  return problem('forbidden', `only administrators, readers and embargo managers for their paths may ${what}`);
}

async function told<T>(asking: Promise<Result<T, QuestionFault>>): Promise<Result<T, Problem>> {
  const answer = await asking;
  if (answer.ok) return answer;
  const { kind, message } = answer.error;
  return err(problem(kind === 'not-found' ? 'not-found' : 'malformed-request', message));
}
