/** The ring’s own doors among addresses that are told: it asks itself nothing. Pure. */

/** @param doors origins, without a slash behind */
export function isAtDoor(url: string, doors: readonly string[]): boolean {
  return doors.some((door) => url.startsWith(`${door}/`))
}
