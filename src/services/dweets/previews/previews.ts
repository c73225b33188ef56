/** Previews of links, as those who publish have them. */
export interface Previews {
  /** The link of which a preview is to be shown. */
  linkIn(text: string): string | undefined
  /** A dweet with it was published here. */
  soon(url: string): void
}
