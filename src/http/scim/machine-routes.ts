/** Everything for programs beside `/api/v1`: SCIM, INDIGO IAM's paths, IVOA group membership. */
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import { ok } from '../../shared/result.ts';
import { type AuthenticateDeps, createAuthenticate } from '../api/authenticate.ts';
import { gmsRoutes } from '../gms.ts';
import { accountRoutes } from '../indigo/accounts.ts';
import { clientRoutes } from '../indigo/clients.ts';
import { createIndigoGates } from '../indigo/gates.ts';
import { groupRequestRoutes } from '../indigo/group-requests.ts';
import { policyRoutes } from '../indigo/policies.ts';
import { indigoRoutes } from '../indigo/routes.ts';
import type { People } from '../people.ts';
import { createMachineAccess } from './access.ts';
import { scimRoutes } from './routes.ts';

export interface MachineRoutesDeps extends Omit<AuthenticateDeps, 'session' | 'gate'> {
  readonly people: People;
  readonly log: Logger;
}

/** Tokens only: no page of ours calls these paths. */
export function machineRoutes({ people, log, ...deps }: MachineRoutesDeps): readonly Middleware[] {
  const { gate } = people.security;
  const access = createMachineAccess(createAuthenticate({ ...deps, gate, session: async () => ok(null) }));
  const gates = createIndigoGates(access);
  const { scim, indigo, accounts, groups, clients } = people;
  const indigoPaths = [
    ...accountRoutes({ scim, accounts, groups, gates }),
    ...clientRoutes({ indigo, clients, scim, gates }),
    ...groupRequestRoutes({ indigo, groups, requests: people.groupRequests, gates }),
    ...policyRoutes({ indigo, gates, base: scim.base }),
  ];
  return [scimRoutes({ scim, access, log }), indigoRoutes(indigoPaths, log), gmsRoutes({ ...deps, access, log })];
}
