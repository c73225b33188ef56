/**
 * The ring as a picture: positions become places on a circle, clockwise from twelve o'clock.
 * A `turn` is a fraction of the whole circle in [0, 1). Angles and lengths are those of SVG, y
 * downwards.
 */

export interface Point {
  readonly x: number
  readonly y: number
}

/** Hex digits that a number holds exactly: 13 * 4 = 52 bits. */
const EXACT_DIGITS = 13

/** Where a position stands on the circle. @param position 256 bits as 64 hex digits */
export function turnOf(position: string): number {
  return Number.parseInt(position.slice(0, EXACT_DIGITS), 16) / 16 ** EXACT_DIGITS
}

export function pointAt(turn: number, radius: number): Point {
  const angle = (turn - 0.25) * 2 * Math.PI
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
}

/**
 * How far `to` lies clockwise from `from`; a whole turn when they are one (a ring of one member).
 */
export function turnsBetween(arc: { readonly from: number; readonly to: number }): number {
  const turns = (((arc.to - arc.from) % 1) + 1) % 1
  return turns === 0 ? 1 : turns
}

/**
 * An SVG path clockwise along the circle. A whole circle is drawn as two halves, which SVG needs.
 */
export function arcPath(arc: {
  readonly from: number
  readonly to: number
  readonly radius: number
}): string {
  const turns = turnsBetween(arc)
  const start = pointAt(arc.from, arc.radius)
  const end = pointAt(arc.to, arc.radius)
  const radii = `${round(arc.radius)} ${round(arc.radius)}`
  if (turns === 1) {
    const across = pointAt(arc.from + 0.5, arc.radius)
    return `M${text(start)} A${radii} 0 1 1 ${text(across)} A${radii} 0 1 1 ${text(start)}`
  }
  return `M${text(start)} A${radii} 0 ${turns > 0.5 ? 1 : 0} 1 ${text(end)}`
}

/** How deep a chord bends to the middle, as a share of its length: neighbours get a flat bow. */
const CHORD_BEND = 0.5

export interface Chord {
  readonly from: Point
  readonly to: Point
}

function control(chord: Chord): Point {
  const { from, to } = chord
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  const radius = Math.hypot(middle.x, middle.y)
  if (radius === 0) return middle
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const share = Math.max(0, 1 - (CHORD_BEND * length) / radius)
  return { x: middle.x * share, y: middle.y * share }
}

/** An SVG path between two places inside the circle, bent towards its middle. */
export function chordPath(chord: Chord): string {
  return `M${text(chord.from)} Q${text(control(chord))} ${text(chord.to)}`
}

/** A place on the chord; `share` 0 is its start, 1 its end. */
export function alongChord(chord: Chord, share: number): Point {
  const middle = control(chord)
  const rest = 1 - share
  return {
    x: rest * rest * chord.from.x + 2 * rest * share * middle.x + share * share * chord.to.x,
    y: rest * rest * chord.from.y + 2 * rest * share * middle.y + share * share * chord.to.y,
  }
}

/**
 * Moves labels apart: each stays as near to its own turn as it can while neighbours are at least
 * `gap` apart, and order is kept. Least squares by pooling neighbours that would overlap (isotonic
 * regression, Ayer et al. 1955), after cutting the circle in its widest gap.
 * @param turns ascending, in [0, 1). @param gap is lowered to what fits.
 */
export function spreadTurns(turns: readonly number[], gap: number): readonly number[] {
  const count = turns.length
  if (count < 2) return turns
  const step = Math.min(gap, 1 / count)
  const cut = widestGap(turns)
  const opened = turns.map((_, i) => {
    const from = (cut.index + i) % count
    return (turns[from] ?? 0) + (from < cut.index ? 1 : 0)
  })
  const low = (opened[0] ?? 0) - (cut.width - step) / 2
  const high = low + 1 - step * count
  const pooled = pool(opened.map((turn, i) => turn - i * step))
  const placed = pooled.map((value, i) => Math.min(Math.max(value, low), high) + i * step)
  return turns.map((_, i) => (((placed[(i - cut.index + count) % count] ?? 0) % 1) + 1) % 1)
}

/**
 * The same on a line: each value stays as near to its wish as it can while neighbours are at least
 * `gap` apart and all are within the bounds. @param wishes ascending. @param gap is lowered to fit
 */
export function spreadLine(
  wishes: readonly number[],
  room: { readonly gap: number; readonly min: number; readonly max: number },
): readonly number[] {
  const steps = wishes.length - 1
  const step = Math.min(room.gap, (room.max - room.min) / Math.max(1, steps))
  const high = room.max - step * steps
  const pooled = pool(wishes.map((wish, i) => wish - i * step))
  return pooled.map((value, i) => Math.min(Math.max(value, room.min), high) + i * step)
}

/** The first turn after the widest gap. */
function widestGap(turns: readonly number[]): { readonly index: number; readonly width: number } {
  let widest = { index: 0, width: -1 }
  for (const [index, turn] of turns.entries()) {
    const before = turns[(index - 1 + turns.length) % turns.length] ?? 0
    const width = index === 0 ? turn + 1 - before : turn - before
    if (width > widest.width) widest = { index, width }
  }
  return widest
}

/** The nearest ascending row to the given one, in least squares. */
function pool(values: readonly number[]): readonly number[] {
  const blocks: { mean: number; size: number }[] = []
  for (const value of values) {
    let block = { mean: value, size: 1 }
    for (
      let last = blocks.at(-1);
      last !== undefined && last.mean > block.mean;
      last = blocks.at(-1)
    ) {
      const size = last.size + block.size
      block = { mean: (last.mean * last.size + block.mean * block.size) / size, size }
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks.flatMap((block) => Array.from({ length: block.size }, () => block.mean))
}

/** Two decimals are finer than any screen. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

function text(point: Point): string {
  return `${round(point.x)} ${round(point.y)}`
}
