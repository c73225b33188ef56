/** Pictures of a dweet, large; arrows go from one to the next. */
import type { Attachment } from '../../../../src/wire/api-attachments.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Dialog } from '../dialog.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { AttachedPicture } from './attached-picture.tsx'
import { useDweetWords } from './dweet-words.ts'

interface ViewerProps {
  readonly pictures: readonly Attachment[]
  readonly at: number
  readonly onAt: (at: number) => void
  readonly onClose: () => void
}

export function PictureViewer({ at, onAt, onClose, pictures }: ViewerProps) {
  const { bytes, texts } = useDweetWords()
  const door = useCell(useSession().door)
  const words = texts.attach
  const shown = pictures[at]
  const go = (by: number): void => {
    if (pictures[at + by] !== undefined) onAt(at + by)
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft') go(-1)
    if (event.key === 'ArrowRight') go(1)
    // Keys of the list behind it are not meant.
    if (event.key !== 'Escape') event.stopPropagation()
  }
  if (shown === undefined) return null
  return (
    <Dialog
      title={words.picture(at + 1, pictures.length)}
      closeLabel={words.close}
      onClose={onClose}
      onKeyDown={keys}
      isWide
    >
      <div class="viewer">
        <AttachedPicture
          key={shown.id}
          class="viewer__picture"
          attachment={shown}
          alt={shown.description ?? shown.name}
        />
        {shown.description !== undefined && (
          <p class="viewer__said" dir="auto">
            {shown.description}
          </p>
        )}
        <div class="actions">
          {pictures.length > 1 && (
            <>
              <button
                type="button"
                class="button button--small"
                aria-disabled={at === 0}
                onClick={() => go(-1)}
              >
                {words.before}
              </button>
              <button
                type="button"
                class="button button--small"
                aria-disabled={at === pictures.length - 1}
                onClick={() => go(1)}
              >
                {words.after}
              </button>
            </>
          )}
          <FreshLink class="button button--small" href={`${door}${shown.url}`}>
            {words.whole} ({bytes(shown.bytes)})
          </FreshLink>
        </div>
      </div>
    </Dialog>
  )
}
