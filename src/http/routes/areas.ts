/** Every area of pages that one opens by itself, in one list. */
import type { Middleware } from 'koa';
import type { PageArea } from '../pages/area.ts';
import { accountPages } from './admin/account.ts';
import { accountWaysPages } from './admin/account-ways.ts';
import { accountListPages } from './admin/accounts.ts';
import { auditPages } from './admin/audit.ts';
import { keyPages } from './admin/keys.ts';
import { overviewPages } from './admin/overview.ts';
import { simulatorPages } from './admin/simulator.ts';
import { storageEditPages } from './admin/storage-edit.ts';
import { storagePages } from './admin/storages.ts';
import { upstreamPages } from './admin/upstreams.ts';
import { adminClientPage } from './clients/admin-client.ts';
import { adminClientsPages } from './clients/admin-clients.ts';
import { clientRequestPages } from './clients/client-requests.ts';
import { ownClientPage } from './clients/own-client.ts';
import { ownClientPages } from './clients/own-clients.ts';
import { newEmbargoPages } from './embargoes/create.ts';
import { embargoPages } from './embargoes/show.ts';
import { embargoStepPages } from './embargoes/steps.ts';
import { timelinePages } from './embargoes/timeline.ts';
import { forgottenPasswordPages } from './enrolment/forgotten-password.ts';
import { outboxPages } from './enrolment/outbox.ts';
import { policyAdminPages } from './enrolment/policy-admin.ts';
import { registerPages } from './enrolment/register.ts';
import { requestPages } from './enrolment/requests.ts';
import { decidePages } from './groups/decide.ts';
import { groupPages } from './groups/group.ts';
import { groupListPages } from './groups/group-list.ts';
import { invitationPages } from './groups/invitations.ts';
import { ownGroupPages } from './groups/own-groups.ts';
import { ownRequestPages } from './groups/own-requests.ts';
import { accessPages } from './member/access.ts';
import { applicationPages } from './member/applications.ts';
import { identityPages } from './member/identities.ts';
import { ownKeyPages } from './member/keys.ts';
import { policyPages } from './member/policy.ts';
import { profilePages } from './member/profile.ts';
import { securityPages } from './member/security.ts';
import { servicePages } from './member/services.ts';
import { sessionPages } from './member/sessions.ts';
import { tokenPages } from './member/tokens.ts';

export function areaRoutes(area: PageArea): readonly Middleware[] {
  return [
    accountListPages(area),
    accountPages(area),
    accountWaysPages(area),
    auditPages(area),
    profilePages(area),
    identityPages(area),
    ownKeyPages(area),
    servicePages(area),
    securityPages(area),
    sessionPages(area),
    tokenPages(area),
    applicationPages(area),
    overviewPages(area),
    storagePages(area),
    upstreamPages(area),
    storageEditPages(area),
    simulatorPages(area),
    keyPages(area),
    accessPages(area),
    timelinePages(area),
    newEmbargoPages(area),
    embargoStepPages(area),
    embargoPages(area),
    policyPages(area),
    policyAdminPages(area),
    registerPages(area),
    forgottenPasswordPages(area),
    requestPages(area),
    outboxPages(area),
    ownGroupPages(area),
    ownRequestPages(area),
    groupListPages(area),
    groupPages(area),
    decidePages(area),
    invitationPages(area),
    ownClientPages(area),
    ownClientPage(area),
    clientRequestPages(area),
    adminClientsPages(area),
    adminClientPage(area),
  ];
}
