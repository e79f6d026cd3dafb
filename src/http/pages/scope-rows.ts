/** The scopes of a decision as the rows of a consent page: what was asked, and path by path what will be issued of it and what not (policy-semantics 4, end). */
import type { Cap, Decision, LeftPart, ScopeVerdict } from '../../policy/decision.ts';
import { groupsScope, parseScope } from '../../policy/scope.ts';
import { fromScitokens } from '../../tokens/profiles/scitokens.ts';
import { type ScopeSentence, scopeSentence } from './scope-sentence.ts';
import { reasonSentences, texts } from './texts.ts';

/** One thing that stands for a scope: the path, or for a set a sentence beside the scope token. */
export interface PartRow {
  readonly sentence: string | null;
  readonly code: string;
}

export interface LeftRow {
  readonly path: string;
  /** Something below it is issued. */
  readonly isRest: boolean;
  readonly reason: string;
}

/** A scope that was asked and of which something is issued. */
export interface ScopeRow extends ScopeSentence {
  /** The scope token that is issued, or null when `parts` say it. */
  readonly code: string | null;
  readonly partsLead: string;
  readonly parts: readonly PartRow[];
  /** Beyond what a page shows at once; behind a summary. */
  readonly moreParts: readonly PartRow[];
  readonly left: readonly LeftRow[];
  readonly moreLeft: readonly LeftRow[];
  readonly notes: readonly string[];
}

export interface RefusedRow {
  readonly scope: string;
  readonly sentence: string;
  readonly reason: string;
}

/** Parts that a row shows without unfolding it. */
const shownParts = 8;

/** Verdicts with something issued, in the order of the request. */
export function scopeRows(decision: Decision): readonly ScopeRow[] {
  return decision.verdicts.flatMap((verdict) => (verdict.outcome === 'refused' ? [] : [rowOf(verdict, decision)]));
}

export function refusedRows({ refused }: Decision): readonly RefusedRow[] {
  return refused.map(({ scope, reason }) => ({
    scope,
    sentence: scopeSentence(scope).sentence,
    reason: reasonSentences[reason],
  }));
}

function rowOf(verdict: ScopeVerdict, decision: Decision): ScopeRow {
  const sentence = scopeSentence(verdict.scope);
  const plain = { ...sentence, code: verdict.scope, partsLead: '', parts: [], moreParts: [], left: [], moreLeft: [] };
  const notes = notesOn(verdict, decision);
  if (verdict.outcome !== 'issued') return { ...plain, notes };
  const isSet = parseScope(verdict.scope).kind === 'capabilityset';
  const [only] = verdict.as;
  if (only !== undefined && verdict.as.length === 1 && verdict.left.length === 0 && areSame(only, verdict.scope)) {
    return { ...plain, code: only, notes };
  }
  const parts = verdict.as.map((scope) => (isSet ? ofSet(scope) : ofPath(scope)));
  const left = verdict.left.map((part) => leftRow(part, verdict.as));
  return {
    ...sentence,
    code: null,
    partsLead: isSet ? texts.consent.setLead : texts.consent.partsLead(parts.length),
    parts: parts.slice(0, shownParts),
    moreParts: parts.slice(shownParts),
    left: left.slice(0, shownParts),
    moreLeft: left.slice(shownParts),
    notes: isSet || left.length > 0 ? notes : [texts.consent.notYours, ...notes],
  };
}

/** Whether one is the other as it is issued: in canonical form, with a slash at the end for some verifiers. */
function areSame(issued: string, asked: string): boolean {
  const [one, other] = [parseScope(issued), parseScope(fromScitokens(asked))];
  if (one.kind !== 'storage' || other.kind !== 'storage') return issued === asked;
  return one.action === other.action && one.path === other.path;
}

/** What stands for one scope has its action; the path says the rest. */
function ofPath(scope: string): PartRow {
  const colon = scope.indexOf(':');
  return { sentence: null, code: colon === -1 ? scope : scope.slice(colon + 1) };
}

function ofSet(scope: string): PartRow {
  return { sentence: scopeSentence(scope).sentence, code: scope };
}

function leftRow({ path, reason }: LeftPart, issued: readonly string[]): LeftRow {
  const isRest = issued.some((scope) => ofPath(scope).code.startsWith(path.endsWith('/') ? path : `${path}/`));
  return { path, isRest, reason: reasonSentences[reason] };
}

function notesOn(verdict: ScopeVerdict, decision: Decision): string[] {
  const { consent } = texts;
  if (verdict.outcome === 'contained') return [consent.contained(verdict.as.join(' '))];
  if (verdict.outcome !== 'issued') return [];
  const groups = bearsGroups(verdict.scope, decision) ? [consent.groups(decision.groups.join(' '))] : [];
  return shortens(verdict.parts, decision) ? [...groups, consent.shortens] : groups;
}

/** The groups of the token are told once: with the first scope that asks for groups. */
function bearsGroups(scope: string, { groups, verdicts }: Decision): boolean {
  const asking = verdicts.find(
    (verdict) => verdict.outcome === 'issued' && parseScope(verdict.scope).kind === 'groups',
  );
  return groups.length > 0 && asking?.scope === scope && (scope === groupsScope || groups.length > 1);
}

/** Without this scope the token would live longer: worth knowing where it can be unticked. */
function shortens(parts: readonly { readonly cap: Cap }[], { cappedBy, scope }: Decision): boolean {
  if (cappedBy === null || cappedBy.rule === null || scope.length < 2) return false;
  return parts.some(({ cap }) => cap.kind === cappedBy.kind && cap.at === cappedBy.at);
}
