/** How fast bytes go, over the last seconds, and how long the rest takes. Pure. */

export interface Mark {
  readonly atMs: number
  readonly bytes: number
}

/** Long enough to be calm, short enough to follow a line that changes. */
export const PACE_WINDOW_MS = 8_000
/** Marks closer to each other say nothing new. */
const MARK_EVERY_MS = 250

/** @param marks oldest first. @param mark all bytes so far */
export function marked(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const last = marks.at(-1)
  if (last !== undefined && mark.atMs - last.atMs < MARK_EVERY_MS) return marks
  return [...marks.filter(({ atMs }) => mark.atMs - atMs <= PACE_WINDOW_MS), mark]
}

/** Bytes a second; `undefined` while too little is known. */
export function paceOf(marks: readonly Mark[]): number | undefined {
  const [first, last] = [marks[0], marks.at(-1)]
  if (first === undefined || last === undefined || last.atMs - first.atMs < 2 * MARK_EVERY_MS)
    return undefined
  const pace = ((last.bytes - first.bytes) * 1_000) / (last.atMs - first.atMs)
  return pace > 0 ? pace : undefined
}

/** Whole seconds. */
export function secondsLeft(bytesLeft: number, marks: readonly Mark[]): number | undefined {
  const pace = paceOf(marks)
  return pace === undefined ? undefined : Math.ceil(bytesLeft / pace)
}
