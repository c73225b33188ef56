/** What keys do in a list of entries. */
import { useRef } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import {
  chooseAll,
  chooseNone,
  goTo,
  NO_KEY,
  step,
  toggle,
  TYPE_AHEAD_MS,
  typedTo,
  type Held,
  type Selection,
} from '../../model/selection.ts'

export interface EntryOrders {
  readonly open: (entry: FileEntry) => void
  readonly rename: () => void
  readonly remove: () => void
  readonly undo: () => void
  readonly up: () => void
}

export interface KeyedList {
  readonly entries: readonly FileEntry[]
  readonly selection: Selection
  /** Rows that are in sight at once. */
  readonly rowsInSight: number
  readonly onSelection: (selection: Selection) => void
  readonly orders: EntryOrders
}

/** @returns a handler that tells the browser to leave alone what it took */
export function useEntryKeys(list: KeyedList): (event: KeyboardEvent) => void {
  const typed = useRef({ text: '', atMs: 0 })
  return (event) => {
    const isTaken = carryOut(list, event) || typeAhead(list, event, typed.current)
    if (isTaken) event.preventDefault()
  }
}

function carryOut(list: KeyedList, event: KeyboardEvent): boolean {
  const { onSelection, orders, selection } = list
  const moved = movedTo(list, event)
  if (moved !== undefined) {
    onSelection(moved)
    return true
  }
  const active = list.entries.find(({ id }) => id === selection.active)
  switch (event.key) {
    case 'Enter':
      if (active !== undefined) orders.open(active)
      return true
    case ' ':
      if (active !== undefined) onSelection(toggle(selection, active.id))
      return true
    case 'Escape':
      onSelection(chooseNone(selection))
      return true
    case 'F2':
      orders.rename()
      return true
    case 'Delete':
      orders.remove()
      return true
    case 'Backspace':
      orders.up()
      return true
    default:
      return withCtrl(list, event)
  }
}

function withCtrl({ entries, onSelection, orders, selection }: KeyedList, event: KeyboardEvent) {
  if (!isAdding(event)) return false
  if (event.key === 'a') onSelection(chooseAll(selection, entries.map(keyOf)))
  else if (event.key === 'z') orders.undo()
  else return false
  return true
}

function movedTo(list: KeyedList, event: KeyboardEvent): Selection | undefined {
  const { entries, rowsInSight, selection } = list
  const held: Held = { isAdding: isAdding(event), isRange: event.shiftKey }
  const order = entries.map(keyOf)
  const end = (at: string | undefined): Selection =>
    at === undefined ? selection : goTo(selection, { order, at }, held)
  switch (event.key) {
    case 'ArrowDown':
      return step(selection, { order, by: 1 }, held)
    case 'ArrowUp':
      return event.altKey ? undefined : step(selection, { order, by: -1 }, held)
    case 'PageDown':
      return step(selection, { order, by: rowsInSight }, held)
    case 'PageUp':
      return step(selection, { order, by: -rowsInSight }, held)
    case 'Home':
      return end(order[0])
    case 'End':
      return end(order.at(-1))
    default:
      return undefined
  }
}

function typeAhead(
  { entries, onSelection, selection }: KeyedList,
  event: KeyboardEvent,
  typed: { text: string; atMs: number },
): boolean {
  // Keys that type nothing have names of several letters.
  if (Array.from(event.key).length !== 1 || isAdding(event) || event.altKey) return false
  const isLate = event.timeStamp - typed.atMs > TYPE_AHEAD_MS
  typed.text = (isLate ? '' : typed.text) + event.key
  typed.atMs = event.timeStamp
  const rows = entries.map(({ id, name }) => ({ key: id, name }))
  const at = typedTo(rows, { active: selection.active, typed: typed.text })
  if (at !== undefined) onSelection(goTo(selection, { order: entries.map(keyOf), at }, NO_KEY))
  return true
}

function isAdding({ ctrlKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey
}

function keyOf({ id }: FileEntry): string {
  return id
}
