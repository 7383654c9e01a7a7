/** The number of readers as it is told: exact up to a thousand, two significant digits above. */
export function roundedAudience(watching: number): number {
  if (watching <= 1_000) return watching;
  const unit = 10 ** (Math.floor(Math.log10(watching)) - 1);
  return Math.round(watching / unit) * unit;
}

/** How long between two tellings: 5 s for small audiences, up to 30 s for those of 10,000 and more. */
export function presenceIntervalMs(watching: number): number {
  return Math.round(Math.min(30_000, 5_000 + watching * 2.5));
}
