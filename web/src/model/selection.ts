/**
 * Which rows of a list are chosen, and where the keyboard stands, as file managers have it: a click
 * chooses one, Ctrl adds or takes away one, Shift takes all from the anchor. Rows are told by key.
 * Pure.
 */
export interface Selection {
  readonly chosen: ReadonlySet<string>
  /** Where the keyboard stands. */
  readonly active: string | undefined
  /** Where a range begins. */
  readonly anchor: string | undefined
}

export const NOTHING_CHOSEN: Selection = {
  chosen: new Set(),
  active: undefined,
  anchor: undefined,
}

export interface Held {
  /** Ctrl, or Cmd. */
  readonly isAdding: boolean
  /** Shift. */
  readonly isRange: boolean
}

export const NO_KEY: Held = { isAdding: false, isRange: false }

/** A row is clicked on. */
export function click(
  before: Selection,
  { at, order }: { readonly order: readonly string[]; readonly at: string },
  { isAdding, isRange }: Held,
): Selection {
  if (isRange) {
    const range = between(order, before.anchor ?? before.active ?? at, at)
    const chosen = isAdding ? new Set([...before.chosen, ...range]) : new Set(range)
    return { chosen, active: at, anchor: before.anchor ?? before.active ?? at }
  }
  if (isAdding) return toggle(before, at)
  return { chosen: new Set([at]), active: at, anchor: at }
}

/** One row is added or taken away; the others stay. */
export function toggle({ chosen }: Selection, at: string): Selection {
  const next = new Set(chosen)
  if (!next.delete(at)) next.add(at)
  return { chosen: next, active: at, anchor: at }
}

/** The keyboard goes to another row. With Ctrl the choice stays as it is. */
export function goTo(
  before: Selection,
  where: { readonly order: readonly string[]; readonly at: string },
  held: Held,
): Selection {
  if (held.isAdding && !held.isRange) return { ...before, active: where.at }
  return click(before, where, { isAdding: false, isRange: held.isRange })
}

/** So many rows on, and not beyond the ends. From nowhere it goes to the first row. */
export function step(
  before: Selection,
  { by, order }: { readonly order: readonly string[]; readonly by: number },
  held: Held,
): Selection {
  const from = before.active === undefined ? -1 : order.indexOf(before.active)
  const to = from < 0 ? 0 : Math.min(order.length - 1, Math.max(0, from + by))
  const at = order[to]
  return at === undefined ? before : goTo(before, { order, at }, held)
}

export function chooseAll(before: Selection, order: readonly string[]): Selection {
  return { ...before, chosen: new Set(order), active: before.active ?? order[0] }
}

/** Nothing is chosen; the keyboard stays where it is. */
export function chooseNone({ active }: Selection): Selection {
  return { chosen: new Set(), active, anchor: active }
}

/**
 * After the list changed: what is gone is not chosen, and the keyboard goes to what took its place.
 */
export function kept(
  before: Selection,
  { after, order }: { readonly order: readonly string[]; readonly after: readonly string[] },
): Selection {
  const there = new Set(after)
  const chosen = new Set([...before.chosen].filter((key) => there.has(key)))
  const { active } = before
  if (active === undefined || there.has(active)) {
    if (chosen.size === before.chosen.size) return before
    return { ...before, chosen }
  }
  const index = order.indexOf(active)
  const next =
    order.slice(index).find((key) => there.has(key)) ??
    order.slice(0, Math.max(0, index)).findLast((key) => there.has(key))
  return { chosen, active: next, anchor: next }
}

function between(order: readonly string[], from: string, to: string): readonly string[] {
  const [a, b] = [order.indexOf(from), order.indexOf(to)]
  if (a < 0 || b < 0) return [to]
  return order.slice(Math.min(a, b), Math.max(a, b) + 1)
}

/** Letters typed in haste are the beginning of a name. */
export const TYPE_AHEAD_MS = 700

/**
 * The row that typed letters lead to: the next whose name begins so; the same letter again and
 * again goes from one to the next.
 */
export function typedTo(
  rows: readonly { readonly key: string; readonly name: string }[],
  { active, typed }: { readonly active: string | undefined; readonly typed: string },
): string | undefined {
  const letters = Array.from(typed.toLocaleLowerCase())
  const isOneLetter = letters.every((letter) => letter === letters[0])
  const wanted = isOneLetter ? (letters[0] ?? '') : letters.join('')
  const from = rows.findIndex(({ key }) => key === active)
  const first = isOneLetter ? from + 1 : Math.max(0, from)
  const inTurn = [...rows.slice(first), ...rows.slice(0, first)]
  return inTurn.find(({ name }) => name.toLocaleLowerCase().startsWith(wanted))?.key
}
