import type { Page, Scrape } from './api.ts'

/**
 * How a download that is over came about, where its first answer, while it ran, could only say that
 * it was begun for who asked. Pure, and without shapes: the page uses it too.
 */
export function howAfter(
  begun: Scrape['how'],
  { page, state }: { readonly state: Scrape['state']; readonly page?: Pick<Page, 'isRevalidated'> },
): Scrape['how'] {
  const isRevalidated = state === 'done' && page?.isRevalidated === true
  return begun === 'fetched' && isRevalidated ? 'revalidated' : begun
}
