/** What each view is given: plain data, every value still to be escaped by the view. */
import type { Chooser } from '../login/chooser.ts';
import type { Expiry } from './expiry.ts';
import type { AccountModels } from './models/account.ts';
import type { AdminModels } from './models/admin.ts';
import type { AuthenticationModels } from './models/authentication.ts';
import type { ClientModels } from './models/client.ts';
import type { EmbargoModels } from './models/embargo.ts';
import type { EnrolmentModels } from './models/enrolment.ts';
import type { FederationModels } from './models/federation.ts';
import type { GroupModels } from './models/group.ts';
import type { NavigationLink } from './navigation.ts';
import type { RefusedRow, ScopeRow } from './scope-rows.ts';

/** Around the pages of who is signed in. */
export interface MemberFrame {
  readonly username: string;
  readonly navigation: readonly NavigationLink[];
  /** The pages of the present section; empty: it has one. */
  readonly section: readonly NavigationLink[];
}

/** Where a form of ours is sent, and the token that proves it was ours. */
interface FormTarget {
  readonly action: string;
  readonly csrf: string;
}

interface LoginModel extends FormTarget {
  /** Null on the login page that no service started. */
  readonly clientName: string | null;
  readonly username: string;
  /** Path of the page to go to afterwards; null: a service waits. */
  readonly to: string | null;
  /** A fresh sign-in was asked for although there is a session. */
  readonly again: boolean;
  /** Providers to sign in with. */
  readonly chooser: Chooser;
  readonly error: string | null;
  readonly cancelAction: string | null;
  /** Where one signs in with a passkey alone. */
  readonly passkey: string;
}

interface ConsentModel extends FormTarget {
  readonly clientName: string;
  readonly username: string;
  readonly audiences: readonly string[];
  /** Host or scheme of the redirect; null in the device flow. */
  readonly returnsTo: string | null;
  /** Null when no token would be issued. */
  readonly until: Expiry | null;
  readonly fixed: readonly ScopeRow[];
  readonly choices: readonly ScopeRow[];
  readonly claims: readonly string[];
  readonly refused: readonly RefusedRow[];
  readonly allOrNothing: boolean;
  readonly keepsAccess: boolean;
  readonly cancelAction: string;
}

interface BlockedModel extends FormTarget {
  readonly clientName: string;
  readonly username: string;
  readonly audiences: readonly string[];
  readonly refused: readonly RefusedRow[];
}

interface DeviceInputModel {
  readonly action: string;
  readonly xsrf: string;
  readonly code: string;
  readonly error: string | null;
}

interface DeviceConfirmModel {
  readonly action: string;
  readonly xsrf: string;
  readonly clientName: string;
  readonly code: string;
  readonly address: string;
  readonly agent: string | null;
}

interface LogoutModel {
  readonly action: string;
  readonly xsrf: string;
  readonly clientName: string | null;
  /** The provider where the login was, and where the form goes to end the session there too. */
  readonly upstream: { readonly title: string; readonly action: string } | null;
}

/** The end of a journey. */
interface MessageModel {
  readonly title: string;
  readonly text: string;
  readonly good: boolean;
}

interface ErrorModel {
  readonly title: string;
  readonly text: string;
  /** OAuth error code and description, for whoever has to correct the request. */
  readonly code: string | null;
  readonly description: string | null;
  readonly requestId: string | null;
}

interface ContinueModel {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly script: string;
}

interface HomeModel {
  readonly issuer: string;
  readonly username: string | null;
}

export interface ViewModels
  extends AccountModels,
    AdminModels,
    AuthenticationModels,
    ClientModels,
    EmbargoModels,
    EnrolmentModels,
    FederationModels,
    GroupModels {
  readonly login: LoginModel;
  readonly consent: ConsentModel;
  readonly blocked: BlockedModel;
  readonly 'device-input': DeviceInputModel;
  readonly 'device-confirm': DeviceConfirmModel;
  readonly logout: LogoutModel;
  readonly message: MessageModel;
  readonly error: ErrorModel;
  readonly continue: ContinueModel;
  readonly home: HomeModel;
}

export type ViewName = keyof ViewModels;
