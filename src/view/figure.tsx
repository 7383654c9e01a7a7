import type { Image } from "../protocol/shapes.ts";

/** Width and height reserve the space, so that a picture that comes late moves nothing. */
export function Figure({ image, class: className, eager }: { image: Image; class: string; eager?: boolean }) {
  const { url, alt, width, height, caption, credit } = image;
  return (
    <figure class={className}>
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
