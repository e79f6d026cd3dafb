/** The services whose configuration `sluice config` prints, and what each is asked for: a storage, a client, or either. */
import type { RegisteredClient } from '../clients/client.ts';
import type { Storage } from '../policy/rule.ts';
import { apacheRelyingParty, apacheResourceServer } from './apache.ts';
import type { Handover } from './config-file.ts';
import { dcacheHandover } from './dcache.ts';
import { eosHandover } from './eos.ts';
import { ftsHandover } from './fts.ts';
import { htcondorClient, htcondorServer } from './htcondor.ts';
import { jupyterhubHandover } from './jupyterhub.ts';
import { oidcAgentHandover } from './oidc-agent.ts';
import { rucioHandover } from './rucio.ts';
import type { ServiceContext } from './service-context.ts';
import { stormHandover } from './storm.ts';
import { xrootdHandover } from './xrootd.ts';

export interface Service {
  readonly forStorage?: (context: ServiceContext, storage: Storage) => Handover;
  readonly forClient?: (context: ServiceContext, client: RegisteredClient) => Handover;
}

export const services: Readonly<Record<string, Service>> = {
  xrootd: { forStorage: xrootdHandover },
  dcache: { forStorage: dcacheHandover },
  storm: { forStorage: stormHandover },
  eos: { forStorage: eosHandover },
  rucio: { forClient: rucioHandover },
  fts: { forClient: ftsHandover },
  jupyterhub: { forClient: jupyterhubHandover },
  'oidc-agent': { forClient: oidcAgentHandover },
  apache: { forStorage: apacheResourceServer, forClient: apacheRelyingParty },
  htcondor: { forStorage: htcondorServer, forClient: htcondorClient },
};
