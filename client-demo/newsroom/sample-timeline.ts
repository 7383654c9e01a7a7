import { markdown } from "./markdown.ts";
import type { Attribution, Author } from "./newsroom.ts";
import type { Step } from "./script.ts";

const ap: Attribution = { source: "AP", url: "https://apnews.com/", status: "reported" };
const nasa: Attribution = {
  source: "NASA",
  url: "https://science.nasa.gov/eclipses/future-eclipses/eclipse-2024/",
  status: "confirmed",
};
const weatherService: Attribution = {
  source: "National Weather Service",
  url: "https://www.weather.gov/",
  status: "reported",
};
const reporterInCarbondale: Author = { name: "Ruth Amsel", url: null };

/** The day in the order in which it happened. The first entries come quickly, so that the page is soon worth a look. */
export const sampleTimeline: readonly Step[] = [
  {
    kind: "publish",
    name: "what-to-know",
    waitMs: 0,
    entry: {
      label: "WHAT TO KNOW",
      headline: "When and where to look up",
      attributions: [nasa],
      markdown: markdown`
        Chicago sees a deep partial eclipse; southern Illinois lies in the path of totality. All times are local:

        - **Chicago:** begins 12:51 p.m., deepest at 2:07 p.m., over at 3:22 p.m.
        - **Mazatlán, Mexico:** totality at 11:07 a.m.
        - **Dallas:** 1:40 p.m.
        - **Carbondale, Illinois:** 1:59 p.m.
        - **Indianapolis:** 3:06 p.m.
        - **Cleveland:** 3:13 p.m.
        - **Buffalo, New York:** 3:18 p.m.

        Outside the path there is no safe moment to look without eclipse glasses. NASA explains [how to protect your
        eyes](https://science.nasa.gov/eclipses/safety/).
      `,
    },
  },
  { kind: "pin", name: "what-to-know", waitMs: 800 },
  {
    kind: "publish",
    name: "audience",
    waitMs: 1000,
    entry: {
      headline: "Millions live under the moon's shadow",
      attributions: [nasa],
      markdown: markdown`
        About 13.6 million people in the United States live inside the path of totality, by NASA's estimate. In 2017
        it was about 12 million. Another 150 million live within 200 miles of it.
      `,
    },
  },
  {
    kind: "publish",
    name: "forecast",
    waitMs: 1500,
    entry: {
      headline: "Clouds in Texas, better odds in Illinois",
      attributions: [weatherService, ap],
      markdown: markdown`
        The sky is the one thing nobody could calculate in advance. Forecasters at the [National Weather
        Service](https://www.weather.gov/) expect clouds from Texas into southern Arkansas, and the best chances
        from southern Missouri to central Indiana and again in northern New England.

        Most of Texas is indeed under cloud, the AP reports, while Mexico's Pacific coast is mostly clear.
      `,
    },
  },
  {
    kind: "publish",
    name: "first-contact",
    waitMs: 3000,
    entry: {
      headline: "The moon takes its first bite over Chicago",
      markdown: markdown`
        **12:51 p.m.** A small dent has appeared at the lower right of the sun. It will grow for an hour and a
        quarter.

        The [Adler Planetarium](https://www.adlerplanetarium.org/) is holding a free outdoor viewing on the
        lakefront, with telescopes that project the sun and a limited supply of viewers. No glasses? Look *down*: a
        colander, a straw hat, even crossed fingers now throw tiny bitten suns on the pavement.
      `,
    },
  },
  {
    kind: "publish",
    name: "landfall",
    waitMs: 3500,
    entry: {
      label: "BREAKING",
      importance: "breaking",
      headline: "Totality reaches North America at Mazatlán",
      attributions: [nasa, ap],
      markdown: markdown`
        The moon's shadow has come ashore. At about 11:07 a.m. local time, 1:07 p.m. in Chicago, Mazatlán on
        Mexico's Pacific coast went dark, before any other place on the mainland, the AP reports.

        The shadow now races northeast over Durango and Coahuila, where totality is longest: **4 minutes 28
        seconds**.
      `,
    },
  },
  {
    kind: "revise",
    name: "audience",
    waitMs: 3000,
    patch: {
      markdown: markdown`
        About **31.6 million** people in the United States live inside the path of totality, by NASA's estimate. In
        2017 it was about 12 million. Another 150 million live within 200 miles of it.
      `,
      correction: "An earlier version put the number of people in the path at 13.6 million. It is about 31.6 million.",
    },
  },
  {
    kind: "publish",
    name: "texas",
    waitMs: 3000,
    entry: {
      headline: "The shadow enters the United States",
      attributions: [nasa],
      markdown: markdown`
        **1:27 p.m.** Totality has crossed the Rio Grande near Eagle Pass, Texas. From here it needs a little more
        than an hour for the United States, from Texas to Maine: fifteen states, two of which, Tennessee and
        Michigan, are only brushed.
      `,
    },
  },
  {
    kind: "publish",
    name: "dallas",
    waitMs: 3500,
    entry: {
      headline: "Dallas goes dark, and the clouds give way",
      attributions: [ap],
      markdown: markdown`
        **1:40 p.m.** Night in the early afternoon for one of the largest cities on the path. Totality in Dallas
        lasts just under four minutes.

        In Mesquite, east of the city, people had watched a gray sky; gaps opened only minutes before the sun was
        gone, the AP reports.
      `,
    },
  },
  {
    kind: "publish",
    name: "carbondale",
    waitMs: 3500,
    entry: {
      label: "KEY MOMENT",
      importance: "key",
      headline: "Totality in southern Illinois",
      authors: [reporterInCarbondale],
      markdown: markdown`
        **1:59 p.m.** The sun is gone over Carbondale. A black disk hangs in a twilight sky with the corona around
        it like white hair, Venus shining to the lower right, Jupiter to the upper left. It lasts a little more than
        four minutes.

        This is the town's second total eclipse in less than seven years, after the one of August 21, 2017. Back
        then a cloud covered most of it for the crowd in Saluki Stadium. Today the sky stays clear until the light
        returns.
      `,
    },
  },
  {
    kind: "publish",
    name: "street-lights",
    waitMs: 3500,
    entry: {
      label: "UNVERIFIED",
      headline: "Did the lights come on in the Loop?",
      attributions: [{ source: "Messages from readers", url: null, status: "disputed" }],
      markdown: markdown`
        Some readers write that street lights all over the Loop have switched themselves on. Others who are there
        tell us they see nothing of the kind. *We have not confirmed this* and are checking.
      `,
    },
  },
  {
    kind: "publish",
    name: "chicago-maximum",
    waitMs: 3000,
    entry: {
      headline: "Chicago at its deepest: 94 percent",
      attributions: [nasa],
      markdown: markdown`
        **2:07 p.m.** Only a thin crescent of sun is left over the city. The light is silvery and strangely cold,
        but this is no night: even six percent of the sun is far too bright to look at.

        In 2017 the moon covered about 87 percent of the sun here. From now on the crescent grows again.
      `,
    },
  },
  {
    kind: "publish",
    name: "indiana-ohio",
    waitMs: 3500,
    entry: {
      headline: "Indianapolis, then Cleveland",
      attributions: [
        {
          source: "Indianapolis Motor Speedway",
          url: "https://www.indianapolismotorspeedway.com/",
          status: "reported",
        },
      ],
      markdown: markdown`
        Two large cities within eight minutes, both with almost four minutes of darkness:

        1. **Indianapolis, 3:06 p.m. EDT.** More than 50,000 people have come to the Motor Speedway alone, its
           organizers say.
        2. **Cleveland, 3:13 p.m. EDT.** The shadow slides out over Lake Erie.
      `,
    },
  },
  { kind: "retract", name: "street-lights", waitMs: 3000 },
  {
    kind: "publish",
    name: "niagara",
    waitMs: 3500,
    entry: {
      headline: "Cheers through the clouds at Niagara Falls",
      attributions: [ap, { source: "Guinness World Records", url: null, status: "confirmed" }],
      markdown: markdown`
        **3:18 p.m. EDT.** Totality reaches the Buffalo area. At Niagara Falls, New York, clouds are in the way, but
        the day goes dark all the same and the crowd celebrates, the AP reports.

        On the Canadian side, 309 people on a sightseeing boat have set a world record: the largest gathering of
        people dressed as the sun.
      `,
    },
  },
  {
    kind: "publish",
    name: "newfoundland",
    waitMs: 4000,
    entry: {
      headline: "The shadow leaves the continent",
      attributions: [nasa, ap],
      markdown: markdown`
        At about 5:16 p.m. in Newfoundland, 2:46 p.m. in Chicago, the moon's shadow went out to sea. From ocean to
        ocean, more than 4,000 miles, it needed only about an hour and forty minutes, the AP reports.
      `,
    },
  },
  {
    kind: "publish",
    name: "what-is-next",
    waitMs: 4000,
    entry: {
      label: "WHAT'S NEXT",
      headline: "It is over in Chicago. The next one takes patience",
      attributions: [nasa],
      markdown: markdown`
        **3:22 p.m.** The moon has let go of the sun over the city. For those who want to see it again:

        - **March 30, 2033:** totality in northwestern Alaska.
        - **August 22, 2044:** Montana and North Dakota, close to sunset (August 23 by universal time). It is the
          next one for the contiguous United States.
        - **August 12, 2045:** from coast to coast, California to Florida, for up to six minutes.

        Thank you for watching with us. This page stays here, corrections included.
      `,
    },
  },
  { kind: "end", waitMs: 6000 },
];
