/** Checks that several kinds of objects share: names given once, memberships, intervals, subjects. */
import type { LakeFault, LakePath } from '../fault.ts';
import type { Entry } from '../parse.ts';
import type { LakeAccount, SectionName } from '../schema.ts';
import type { KnownNames } from './known.ts';

/** A second object of the same name, told at the second one. */
export function checkUnique<T>(
  section: SectionName,
  field: string,
  entries: readonly Entry<T>[],
  nameOf: (value: T) => string | undefined,
): LakeFault[] {
  const first = new Map<string, number>();
  return entries.flatMap(({ index, value }) => {
    const name = nameOf(value);
    if (name === undefined) return [];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    return [{ path: [section, index, field], message: `\`${name}\` is also in ${section}[${earlier}], expected once` }];
  });
}

/** Half-open intervals need an end after their beginning. */
export function checkInterval(
  at: LakePath,
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
): LakeFault[] {
  if (from === undefined || until === undefined || Date.parse(until) > Date.parse(from)) return [];
  return [{ path: [...at, 'until'], message: 'ends before it begins, expected an instant after `from`' }];
}

/** Groups exist, each is named once, and dates make sense. */
export function checkMemberships(at: LakePath, memberships: LakeAccount['groups'], known: KnownNames): LakeFault[] {
  const seen = new Set<string>();
  return (memberships ?? []).flatMap((entry, index) => {
    const place = [...at, 'groups', index];
    const { path, ...interval } = typeof entry === 'string' ? { path: entry } : entry;
    const faults = [...checkGroup(place, path, known), ...checkInterval(place, interval)];
    if (seen.has(path)) faults.push({ path: place, message: `group \`${path}\` is named twice` });
    seen.add(path);
    return faults;
  });
}

export function checkGroup(at: LakePath, path: string, known: KnownNames): LakeFault[] {
  return known.groups.has(path) ? [] : [{ path: at, message: `group \`${path}\` not known` }];
}

/** `user:`, `group:` and `client:` subjects name something that exists. */
export function checkSubject(at: LakePath, subject: string, known: KnownNames): LakeFault[] {
  const [kind = ''] = subject.split(':', 1);
  const name = subject.slice(kind.length + 1);
  const { names, word } = {
    user: { names: known.usernames, word: 'account' },
    group: { names: known.groups, word: 'group' },
    client: { names: known.clientIds, word: 'client' },
  }[kind] ?? { names: new Set<string>(), word: 'subject' };
  return names.has(name) ? [] : [{ path: at, message: `${word} \`${name}\` not known` }];
}
