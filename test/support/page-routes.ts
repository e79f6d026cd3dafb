/** Every route of pages that the server registers, read from its own routers: a new one cannot be forgotten. */
import type { PageArea } from '../../src/http/pages/area.ts';
import { areaRoutes } from '../../src/http/routes/areas.ts';

export interface PageRoute {
  readonly method: string;
  /** Such as `/account/clients/:id/edit`. */
  readonly template: string;
}

interface Registered {
  readonly router?: { readonly stack: readonly { readonly methods: readonly string[]; readonly path: string }[] };
}

/** Whatever is asked of it; nothing is, while routes are only registered. */
const nothing: object = new Proxy(() => undefined, {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => '' : name === 'base' ? '' : nothing),
  apply: () => nothing,
});

export function pageRoutes(): readonly PageRoute[] {
  return areaRoutes(nothing as PageArea).flatMap((middleware) => {
    const { router } = middleware as unknown as Registered;
    if (router === undefined) throw new Error('an area of pages is no router, and its routes cannot be listed');
    return router.stack.flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ method, template: path })),
    );
  });
}
