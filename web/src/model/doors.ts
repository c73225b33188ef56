/** Members' doors for clients: which to try, and in which order. Pure. */

/** More doors than this are not remembered: any three on distinct machines would do. */
export const DOORS_MAX = 64

/** A door is an origin: `http://localhost:9101`, no path. `undefined` when the text is none. */
export function parseDoor(text: unknown): string | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined
  const { origin, protocol } = new URL(text)
  return protocol === 'http:' || protocol === 'https:' ? origin : undefined
}

export interface KnownDoors {
  /** Doors of the members that the ring tells of, those that are up first. */
  readonly told: readonly string[]
  /** Doors known from before: of members that may be back. */
  readonly remembered: readonly string[]
}

/** Every door once, the ring's own telling first. */
export function mergeDoors(known: KnownDoors): readonly string[] {
  return [...new Set([...known.told, ...known.remembered])].slice(0, DOORS_MAX)
}

/** The order to try: the one in use, then those behind it, so that clients spread over the ring. */
export function doorsFrom(doors: readonly string[], current: string): readonly string[] {
  const at = doors.indexOf(current)
  if (at < 0) return [current, ...doors]
  return [...doors.slice(at), ...doors.slice(0, at)]
}
