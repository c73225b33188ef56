/** What a page says of itself: the scraper knows it, which dweets reach through this alone. */

export interface Glance {
  /** As the site has them: whatever stands in a page. */
  readonly title?: string
  readonly description?: string
  readonly site?: string
  /** Of the picture that it names, where that could be had. */
  readonly picture?: Uint8Array
}

export interface LinkGlance {
  /**
   * Asks the site, once, within bounds of time and size. `undefined`: it cannot be had, or says
   * nothing. @throws AnilloError BUSY: nothing was asked
   */
  at(url: string, signal: AbortSignal): Promise<Glance | undefined>
}
