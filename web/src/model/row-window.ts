/** Which rows of a long list are drawn: those in sight and some beyond. Pure. */

/** Rows beyond each edge, so that a quick turn of the wheel meets drawn ones. */
export const ROWS_BEYOND = 8

export interface Sight {
  /** Of the list's own scrolling, in pixels. */
  readonly scrollTopPx: number
  readonly heightPx: number
  readonly rowPx: number
}

/** @returns the first row, and the one behind the last */
export function rowsInSight(
  count: number,
  { heightPx, rowPx, scrollTopPx }: Sight,
): { readonly from: number; readonly to: number } {
  const first = Math.floor(scrollTopPx / rowPx) - ROWS_BEYOND
  const last = Math.ceil((scrollTopPx + heightPx) / rowPx) + ROWS_BEYOND
  const to = Math.min(count, Math.max(0, last))
  return { from: Math.min(Math.max(0, first), to), to }
}

/** Where the list is to be scrolled to so that a row is whole in sight. */
export function scrollToSee(row: number, { heightPx, rowPx, scrollTopPx }: Sight): number {
  const top = row * rowPx
  if (top < scrollTopPx) return top
  return top + rowPx > scrollTopPx + heightPx ? top + rowPx - heightPx : scrollTopPx
}
