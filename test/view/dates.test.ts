import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Clock,
  formatAge,
  formatDate,
  formatDateTime,
  formatLater,
  formatTimeOfDay,
} from "../../src/view/dates.ts";
import { stringsFor } from "../../src/view/strings.ts";

const clockOf = (zone: string, now: number | null = null): Clock => ({ zone, strings: stringsFor("en"), now });
const chicago = clockOf("America/Chicago");

test("a time is written as newsrooms write it, in the story's zone", () => {
  assert.equal(formatDateTime("2024-06-19T07:05:00.000Z", chicago), "Jun 19, 2024 2:05 AM CDT");
  assert.equal(formatTimeOfDay("2024-06-19T07:05:00.000Z", chicago), "2:05 AM");
});

test("the offset is that of the day, in summer, in winter and on either side of the change", () => {
  assert.equal(formatDateTime("2024-12-19T08:05:00.000Z", chicago), "Dec 19, 2024 2:05 AM CST");
  assert.equal(formatDateTime("2024-03-10T07:59:00.000Z", chicago), "Mar 10, 2024 1:59 AM CST");
  assert.equal(formatDateTime("2024-03-10T08:00:00.000Z", chicago), "Mar 10, 2024 3:00 AM CDT");
});

test("zones that are half or three quarters of an hour off, and the edge of a day", () => {
  const at = "2024-06-19T18:31:00.000Z";
  assert.equal(formatDateTime(at, clockOf("Asia/Kolkata")), "Jun 20, 2024 12:01 AM GMT+5:30");
  assert.equal(formatDateTime(at, clockOf("Asia/Kathmandu")), "Jun 20, 2024 12:16 AM GMT+5:45");
  assert.equal(formatDateTime(at, clockOf("America/St_Johns")), "Jun 19, 2024 4:01 PM GMT-2:30");
  assert.equal(formatDateTime(at, clockOf("UTC")), "Jun 19, 2024 6:31 PM UTC");
});

test("only plain spaces: engines differ in which kind they use", () => {
  assert.match(formatDateTime("2024-06-19T07:05:00.000Z", chicago), /^[\x21-\x7e ]+$/);
});

test("a zone that this engine does not know is written in UTC, and says so", () => {
  assert.equal(formatDateTime("2024-06-19T07:05:00.000Z", clockOf("Mars/Olympus")), "Jun 19, 2024 7:05 AM UTC");
});

test("a revision names its day only if it is another one", () => {
  const published = "2024-06-19T07:05:00.000Z";
  assert.equal(formatLater("2024-06-19T07:40:00.000Z", published, chicago), "2:40 AM CDT");
  assert.equal(formatLater("2024-06-20T07:40:00.000Z", published, chicago), "Jun 20, 2024 2:40 AM CDT");
});

test("each language writes times in its own way", () => {
  const at = "2024-06-19T07:05:00.000Z";
  const now = Date.parse(at) + 5 * 60_000;
  const written = (language: string) => {
    const clock = { zone: "America/Chicago", strings: stringsFor(language), now };
    return [formatDateTime(at, clock), formatAge(at, clock)];
  };
  assert.deepEqual(written("de"), ["19. Juni 2024 02:05 GMT-5", "vor 5 Min."]);
  assert.deepEqual(written("ar"), ["19 يونيو 2024 2:05 ص غرينتش-5", "قبل 5 دقائق"]);
});

test("an age is told while it is fresh, grows, and is never negative", () => {
  const at = "2024-06-19T07:05:00.000Z";
  const after = (minutes: number) => formatAge(at, clockOf("UTC", Date.parse(at) + minutes * 60_000));
  assert.deepEqual([-3, 0, 0.99, 1, 59.9, 60, 119, 719].map(after), [
    "just now",
    "just now",
    "just now",
    "1 min. ago",
    "59 min. ago",
    "1 hr. ago",
    "1 hr. ago",
    "11 hr. ago",
  ]);
  assert.equal(after(720), null);
  assert.equal(formatAge(at, clockOf("UTC")), null, "where nobody keeps the time, there is no age");
});

test("two zones, one format cache: neither takes the other's", () => {
  const at = "2024-06-19T03:00:00.000Z";
  assert.equal(formatDate(at, clockOf("UTC")), "Jun 19, 2024");
  assert.equal(formatDate(at, chicago), "Jun 18, 2024");
});
