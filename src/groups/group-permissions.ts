/** Who may do what to which group: administrators everything, a manager what is at or below a group that it manages. */

import { isPeopleAdmin, type PeopleActor, seesEverybody } from '../accounts/actor.ts';
import { refused } from '../accounts/refusal.ts';
import { isAtOrBelow } from '../policy/path.ts';

/** Whether one of the managed groups is this path or above it. */
export function managesAt(managed: readonly string[], path: string): boolean {
  return managed.some((group) => isAtOrBelow(path, group));
}

export function maySeeMembers(actor: PeopleActor, managed: readonly string[], path: string): boolean {
  return seesEverybody(actor) || managesAt(managed, path);
}

export function mayManage(actor: PeopleActor, managed: readonly string[], path: string): boolean {
  return isPeopleAdmin(actor) || (actor.mayWrite && managesAt(managed, path));
}

/** The group itself belongs to those above it: its path, and whether it is a default group, is theirs to say. */
export function mayManageFromAbove(actor: PeopleActor, managed: readonly string[], path: string): boolean {
  return (
    isPeopleAdmin(actor) || (actor.mayWrite && managed.some((group) => group !== path && isAtOrBelow(path, group)))
  );
}

export const forManagers = (path: string) =>
  refused('not-allowed', `\`${path}\` is for its managers and administrators`);
