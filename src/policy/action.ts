/** The two relations between actions, as sets in the bits of a number: what a scope may let through, and what it surely gives (policy-semantics 2.1). */
import { type Action, actions } from './rule.ts';

/** A set of actions. */
export type ActionSet = number;

const bits: Readonly<Record<Action, ActionSet>> = { read: 1, create: 2, modify: 4, stage: 8, poll: 16 };

/** The set of the given actions, as written. */
export function actionSet(members: readonly Action[]): ActionSet {
  return members.reduce((set, action) => set | bits[action], 0);
}

const conveyed: Readonly<Record<Action, ActionSet>> = {
  read: actionSet(['read']),
  poll: actionSet(['poll']),
  create: actionSet(['create', 'poll']),
  modify: actionSet(['modify', 'create', 'poll']),
  stage: actionSet(['stage', 'read', 'poll']),
};

const covered: Readonly<Record<Action, ActionSet>> = {
  read: actionSet(['read']),
  poll: actionSet(['poll']),
  create: actionSet(['create']),
  modify: actionSet(['modify', 'create']),
  stage: actionSet(['stage', 'poll']),
};

/** The closure: the most that any verifier lets a scope of this action do; all of it must be allowed before one is issued. */
export function conveys(action: Action): ActionSet {
  return conveyed[action];
}

/** The least that every verifier lets it do: what may be derived under a ceiling that has this action. */
export function covers(action: Action): ActionSet {
  return covered[action];
}

/** A grant of an action gives its whole closure. */
export function closureOf(granted: readonly Action[]): ActionSet {
  return granted.reduce((set, action) => set | conveyed[action], 0);
}

export function includes(set: ActionSet, action: Action): boolean {
  return (set & bits[action]) !== 0;
}

/** The actions of a set, one by one. */
export function membersOf(set: ActionSet): readonly Action[] {
  return actions.filter((action) => includes(set, action));
}
