/** JupyterHub 5 and later with GenericOAuthenticator 17. */
import type { RegisteredClient } from '../clients/client.ts';
import { warnOfNeeds } from './client-needs.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { quoted } from './quoting.ts';
import type { ServiceContext } from './service-context.ts';

const callback = '/hub/oauth_callback';

export function jupyterhubHandover(context: ServiceContext, client: RegisteredClient): Handover {
  return {
    files: [configFile(context, client)],
    warnings: warnOfNeeds(client, {
      confidential: true,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [callback],
      scopes: ['openid', 'profile', 'offline_access', 'wlcg.groups'],
    }),
  };
}

function configFile(context: ServiceContext, client: RegisteredClient): ConfigFile {
  return {
    name: 'jupyterhub_config.py',
    place: 'lines for jupyterhub_config.py',
    comment: '#',
    blocks: [...criticalLines(context), ...endpoints(context, client), ...identity(client)],
  };
}

function criticalLines({ groups }: ServiceContext) {
  const members = groups.find(({ isDefault }) => isDefault)?.path;
  const admission =
    members === undefined
      ? 'c.GenericOAuthenticator.allow_all = True'
      : `c.GenericOAuthenticator.allowed_groups = {${quoted(members)}}`;
  return [
    {
      critical: true,
      why: "The hub keeps its users' refresh tokens: encrypted, with a key from the environment (JUPYTERHUB_CRYPT_KEY, 32 bytes in hexadecimal). Who has them reads what the users may read.",
      lines: ['import os', '', 'c.Authenticator.enable_auth_state = True'],
    },
    {
      critical: true,
      why: 'The hub asks again before every start of a server, and every quarter of an hour. A suspended account is seen then; a membership that ended is seen when the token of the login has expired, for the groups are those of the token.',
      lines: ['c.Authenticator.refresh_pre_spawn = True', 'c.Authenticator.auth_refresh_age = 900'],
    },
    {
      critical: true,
      why: 'Who may log in: members, not everybody whom the issuer knows. Groups have dots in the name of their claim, so a function looks them up.',
      lines: [
        'c.GenericOAuthenticator.manage_groups = True',
        'c.GenericOAuthenticator.auth_state_groups_key = lambda state: state["oauth_user"].get("wlcg.groups", [])',
        admission,
      ],
    },
  ];
}

function endpoints({ issuer }: ServiceContext, client: RegisteredClient) {
  const uri = client.redirectUris.find((one) => one.endsWith(callback)) ?? `https://HUB${callback}`;
  return [
    {
      why: `The secret of client ${client.clientId} comes from the environment (OAUTH_CLIENT_SECRET).`,
      lines: [
        'c.JupyterHub.authenticator_class = "generic-oauth"',
        `c.GenericOAuthenticator.client_id = ${quoted(client.clientId)}`,
        'c.GenericOAuthenticator.client_secret = os.environ["OAUTH_CLIENT_SECRET"]',
        `c.GenericOAuthenticator.oauth_callback_url = ${quoted(uri)}`,
        `c.GenericOAuthenticator.authorize_url = ${quoted(`${issuer}authorize`)}`,
        `c.GenericOAuthenticator.token_url = ${quoted(`${issuer}token`)}`,
        `c.GenericOAuthenticator.userdata_url = ${quoted(`${issuer}userinfo`)}`,
        'c.GenericOAuthenticator.basic_auth = True',
        'c.GenericOAuthenticator.enable_pkce = True',
      ],
    },
  ];
}

function identity(client: RegisteredClient) {
  const wanted = ['openid', 'profile', 'email', 'offline_access', 'wlcg.groups'];
  const scopes = wanted.filter((scope) => client.scopes.includes(scope));
  const audience = client.defaultAudience;
  return [
    {
      why: 'The scopes make the token of the login; notebooks ask for scopes on paths by a token exchange of the same client. `openid` lets the hub ask /userinfo.',
      lines: [
        'c.GenericOAuthenticator.login_service = "Data Lake"',
        'c.GenericOAuthenticator.username_claim = "preferred_username"',
        `c.GenericOAuthenticator.scope = [${scopes.map(quoted).join(', ')}]`,
        ...(audience === null
          ? []
          : [`c.GenericOAuthenticator.extra_authorize_params = {"audience": ${quoted(audience)}}`]),
      ],
    },
  ];
}
