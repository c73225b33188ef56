/** An address that a page names. */
export interface PageLink {
  readonly url: string
  /** The page needs it to look right. */
  readonly isResource: boolean
  /** A sitemap or feed. */
  readonly isList?: boolean
}
