import type { Script } from "../newsroom/script.ts";

/** A second story, so that a partner's page can show two. Plays at once. */
export const sideStory: Script = {
  story: {
    slug: "eclipse-weather",
    headline: "Clouds or clear sky? The eclipse weather, hour by hour",
    timeZone: "America/Chicago",
    summary: "Where the sky stays open along the path of totality.",
    topics: [{ slug: "eclipse", name: "Eclipse" }],
    authors: [{ name: "Ana Ruiz", url: null }],
  },
  steps: [
    {
      kind: "publish",
      waitMs: 0,
      name: "texas",
      entry: {
        headline: "High clouds over Texas",
        markdown: "Thin cirrus drifts over the Hill Country. Forecasters expect **gaps** before the early afternoon.",
        attributions: [{ source: "National Weather Service", url: "https://www.weather.gov/", status: "reported" }],
      },
    },
    {
      kind: "publish",
      waitMs: 0,
      name: "maine",
      entry: {
        headline: "Maine has the best sky of all",
        importance: "key",
        label: "KEY MOMENT",
        markdown: "Not a cloud from Jackman to Houlton, with snow still on the ground to reflect what light is left.",
        attributions: [{ source: "Caribou forecast office", url: null, status: "confirmed" }],
      },
    },
    {
      kind: "publish",
      waitMs: 0,
      name: "illinois",
      entry: {
        markdown: "Southern Illinois is clearing from the west. In Carbondale the stadium opens its gates at ten.",
      },
    },
  ],
};
