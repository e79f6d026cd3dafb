/** Everything for programs beside `/api/v1`: SCIM, INDIGO IAM's paths, IVOA group membership. */
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import { ok } from '../../shared/result.ts';
import { type AuthenticateDeps, createAuthenticate } from '../api/authenticate.ts';
import type { People } from '../people.ts';
import { createMachineAccess } from './access.ts';
import { scimRoutes } from './routes.ts';

export interface MachineRoutesDeps extends Omit<AuthenticateDeps, 'session'> {
  readonly people: People;
  readonly log: Logger;
}

/** Tokens only: no page of ours calls these paths. */
export function machineRoutes({ people, log, ...deps }: MachineRoutesDeps): readonly Middleware[] {
  const access = createMachineAccess(createAuthenticate({ ...deps, session: async () => ok(null) }));
  return [scimRoutes({ scim: people.scim, access, log })];
}
