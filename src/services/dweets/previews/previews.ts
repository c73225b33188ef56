/** Previews of links, as those who publish have them. */
export interface Previews {
  /** The link of which a preview is to be shown. */
  linkIn(text: string): string | undefined
  /** Whether somebody's quota takes a picture with it: else their dweets have none. */
  hasRoom(nick: string): Promise<boolean>
  /** A dweet with it was published here. */
  soon(url: string): void
}
