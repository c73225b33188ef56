/** Previews of links, as those who publish have them. */
export interface Previews {
  /** The link of which a preview is to be shown. */
  linkIn(text: string): string | undefined
  /**
   * Keeps room for a picture free in somebody's quota, for a day, so that of what is published at
   * once no more is shown than fits. @returns its id; `undefined`: there is none, and no preview
   */
  reserve(nick: string): Promise<string | undefined>
  /** What was reserved, and no dweet has. */
  free(nick: string, room: string): Promise<void>
  /** A dweet with it was published here. */
  soon(url: string): void
}
