type Exceptions = { frameAncestors?: string; frameSources?: string; formAction?: string };

/** For pages of the service: nothing inline, nothing from elsewhere but the story's own images. */
export function contentPolicy({ frameAncestors, frameSources, formAction }: Exceptions = {}): string {
  return [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'"],
    ...["img-src 'self' http: https:", "connect-src 'self' ws: wss:", "base-uri 'none'"],
    `form-action ${formAction ?? "'none'"}`,
    ...(frameSources ? [`frame-src ${frameSources}`] : []),
    `frame-ancestors ${frameAncestors ?? "'none'"}`,
  ].join("; ");
}
