/** When a user is asked for something: the library's prompts, login and consent, as they are. */
import { interactionPolicy as library } from 'oidc-provider';

export function interactionPolicy() {
  return library.base();
}
