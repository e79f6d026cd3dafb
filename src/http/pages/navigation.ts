/** The navigation of who is signed in: only what its roles let it open. */
import { texts } from './texts.ts';

export interface NavigationLink {
  readonly href: string;
  readonly label: string;
  readonly current: boolean;
}

interface Section {
  readonly path: keyof typeof texts.navigation;
  /** Absent: everybody. */
  readonly roles?: readonly string[];
}

const sections: readonly Section[] = [
  { path: '/account' },
  { path: '/groups' },
  { path: '/manage', roles: ['manager', 'admin'] },
  { path: '/embargoes', roles: ['embargo-manager', 'admin', 'reader'] },
  { path: '/admin', roles: ['admin', 'reader'] },
];

/** Pages of a section, in order; what is for some roles only is among them for these. */
export function sectionLinks(held: ReadonlySet<string>, base: string, path: string): readonly NavigationLink[] {
  const section = sections.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  if (section === undefined) return [];
  const pages = (Object.keys(texts.sections) as (keyof typeof texts.sections)[]).filter(
    (page) => page === section.path || page.startsWith(`${section.path}/`),
  );
  const mayOpen = (page: string) => page !== '/embargoes/new' || held.has('embargo-manager') || held.has('admin');
  const current = pages.filter((page) => path === page || path.startsWith(`${page}/`)).at(-1);
  return pages
    .filter(mayOpen)
    .map((page) => ({ href: `${base}${page}`, label: texts.sections[page], current: page === current }));
}

export function navigation(held: ReadonlySet<string>, base: string, path: string): readonly NavigationLink[] {
  return sections
    .filter(({ roles }) => roles === undefined || roles.some((role) => held.has(role)))
    .map((section) => ({
      href: `${base}${section.path}`,
      label: texts.navigation[section.path],
      current: path === section.path || path.startsWith(`${section.path}/`),
    }));
}
