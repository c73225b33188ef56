/** What a link leads to, as the ring was told. The browser asks the site when it is followed. */
import { useState } from 'preact/hooks'

import type { Preview } from '../../../../src/wire/api-dweets.ts'
import { hostOf } from '../../model/address.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { AttachedPicture } from './attached-picture.tsx'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'

export function PreviewCard({ preview }: { readonly preview: Preview }) {
  const { description, picture, site, title, url } = preview
  return (
    <div class="linked">
      <a class="linked__main" href={url} target="_blank" rel="noreferrer nofollow ugc">
        {picture !== undefined && (
          <AttachedPicture class="linked__picture" attachment={picture} alt="" />
        )}
        <span class="linked__texts">
          <span class="linked__site quiet">{site ?? hostOf(url)}</span>
          <strong class="linked__title" dir="auto">
            {title}
          </strong>
          {description !== undefined && (
            <span class="linked__about" dir="auto">
              {description}
            </span>
          )}
          {site !== undefined && <span class="linked__site quiet">{hostOf(url)}</span>}
        </span>
      </a>
      <KeptCopy url={url} />
    </div>
  )
}

/** Beside the live page, where the archive has one: nobody is asked before somebody wants it. */
function KeptCopy({ url }: { readonly url: string }) {
  const { attachments } = useDesk()
  const { texts } = useDweetWords()
  const door = useCell(useSession().door)
  const [isNone, setIsNone] = useState(false)
  const open = async (): Promise<void> => {
    const id = await attachments.keptPage(url)
    setIsNone(id === undefined)
    if (id !== undefined) window.open(`${door}/v1/pages/${id}/view`, '_blank', 'noreferrer')
  }
  return (
    <p class="linked__kept">
      <button type="button" class="link-button" onClick={() => void open()}>
        {texts.attach.kept}
      </button>{' '}
      <span class="quiet" role="status">
        {isNone && texts.attach.noneKept}
      </span>
    </p>
  )
}
