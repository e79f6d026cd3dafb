import type { Validator } from '../../../src/validate/index.ts';

export async function mayRead(validator: Validator, token: string, path: string): Promise<string> {
  const result = await validator.validate(token);
  if (!result.ok) return `refused: ${result.error.code}`;
  const answer = validator.authorize(result.value, 'read', path);
  return answer.decision === 'allow' ? `allowed by ${answer.scope}` : `denied: ${answer.reason}`;
}
