/**
 * Cuts a failing run down: leaves out faults and operations, in ever smaller pieces, as long as it
 * still fails (Zeller and Hildebrandt's delta debugging, 2002).
 */

/** Gives the part that still fails when nothing more can be left out. */
export async function shrinkList<T>(
  items: readonly T[],
  fails: (kept: readonly T[]) => Promise<boolean>,
  triesMax: number,
): Promise<readonly T[]> {
  let kept = items
  let pieces = 2
  let tries = 0
  while (kept.length >= 1 && tries < triesMax) {
    const size = Math.ceil(kept.length / pieces)
    let isSmaller = false
    for (let start = 0; start < kept.length && tries < triesMax; start += size) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + size)]
      tries++
      if (!(await fails(rest))) continue
      kept = rest
      pieces = Math.max(2, pieces - 1)
      isSmaller = true
      break
    }
    if (isSmaller) continue
    if (size === 1) break
    pieces = Math.min(kept.length, 2 * pieces)
  }
  return kept
}
