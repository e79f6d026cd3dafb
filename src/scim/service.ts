/** Everything of SCIM that has to do with people, put together: reads, lists and writes of users and groups. */
import type { AccountAdministration } from '../accounts/administration.ts';
import type { Directory, Walks } from './directory.ts';
import { createScimGroups } from './groups.ts';
import { createLists, type Lists } from './lists.ts';
import type { Atomically, GroupsAtomically } from './unit.ts';
import { createScimUsers, type ResourceWrites } from './users.ts';

export interface ScimDeps {
  readonly issuer: string;
  readonly accounts: AccountAdministration;
  readonly directory: Directory;
  readonly walks: Walks;
  readonly atomically: Atomically;
  readonly groupsAtomically: GroupsAtomically;
}

export interface Scim {
  /** URL of the endpoint, without a final slash. */
  readonly base: string;
  readonly directory: Directory;
  readonly lists: Lists;
  readonly users: ResourceWrites;
  readonly groups: ResourceWrites;
}

export function createScim({ issuer, directory, walks, groupsAtomically, ...deps }: ScimDeps): Scim {
  const base = new URL('scim', issuer).href;
  return {
    base,
    directory,
    lists: createLists({ directory, walks, base }),
    users: createScimUsers({ ...deps, directory, base }),
    groups: createScimGroups({ atomically: groupsAtomically, base }),
  };
}
