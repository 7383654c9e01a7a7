import type { Image } from "../protocol/shapes.ts";
import type { Spoken } from "./spoken.ts";

type FigureProps = { image: Image; class: string; spoken?: Spoken; eager?: boolean };

/** Width and height reserve the space, so that a picture that comes late moves nothing. */
export function Figure({ image, class: className, spoken, eager }: FigureProps) {
  const { url, alt, width, height, caption, credit } = image;
  return (
    <figure class={className} {...spoken}>
      <img
        src={url}
        alt={alt}
        width={width}
        height={height}
        loading={eager ? "eager" : "lazy"}
        fetchpriority={eager ? "high" : "auto"}
        decoding="async"
      />
      {caption || credit ? (
        <figcaption>
          {caption ? `${caption} ` : null}
          {credit ? <span class="credit">{credit}</span> : null}
        </figcaption>
      ) : null}
    </figure>
  );
}
