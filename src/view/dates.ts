import type { Strings } from "./strings.ts";

/** What times are written by: a zone, a language, and the present. */
export type Clock = {
  /** IANA name: the story's zone, or the reader's if asked for. */
  zone: string;
  strings: Strings;
  /** Milliseconds since 1970. Null where nothing will keep it moving: then no time is given as an age. */
  now: number | null;
};

/** An age says more than a time only while the day is young. */
const FRESH_MS = 12 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/** `Jun 19, 2024` */
export function formatDate(at: string, { zone, strings }: Clock): string {
  return format(at, strings.locale, zone, { year: "numeric", month: "short", day: "numeric" });
}

/** `2:05 AM CDT`: the zone's name on that day, not today. */
export function formatTime(at: string, { zone, strings }: Clock): string {
  return format(at, strings.locale, zone, { hour: "numeric", minute: "2-digit", timeZoneName: "short" });
}

/** `2:05 AM` */
export function formatTimeOfDay(at: string, { zone, strings }: Clock): string {
  return format(at, strings.locale, zone, { hour: "numeric", minute: "2-digit" });
}

/** `Jun 19, 2024 2:05 AM CDT` */
export function formatDateTime(at: string, clock: Clock): string {
  return `${formatDate(at, clock)} ${formatTime(at, clock)}`;
}

/** The time alone where `at` is on the day of `day`, else with its date. */
export function formatLater(at: string, day: string, clock: Clock): string {
  return formatDate(at, clock) === formatDate(day, clock) ? formatTime(at, clock) : formatDateTime(at, clock);
}

/** `5 min. ago`; null when it is not fresh, or nobody keeps the time. A clock that is behind makes it "just now". */
export function formatAge(at: string, { now, strings }: Clock): string | null {
  if (now === null) return null;
  const age = now - Date.parse(at);
  if (age >= FRESH_MS) return null;
  if (age < MINUTE_MS) return strings.justNow;
  const minutes = Math.floor(age / MINUTE_MS);
  const past = new Intl.RelativeTimeFormat(strings.locale, { style: "short" });
  const ago = minutes < 60 ? past.format(-minutes, "minute") : past.format(-Math.floor(minutes / 60), "hour");
  return ago.replace(/\s/gu, " ");
}

/** The zone of this browser. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: string, locale: string, zone: string, style: Intl.DateTimeFormatOptions): string {
  const key = `${locale} ${zone} ${Object.keys(style)}`;
  const known = formats.get(key) ?? dateTimeFormat(locale, zone, style);
  formats.set(key, known);
  // Engines disagree on which spaces they put between a time and AM or PM; server and browser have to write the same.
  return known.format(Date.parse(at)).replace(/\s/gu, " ");
}

function dateTimeFormat(locale: string, timeZone: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...style, timeZone });
  } catch {
    // A zone that was named after this browser was built. UTC is said in the text, so it is not wrong.
    return new Intl.DateTimeFormat(locale, { ...style, timeZone: "UTC" });
  }
}
