/**
 * The entries of a folder as a grid (WAI-ARIA 1.2): the keyboard's row is its active descendant, so
 * that rows out of sight need not be drawn; how many there are is told all the same.
 */
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { orderBy, SORT_FIELDS, type Order } from '../../model/file-order.ts'
import { rowsInSight, scrollToSee, type Sight } from '../../model/row-window.ts'
import { click, NO_KEY, toggle, type Selection } from '../../model/selection.ts'
import { useMedia } from '../hooks.ts'
import { markAsOwn, type Drops } from './drag.ts'
import { useEntryKeys, type EntryOrders } from './entry-keys.ts'
import { EntryIcon } from './file-icons.tsx'
import { useFileWords } from './file-words.ts'

/** As `files.css` has them; a finger needs more than a mouse. */
const ROW_PX = 40
const NARROW_ROW_PX = 56
const HEAD_PX = 36
/** Before it was measured. */
const HEIGHT_PX_GUESSED = 640

interface EntryGridProps {
  readonly label: string
  readonly entries: readonly FileEntry[]
  /** More are on their way. */
  readonly isWhole: boolean
  readonly selection: Selection
  readonly onSelection: (selection: Selection) => void
  readonly order: Order
  readonly onOrder: (order: Order) => void
  readonly orders: EntryOrders
  readonly drops: Drops
  /** What is chosen is being dragged. */
  readonly onDrag: (entries: readonly FileEntry[]) => void
}

export function EntryGrid(props: EntryGridProps) {
  const { entries, isWhole, label, onSelection, selection } = props
  const { texts } = useFileWords()
  const id = useId()
  const isNarrow = useMedia('(width < 40rem)')
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX
  const { scroller, setTop, sight } = useSight(rowPx)
  const activeRow = entries.findIndex((entry) => entry.id === selection.active)
  useLayoutEffect(() => {
    if (activeRow >= 0) setTop(scrollToSee(activeRow, sight))
  }, [selection.active, activeRow])
  const { from, to } = rowsInSight(entries.length, sight)
  const isDrawn = activeRow >= from && activeRow < to
  const keys = useEntryKeys({
    entries,
    selection,
    rowsInSight: Math.max(1, Math.floor(sight.heightPx / rowPx) - 1),
    onSelection,
    orders: props.orders,
  })
  return (
    <div
      ref={scroller}
      class="entries"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-describedby={`${id}-help`}
      aria-multiselectable="true"
      aria-rowcount={isWhole ? entries.length + 1 : -1}
      aria-colcount={4}
      {...(isDrawn ? { 'aria-activedescendant': `${id}-${activeRow}` } : {})}
      onKeyDown={(event) => event.target === event.currentTarget && keys(event)}
      onFocus={(event) => {
        const first = entries[0]
        if (event.target === event.currentTarget && activeRow < 0 && first !== undefined)
          onSelection({ ...selection, active: first.id })
      }}
    >
      <Head {...props} />
      <div class="entries__body" role="rowgroup" style={{ height: `${entries.length * rowPx}px` }}>
        {entries.slice(from, to).map((entry, index) => (
          <Row
            key={entry.id}
            {...props}
            id={`${id}-${from + index}`}
            entry={entry}
            row={from + index}
            topPx={(from + index) * rowPx}
          />
        ))}
      </div>
      <p id={`${id}-help`} class="unseen">
        {texts.list.help}
      </p>
    </div>
  )
}

/** What of the list is in sight, and how to scroll it. */
function useSight(rowPx: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ scrollTopPx: 0, heightPx: HEIGHT_PX_GUESSED })
  useLayoutEffect(() => {
    const list = scroller.current
    if (list === null) return undefined
    const look = (): void =>
      setPlace({ scrollTopPx: list.scrollTop, heightPx: list.clientHeight - HEAD_PX })
    const watch = new ResizeObserver(look)
    watch.observe(list)
    list.addEventListener('scroll', look, { passive: true })
    return () => {
      watch.disconnect()
      list.removeEventListener('scroll', look)
    }
  }, [])
  const sight: Sight = { ...place, rowPx }
  const setTop = (topPx: number): void => {
    const list = scroller.current
    if (list !== null && list.scrollTop !== topPx) list.scrollTop = topPx
  }
  return { scroller, setTop, sight }
}

function Head({ onOrder, order }: EntryGridProps) {
  const { texts } = useFileWords()
  const direction = order.isReversed ? 'descending' : 'ascending'
  return (
    <div class="entries__head" role="rowgroup">
      <div class="entries__row entries__row--head" role="row" aria-rowindex={1}>
        <span role="columnheader" class="entries__check">
          <span class="unseen">{texts.list.chosen}</span>
        </span>
        {SORT_FIELDS.map((field) => (
          <span
            key={field}
            role="columnheader"
            class={`entries__${field}`}
            aria-sort={order.field === field ? direction : 'none'}
          >
            <button
              type="button"
              class="entries__sort"
              onClick={() => onOrder(orderBy(order, field))}
            >
              {texts.list.fields[field]}
              <span aria-hidden="true">
                {order.field === field ? (order.isReversed ? ' ↓' : ' ↑') : ''}
              </span>
            </button>
          </span>
        ))}
      </div>
    </div>
  )
}

interface RowProps extends EntryGridProps {
  readonly id: string
  readonly entry: FileEntry
  readonly row: number
  readonly topPx: number
}

function Row(props: RowProps) {
  const { drops, entry, id, row, selection, topPx } = props
  const isChosen = selection.chosen.has(entry.id)
  const isOver = drops.over === entry.path
  const marks = [
    isChosen ? 'entries__row--chosen' : '',
    selection.active === entry.id ? 'entries__row--active' : '',
    isOver ? 'entries__row--over' : '',
  ]
  return (
    <div
      id={id}
      class={['entries__row', ...marks].join(' ')}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isChosen}
      style={{ transform: `translateY(${topPx}px)` }}
      draggable
      onClick={(event) => clicked(props, event)}
      onDblClick={() => props.orders.open(entry)}
      onDragStart={(event) => dragged(props, event)}
      {...(entry.kind === 'folder' ? drops.on(entry.path, entry.access !== 'read') : {})}
    >
      <Cells entry={entry} isChosen={isChosen} />
    </div>
  )
}

function Cells({ entry, isChosen }: { readonly entry: FileEntry; readonly isChosen: boolean }) {
  const { bytes, minute, texts } = useFileWords()
  const isFolder = entry.kind === 'folder'
  // A list that is scrolled draws each row over and over; to format a date takes long.
  const changed = useMemo(() => minute(entry.modifiedAt), [entry.modifiedAt, minute])
  return (
    <>
      <span role="gridcell" class="entries__check">
        <span class="entries__box" aria-hidden="true">
          {isChosen ? '✓' : ''}
        </span>
      </span>
      <span role="gridcell" class="entries__name" title={entry.name}>
        <EntryIcon {...entry} />
        <span class="entries__text">{entry.name}</span>
        {isFolder && <span class="unseen">, {texts.list.folder}</span>}
      </span>
      <span role="gridcell" class="entries__bytes">
        {isFolder ? '' : bytes(entry.bytes)}
      </span>
      <span role="gridcell" class="entries__modifiedAt">
        {changed}
      </span>
    </>
  )
}

/** A finger opens what it touches, until something is chosen at its box. */
function clicked({ entries, entry, onSelection, orders, selection }: RowProps, event: MouseEvent) {
  const isTouch = event instanceof PointerEvent && event.pointerType === 'touch'
  const isBox = event.target instanceof Element && event.target.closest('.entries__check') !== null
  if (isBox || (isTouch && selection.chosen.size > 0)) {
    onSelection(toggle(selection, entry.id))
    return
  }
  if (isTouch) {
    orders.open(entry)
    return
  }
  const held = { isAdding: event.ctrlKey || event.metaKey, isRange: event.shiftKey }
  onSelection(click(selection, { order: entries.map(({ id }) => id), at: entry.id }, held))
}

function dragged({ entries, entry, onDrag, onSelection, selection }: RowProps, event: DragEvent) {
  if (event.dataTransfer === null) return
  markAsOwn(event.dataTransfer)
  const isChosen = selection.chosen.has(entry.id)
  if (!isChosen)
    onSelection(click(selection, { order: entries.map(({ id }) => id), at: entry.id }, NO_KEY))
  onDrag(isChosen ? entries.filter(({ id }) => selection.chosen.has(id)) : [entry])
}
