import "preact";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "live-story": HTMLAttributes<HTMLElement> & { src: string; limit: number; theme: string; height?: string };
    }
  }
}
