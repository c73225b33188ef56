/** Dragging within the page, and from the computer onto it. */
import { useState } from 'preact/hooks'

/** That the page itself is the source; what is dragged stays in its memory. */
const OWN_TYPE = 'application/x-anillo-entries'

export interface Drops {
  /** The folder over which something is held. */
  readonly over: string | undefined
  /** What makes an element a place to drop on. */
  readonly on: (folder: string, mayDrop: boolean) => DropHandlers
}

export interface DropHandlers {
  readonly onDragOver: (event: DragEvent) => void
  readonly onDragLeave: (event: DragEvent) => void
  readonly onDrop: (event: DragEvent) => void
}

interface Taken {
  readonly onFiles: (transfer: DataTransfer, folder: string) => void
  /** @param isCopy Ctrl was held */
  readonly onEntries: (folder: string, isCopy: boolean) => void
}

export function markAsOwn(transfer: DataTransfer): void {
  transfer.setData(OWN_TYPE, '')
  transfer.effectAllowed = 'copyMove'
}

export function useDrops({ onEntries, onFiles }: Taken): Drops {
  const [over, setOver] = useState<string | undefined>(undefined)
  const on = (folder: string, mayDrop: boolean): DropHandlers => ({
    onDragOver: (event) => {
      const { dataTransfer } = event
      const isOwn = dataTransfer?.types.includes(OWN_TYPE) ?? false
      const isFiles = dataTransfer?.types.includes('Files') ?? false
      if (dataTransfer === null || (!isOwn && !isFiles)) return
      event.stopPropagation()
      // A browser opens a file that nobody takes, and the page is gone.
      event.preventDefault()
      dataTransfer.dropEffect = !mayDrop ? 'none' : isOwn && !isCopyKey(event) ? 'move' : 'copy'
      setOver(mayDrop ? folder : undefined)
    },
    onDragLeave: ({ currentTarget, relatedTarget }) => {
      const isInside = relatedTarget instanceof Node && within(currentTarget, relatedTarget)
      if (!isInside) setOver((before) => (before === folder ? undefined : before))
    },
    onDrop: (event) => {
      event.preventDefault()
      event.stopPropagation()
      setOver(undefined)
      const { dataTransfer } = event
      if (!mayDrop || dataTransfer === null) return
      if (dataTransfer.types.includes(OWN_TYPE)) onEntries(folder, isCopyKey(event))
      else onFiles(dataTransfer, folder)
    },
  })
  return { over, on }
}

function isCopyKey({ altKey, ctrlKey }: DragEvent): boolean {
  return ctrlKey || altKey
}

function within(outer: EventTarget | null, inner: Node): boolean {
  return outer instanceof Node && outer.contains(inner)
}
