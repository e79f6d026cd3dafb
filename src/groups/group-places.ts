/** Where a group may be made or moved to. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { isBelow } from '../policy/path.ts';
import { ok } from '../shared/result.ts';
import type { Group } from './administration.ts';
import type { GroupSession } from './administration-store.ts';
import { forManagers } from './group-permissions.ts';

/** What `checkPlace` looks at, within a write or before it. */
export type Places = Pick<GroupSession, 'findByPath' | 'vo' | 'lastNaming'>;

/** Under the group of the VO, below a parent that exists, where no other group is (W-GRP-1), and none that tokens still name. */
export async function checkPlace(
  places: Places,
  path: string,
  group: string | null = null,
): Promise<PeopleAnswer<null>> {
  const vo = await places.vo();
  if (vo !== null && path.split('/')[1] !== vo) {
    return refused('invalid', `\`${path}\` is not at or below \`/${vo}\``, 'path');
  }
  if ((await places.findByPath(path)) !== undefined) return refused('taken', `group \`${path}\` exists`, 'path');
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (parent !== '' && (await places.findByPath(parent)) === undefined) {
    return refused('invalid', `parent \`${parent}\` not known`, 'path');
  }
  const until = await places.lastNaming(path, group);
  if (until === null) return ok(null);
  const end = new Date(until).toISOString();
  return refused('taken', `another group was \`${path}\`, and tokens that name it are valid until ${end}`, 'path');
}

export async function checkMove(
  places: Places,
  { id, path: from }: Group,
  to: string,
  mayPut: (path: string) => boolean,
): Promise<PeopleAnswer<null>> {
  if (!mayPut(to)) return forManagers(to);
  if (isBelow(to, from)) return refused('invalid', `\`${to}\` is below the group itself`, 'path');
  return checkPlace(places, to, id);
}
