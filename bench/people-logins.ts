/** Logins with passwords (argon2id at OWASP's parameters): one after the other, and ten at a time from one address, as a laboratory's are. */
import { UserAgent } from '../test/support/user-agent.ts';
import { administrator, colleagues } from './people-lake.ts';
import { medianOf } from './statistics.ts';

export interface LoginTimes {
  /** Medians, from the form that is sent to the page behind it. */
  readonly oneMilliseconds: number;
  readonly tenMilliseconds: number;
  /** Ten browsers of one account at a time. */
  readonly sameMilliseconds: number;
}

export async function measureLogins(issuer: string, rounds: number): Promise<LoginTimes> {
  const one: number[] = [];
  const ten: number[] = [];
  const same: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    one.push(await timeOfLogin(issuer, new UserAgent(), administrator));
    ten.push(...(await Promise.all(colleagues.map((who) => timeOfLogin(issuer, new UserAgent(), who)))));
    same.push(...(await Promise.all(colleagues.map(() => timeOfLogin(issuer, new UserAgent(), administrator)))));
  }
  const [oneMilliseconds, tenMilliseconds, sameMilliseconds] = [one, ten, same].map((times) =>
    medianOf(times.toSorted((a, b) => a - b)),
  ) as [number, number, number];
  return { oneMilliseconds, tenMilliseconds, sameMilliseconds };
}

export async function logIn(issuer: string): Promise<UserAgent> {
  const agent = new UserAgent();
  await timeOfLogin(issuer, agent, administrator);
  return agent;
}

async function timeOfLogin(issuer: string, agent: UserAgent, who: typeof administrator): Promise<number> {
  const form = await agent.get(`${issuer}login`);
  const started = performance.now();
  const answer = await agent.submit(form, '/login', { username: who.username, password: who.password });
  const took = performance.now() - started;
  if (answer.status !== 303) throw new Error(`the login of ${who.username} was answered with ${answer.status}`);
  return took;
}
