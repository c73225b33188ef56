/** What is kept with a page of who saw it. Pure. */
import type { Witnesses } from '../../../wire/api-testimony.ts'
import type { Page } from '../../../wire/api.ts'

/** The same content seen again by one member alone was still seen by those. */
export function witnessesAfter(before: Page, page: Page): Pick<Page, 'witnesses'> {
  const witnesses = page.witnesses ?? before.witnesses
  return witnesses === undefined ? {} : { witnesses }
}

/** So many were asked for at least, and it is no older. */
export function isWitnessed(
  { witnesses }: Pick<Page, 'witnesses'>,
  asked: { readonly witnesses: number; readonly maxAgeMs: number; readonly nowMs: number },
): boolean {
  if (witnesses === undefined || witnesses.asked < asked.witnesses) return false
  return asked.nowMs - Date.parse(witnesses.at) < asked.maxAgeMs
}

/** As it is kept. */
export function witnessedBy(page: Page, witnesses: Witnesses | undefined): Page {
  return witnesses === undefined ? page : { ...page, witnesses }
}
