/** Answers of this process that were refusals or faults, by route and status, of the last day. */
import type { Clock } from '../shared/clock.ts';

export interface FailedAnswer {
  /** As in the metrics; never a path that somebody made up. */
  readonly route: string;
  readonly status: number;
  readonly count: number;
}

export interface FailedAnswers {
  /** Counts what is 400 or more. */
  note(route: string, status: number): void;
  /** Faults (500 and more) first, then the most frequent; `since` in milliseconds since the epoch. */
  ofLastDay(): { readonly since: number; readonly answers: readonly FailedAnswer[] };
}

const hour = 3_600_000;
const hoursKept = 24;

export function createFailedAnswers(clock: Clock): FailedAnswers {
  const began = clock.now();
  /** By the hour since the epoch, then by status and route. */
  const hours = new Map<number, Map<string, number>>();

  const present = () => {
    const now = Math.floor(clock.now() / hour);
    for (const at of hours.keys()) if (at <= now - hoursKept) hours.delete(at);
    return now;
  };

  return {
    note: (route, status) => {
      if (status < 400) return;
      const at = present();
      const counts = hours.get(at) ?? new Map<string, number>();
      hours.set(at, counts.set(`${status} ${route}`, (counts.get(`${status} ${route}`) ?? 0) + 1));
    },
    ofLastDay: () => {
      const first = (present() - hoursKept + 1) * hour;
      const sums = new Map<string, number>();
      for (const counts of hours.values()) {
        for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
      }
      const answers = [...sums].map(([name, count]) => ({
        status: Number(name.slice(0, 3)),
        route: name.slice(4),
        count,
      }));
      const isFault = ({ status }: FailedAnswer) => Number(status >= 500);
      answers.sort((one, other) => isFault(other) - isFault(one) || other.count - one.count);
      return { since: Math.max(began, first), answers };
    },
  };
}
