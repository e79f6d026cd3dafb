/** Groups: under the group of the VO, parents first (W-GRP-1). */
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';
import type { LakeState } from '../state.ts';
import { checkUnique } from './common.ts';
import type { KnownNames } from './known.ts';

export function checkGroups({ groups }: ParsedLake, known: KnownNames, state: LakeState): LakeFault[] {
  const declaredSoFar = new Set<string>();
  const present = new Set(state.groups.map(({ record }) => record.path));
  const inFile = new Set(groups.map(({ value }) => value.path));
  const before = new Set(state.groups.map(({ record }) => record.path).filter((path) => !inFile.has(path)));
  const faults = groups.flatMap(({ index, value }) => {
    const at = ['groups', index];
    const found: LakeFault[] = [];
    if (value.default && value.optional) {
      found.push({ path: [...at, 'optional'], message: 'a group is either `default` or `optional`, not both' });
    }
    if (known.vo !== null && value.path.split('/')[1] !== known.vo) {
      found.push({ path: [...at, 'path'], message: `\`${value.path}\` is not at or below \`/${known.vo}\`` });
    }
    const moved = present.has(value.path) ? undefined : state.movedGroups?.get(value.path);
    if (moved !== undefined) {
      const message = `group \`${value.path}\` was moved to \`${moved}\`, expected its new path`;
      found.push({ path: [...at, 'path'], message });
    }
    const parent = value.path.slice(0, value.path.lastIndexOf('/'));
    if (parent !== '' && !declaredSoFar.has(parent) && !before.has(parent)) {
      found.push({ path: [...at, 'path'], message: `parent \`${parent}\` is not declared before \`${value.path}\`` });
    }
    declaredSoFar.add(value.path);
    return found;
  });
  return [
    ...checkUnique('groups', 'path', groups, (group) => group.path),
    ...checkUnique('groups', 'id', groups, (group) => group.id),
    ...faults,
    ...checkIds(groups, state),
  ];
}

/** The id of a group stays with it; a path that changes is moved and not declared anew. */
function checkIds(groups: ParsedLake['groups'], state: LakeState): LakeFault[] {
  const idOf = new Map(state.groups.map(({ record }) => [record.path, record.id]));
  const pathOf = new Map(state.groups.map(({ record }) => [record.id, record.path]));
  return groups.flatMap(({ index, value: { id, path } }) => {
    if (id === undefined) return [];
    const fault = (message: string) => [{ path: ['groups', index, 'id'], message }];
    const before = idOf.get(path);
    if (before !== undefined && before !== id)
      return fault(`group \`${path}\` has the id \`${before}\`, which cannot change`);
    const present = pathOf.get(id);
    return present === undefined || present === path ? [] : fault(`\`${id}\` is the id of group \`${present}\``);
  });
}
