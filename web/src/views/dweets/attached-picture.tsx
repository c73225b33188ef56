/** A picture of a dweet. Its element asks by itself, with a token that may be minutes old. */
import { useState } from 'preact/hooks'

import type { Attachment } from '../../../../src/wire/api-attachments.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { useDweetWords } from './dweet-words.ts'

interface PictureProps {
  readonly attachment: Attachment
  /** Empty: it says nothing that does not stand beside it. */
  readonly alt: string
  readonly class?: string
}

/** A log-in that was too old, and another member that answers. */
const TRIES_MAX = 3

export function AttachedPicture({ alt, attachment, class: name }: PictureProps) {
  const { texts } = useDweetWords()
  const { again, address, isBroken } = useOwnAddress(attachment.url)
  if (isBroken) return <span class="quiet">{alt === '' ? texts.attach.broken : alt}</span>
  return (
    <img
      class={name}
      src={address}
      alt={alt}
      width={attachment.width}
      height={attachment.height}
      loading="lazy"
      decoding="async"
      onError={again}
    />
  )
}

/** Of bytes at whichever member answers; after a failure it is another one, or asked for anew. */
export function useOwnAddress(url: string) {
  const { account, door: doorCell } = useSession()
  const door = useCell(doorCell)
  const [tries, setTries] = useState(1)
  const again = (): void => {
    const askAnew = (): void => setTries((before) => before + 1)
    account.find().then(askAnew, askAnew)
  }
  const address = `${door}${url}${tries === 1 ? '' : `?try=${tries}`}`
  return { address, again, isBroken: tries > TRIES_MAX }
}
