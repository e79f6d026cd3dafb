/** Answers that may take seconds: a page that asks again finds what an earlier request began, in this process. */
import type { Clock } from '../../shared/clock.ts';

export type SlowAnswer<T> =
  | { readonly state: 'done'; readonly value: T }
  /** It is being computed, since this instant (ms since the epoch). */
  | { readonly state: 'working'; readonly since: number }
  /** Whoever asks has enough under way already. */
  | { readonly state: 'busy' };

export interface SlowAnswers<T> {
  /** `who` bounds how many are under way at a time; `what` names the question: the same one is worked at once. */
  ask(who: string, what: string, work: () => Promise<T>): Promise<SlowAnswer<T>>;
}

export interface SlowSettings {
  readonly clock: Clock;
  /** How long a request waits for the answer itself, in milliseconds. */
  readonly patienceMs: number;
  /** Under way at a time for one who asks. */
  readonly most?: number;
}

interface Work<T> {
  readonly who: string;
  readonly since: number;
  readonly answer: Promise<T>;
  isDone: boolean;
}

/** An answer that nobody came back for is forgotten after so many milliseconds. */
const keptMs = 60_000;

export function createSlowAnswers<T>({ clock, patienceMs, most = 3 }: SlowSettings): SlowAnswers<T> {
  const works = new Map<string, Work<T>>();

  const begin = (who: string, key: string, work: () => Promise<T>): Work<T> => {
    const begun: Work<T> = { who, since: clock.now(), answer: work(), isDone: false };
    const end = () => {
      begun.isDone = true;
    };
    begun.answer.then(end, end);
    works.set(key, begun);
    return begun;
  };
  const forgetOld = () => {
    for (const [key, { isDone, since }] of works) if (isDone && clock.now() - since > keptMs) works.delete(key);
  };

  return {
    ask: async (who, what, work) => {
      forgetOld();
      const key = JSON.stringify([who, what]);
      const known = works.get(key);
      if (known === undefined) {
        const under = [...works.values()].filter((one) => one.who === who && !one.isDone);
        if (under.length >= most) return { state: 'busy' };
      }
      const { answer, since } = known ?? begin(who, key, work);
      const value = await Promise.race([answer.then((found) => ({ found })), pause(patienceMs)]).catch((error) => {
        works.delete(key);
        throw error;
      });
      if (value === undefined) return { state: 'working', since };
      works.delete(key);
      return { state: 'done', value: value.found };
    },
  };
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), milliseconds).unref();
  });
}
