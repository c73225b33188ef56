/**
 * What is shown with a dweet: pictures to be opened, sound and films to be played, files to be had.
 */
import { useState } from 'preact/hooks'

import type { Attachment } from '../../../../src/wire/api-attachments.ts'
import type { Dweet } from '../../../../src/wire/api-dweets.ts'
import { firstLinkIn } from '../../model/first-link.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { FreshLink } from '../fresh-link.tsx'
import { ArchivedCopy } from '../one-ring/archived-copy.tsx'
import { AttachedPicture, useOwnAddress } from './attached-picture.tsx'
import { Clip } from './dweet-icons.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PictureViewer } from './picture-viewer.tsx'
import { PreviewCard } from './preview-card.tsx'

export function Attached({
  dweet: { attachments = [], preview, text },
}: {
  readonly dweet: Dweet
}) {
  const link = preview === undefined ? firstLinkIn(text) : undefined
  return (
    <>
      <AttachedFiles attachments={attachments} />
      {preview !== undefined && <PreviewCard preview={preview} />}
      {link !== undefined && <ArchivedCopy url={link} />}
    </>
  )
}

export function AttachedFiles({ attachments }: { readonly attachments: readonly Attachment[] }) {
  const pictures = attachments.filter(({ kind }) => kind === 'picture')
  const others = attachments.filter(({ kind }) => kind !== 'picture')
  return (
    <>
      {pictures.length > 0 && <Pictures pictures={pictures} />}
      {others.map((one) => (
        <Other key={one.id} attachment={one} />
      ))}
    </>
  )
}

function Pictures({ pictures }: { readonly pictures: readonly Attachment[] }) {
  const { texts } = useDweetWords()
  const [open, setOpen] = useState<number | undefined>(undefined)
  return (
    <>
      <div class={`pictures pictures--${pictures.length}`}>
        {pictures.map((one, at) => (
          <button
            key={one.id}
            type="button"
            class="pictures__one"
            aria-haspopup="dialog"
            aria-label={texts.attach.open(one.description ?? one.name)}
            title={one.description}
            onClick={() => setOpen(at)}
          >
            <AttachedPicture attachment={one} alt={one.description ?? one.name} />
          </button>
        ))}
      </div>
      {open !== undefined && (
        <PictureViewer
          pictures={pictures}
          at={open}
          onAt={setOpen}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}

function Other({ attachment }: { readonly attachment: Attachment }) {
  const { bytes } = useDweetWords()
  const door = useCell(useSession().door)
  const { description, kind, name, type, url } = attachment
  const label = description ?? name
  return (
    <figure class="attached">
      {(kind === 'audio' || kind === 'video') && <Played attachment={attachment} kind={kind} />}
      <figcaption>
        <Clip />{' '}
        <FreshLink href={`${door}${url}`} isDownload={type !== 'application/pdf'}>
          {name}
        </FreshLink>{' '}
        <span class="quiet">{bytes(attachment.bytes)}</span>
        {label !== name && <span class="attached__said"> {label}</span>}
      </figcaption>
    </figure>
  )
}

interface PlayedProps {
  readonly attachment: Attachment
  readonly kind: 'audio' | 'video'
}

/** The browser asks for the ranges that it plays. */
function Played({ attachment, kind: Element }: PlayedProps) {
  const { address, again, isBroken } = useOwnAddress(attachment.url)
  const { texts } = useDweetWords()
  if (isBroken) return <p class="quiet">{texts.attach.broken}</p>
  return (
    <Element
      class="attached__player"
      src={address}
      aria-label={attachment.description ?? attachment.name}
      controls
      preload="none"
      onError={again}
    />
  )
}
