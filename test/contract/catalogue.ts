import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CataloguePage, CatalogueQuery } from "../../src/store/catalogue.ts";
import type { Stores } from "../../src/store/stores.ts";
import { eventually } from "../support/eventually.ts";
import { type Desk, newStory } from "../support/store-desk.ts";
import type { OpenEngine } from "./harness.ts";

/** Which stories there are. The catalogue may be late, so that every test waits for what it expects. */
export function catalogueContract(open: OpenEngine): void {
  describe("catalogue", () => {
    test("stories are listed by their latest change, newest first, and any commit is one", async (t) => {
      const { stores } = await open(t);
      const desks: Desk[] = [];
      for (const slug of ["a", "ab", "a-b"]) desks.push(await changedAlone(() => newStory(stores, slug)));
      const [first] = desks;
      await listing(stores, {}, ["a-b", "ab", "a"]);
      const { head } = await changedAlone(() => (first as Desk).publish("one"));
      const { stories } = await listing(stores, {}, ["a", "a-b", "ab"]);
      assert.equal(stories[0]?.story.seq, 1);
      const published = await stores.timelines.load("a", 1);
      assert.ok(published && published !== "removed" && published.head.seq === head.seq);
      assert.equal(stories[0]?.changedAt, published.entries[0]?.publishedAt);
    });

    test("a listed story comes with its fields and origins", async (t) => {
      const { stores } = await open(t);
      const desk = await newStory(stores, "a", { headline: "First", allowedOrigins: ["https://partner.example"] });
      await desk.patch({ headline: "Second", allowedOrigins: ["https://other.example"] });
      const loaded = await stores.timelines.load("a", 1);
      assert.ok(loaded && loaded !== "removed");
      const page = await eventually(
        () => list(stores, {}),
        ({ stories }) => stories[0]?.story.headline === "Second",
      );
      assert.deepEqual(page, {
        stories: [
          { story: loaded.story, allowedOrigins: ["https://other.example"], changedAt: loaded.story.updatedAt },
        ],
        next: null,
      });
    });

    test("only the asked statuses are listed, and a removed story never is", async (t) => {
      const { stores } = await open(t);
      for (const status of ["draft", "scheduled", "live", "paused", "ended"] as const) {
        await changedAlone(() => newStory(stores, status, { status }));
      }
      await listing(stores, { statuses: ["live", "ended"] }, ["ended", "live"]);
      await listing(stores, { statuses: ["draft"] }, ["draft"]);
      await listing(stores, { statuses: [] }, []);
      const gone = await newStory(stores, "gone");
      await listing(stores, { statuses: ["live"] }, ["gone", "live"]);
      await gone.remove();
      await listing(stores, { statuses: ["live"] }, ["live"]);
    });

    test("a topic lists the stories that have it now", async (t) => {
      const { stores } = await open(t);
      const [us, election] = ["us", "us-election"].map((slug) => ({ slug, name: slug.toUpperCase() }));
      assert.ok(us && election);
      const desk = await changedAlone(() => newStory(stores, "a", { topics: [us, election, us] }));
      await changedAlone(() => newStory(stores, "ab", { topics: [election] }));
      await changedAlone(() => newStory(stores, "a-b"));
      await listing(stores, { topic: "us" }, ["a"]);
      await listing(stores, { topic: "us-election" }, ["ab", "a"]);
      await listing(stores, { topic: "election" }, []);
      await desk.patch({ topics: [us] });
      await listing(stores, { topic: "us" }, ["a"]);
      await listing(stores, { topic: "us-election" }, ["ab"]);
      await desk.remove();
      await listing(stores, { topic: "us" }, []);
    });

    test("pages name every story once, also those that changed in the same millisecond", async (t) => {
      const { stores } = await open(t);
      const slugs = Array.from({ length: 25 }, (_, n) => `story-${n}`);
      await Promise.all(slugs.map((slug) => newStory(stores, slug)));
      const all = await eventually(
        () => list(stores, { limit: 100 }),
        ({ stories }) => stories.length === slugs.length,
      );
      const listed: string[] = [];
      for (let cursor: CatalogueQuery["cursor"] | null; cursor !== null; ) {
        const { stories, next } = await list(stores, { limit: 4, cursor });
        assert.ok(stories.length === 4 || next === null);
        listed.push(...slugsOf({ stories }));
        cursor = next;
      }
      assert.deepEqual(listed, slugsOf(all));
      assert.deepEqual([...listed].sort(), [...slugs].sort());
    });

    test("a page that ends with the last story has no next one", async (t) => {
      const { stores } = await open(t);
      for (const slug of ["a", "ab", "a-b"]) await newStory(stores, slug);
      await eventually(
        () => list(stores, {}),
        ({ stories }) => stories.length === 3,
      );
      assert.equal((await list(stores, { limit: 3 })).next, null);
      const { stories, next } = await list(stores, { limit: 2 });
      const last = stories.at(-1);
      assert.deepEqual(next, { changedAt: last?.changedAt, slug: last?.story.slug });
    });
  });
}

type Query = Partial<CatalogueQuery>;

function list(stores: Stores, query: Query): Promise<CataloguePage> {
  return stores.catalogue.list({ statuses: ["live"], limit: 10, ...query });
}

async function listing(stores: Stores, query: Query, slugs: string[]): Promise<CataloguePage> {
  return eventually(
    () => list(stores, query),
    (page) => String(slugsOf(page)) === String(slugs),
  );
}

function slugsOf({ stories }: Pick<CataloguePage, "stories">): string[] {
  return stories.map(({ story }) => story.slug);
}

/** Runs `change` in a millisecond of its own, so that the order of changes is the order of their times. */
async function changedAlone<T>(change: () => Promise<T>): Promise<T> {
  const result = await change();
  const nowMs = Date.now();
  while (Date.now() === nowMs);
  return result;
}
