/** Common words of news, so that text compresses about as text does. */
const WORDS =
  "the of to and in a is that for on with as was by at from it this be are has have not but were said an will their after who they more which would about been when than its all new one up out people two also into first over other last could time year years state city police government president court officials according reported county votes percent results night officer district election since against before during under between while three early late water power road service residents building fire emergency hospital investigation statement spokesperson evening morning Tuesday Wednesday Thursday local national federal million dollars".split(
    " ",
  );
const SENTENCE_WORDS = 14;

/** Text of so many characters, a different one for each seed. */
export function prose(characters: number, seed: number): string {
  let state = (seed + 1) * 2_654_435_761;
  let text = "";
  for (let count = 1; text.length < characters; count += 1) {
    // A linear congruential generator: the same texts in every run.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `${WORDS[(state >>> 8) % WORDS.length]}${count % SENTENCE_WORDS === 0 ? ". " : " "}`;
  }
  return `${text.slice(0, Math.max(0, characters - 1))}.`;
}
