import { markdown } from "./markdown.ts";
import { sampleTimeline } from "./sample-timeline.ts";
import type { Script } from "./script.ts";

const background = markdown`
  On the afternoon of Monday, April 8, 2024, the moon passes between the earth and the sun, and its shadow sweeps
  across North America from Mexico's Pacific coast to the Atlantic shore of Newfoundland. Inside a band a little
  more than 100 miles wide, the sun disappears for up to four and a half minutes. Nearly everybody else on the
  continent sees a partial eclipse, if the clouds allow.

  ## Why it is rarer than it sounds

  A total solar eclipse happens somewhere on earth about every year and a half, but its track is narrow, and most of
  the planet is ocean or empty land. Today's is different: it runs over or close to Dallas, Indianapolis, Cleveland,
  Buffalo and Montreal. According to [NASA](https://science.nasa.gov/eclipses/future-eclipses/eclipse-2024/), about
  31.6 million people live inside the path in the United States, against some 12 million for the eclipse of August
  21, 2017.

  ## What Illinois sees

  Chicago lies north of the path. The moon begins to cover the sun at 12:51 p.m., hides about 94 percent of it at
  2:07 p.m. and lets go of it at 3:22 p.m. In 2017 the city saw about 87 percent covered. The south of the state has
  the full show: in Carbondale, totality begins shortly before 2 p.m. and lasts a little more than four minutes.

  Carbondale has been here before. The paths of 2017 and 2024 cross just outside the town, which makes it one of the
  few places to stand in the moon's shadow twice in less than seven years. The first time, a cloud hid most of
  totality from the crowd in the stadium of [Southern Illinois University](https://siu.edu/), which makes a clear
  sky all the more welcome today.

  ## What to look for

  In the last minutes before totality the light turns thin and metallic, shadows sharpen and the air cools. The last
  sunlight breaks into beads between the mountains of the moon, then shrinks to a single point. When that is gone,
  the *corona* comes out, the sun's pale outer atmosphere, and bright planets with it: Venus to the lower right of
  the sun, Jupiter to the upper left. The whole horizon glows like a sunset.

  ## How to look safely

  > If any part of the bright sun is in view, your eclipse glasses stay on. In Chicago that means from beginning to
  end.

  Ordinary sunglasses are not enough, however dark. Viewers should meet the standard ISO 12312-2; the [American
  Astronomical Society](https://eclipse.aas.org/) explains how to recognize them. Nobody should look through a
  camera, binoculars or a telescope without a solar filter on the *front* of it. The simplest method needs no glass
  at all: the holes of a colander throw small crescent suns on the ground.
`;

/** A real day, retold in our own words by an invented newsroom. */
export const sampleStory: Script = {
  story: {
    slug: "solar-eclipse-2024",
    headline: "Total solar eclipse crosses North America",
    summary:
      "The moon's shadow runs from Mexico to Newfoundland. Southern Illinois goes dark for four minutes; " +
      "in Chicago, 94 percent of the sun is covered. Follow it here, minute by minute.",
    timeZone: "America/Chicago",
    language: "en",
    topics: [
      { slug: "eclipse", name: "Eclipse" },
      { slug: "illinois", name: "Illinois" },
      { slug: "science", name: "Science" },
    ],
    authors: [
      { name: "Nora Feldkamp", url: null },
      { name: "Isaac Obi", url: null },
    ],
    background: { markdown: background },
  },
  steps: sampleTimeline,
};
