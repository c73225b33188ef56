/** A table of things, of which so many rows are drawn at once; more on demand. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

import { useFileWords } from './file-words.ts'

const ROWS = 200

interface ToldTableProps<T> {
  readonly id: string
  readonly label: string
  /** Cells of the head. */
  readonly head: ComponentChildren
  readonly items: readonly T[]
  readonly children: (item: T) => ComponentChildren
}

export function ToldTable<T>({ children, head, id, items, label }: ToldTableProps<T>) {
  const { texts } = useFileWords()
  const [rows, setRows] = useState(ROWS)
  return (
    <>
      <div class="scroll" role="region" aria-label={label} tabIndex={0}>
        <table class="table table--told" id={id}>
          <caption class="unseen">{label}</caption>
          <thead>
            <tr>{head}</tr>
          </thead>
          <tbody>{items.slice(0, rows).map(children)}</tbody>
        </table>
      </div>
      {rows < items.length && (
        <button type="button" class="button button--small" onClick={() => setRows(rows + ROWS)}>
          {texts.uploads.more(String(items.length - rows))}
        </button>
      )}
    </>
  )
}
