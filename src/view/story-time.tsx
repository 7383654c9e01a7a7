import { type Clock, formatAge, formatDate, formatTime } from "./dates.ts";

/** `Jun 19, 2024 2:05 AM CDT`, in two parts that the style sheet may set apart. */
export function StoryTime({ at, clock, id }: { at: string; clock: Clock; id?: string }) {
  return (
    <time dateTime={at} id={id} {...clock.strings.spoken}>
      <span class="date">{formatDate(at, clock)}</span> <span class="time">{formatTime(at, clock)}</span>
    </time>
  );
}

/** `5 min. ago`, as long as that is news and somebody keeps it true. */
export function Age({ at, clock }: { at: string; clock: Clock }) {
  const age = formatAge(at, clock);
  return age === null ? null : (
    <span class="age" {...clock.strings.spoken}>
      {age}
    </span>
  );
}
