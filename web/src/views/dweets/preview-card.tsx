/** What a link leads to, as the ring was told. The browser asks the site when it is followed. */
import type { Preview } from '../../../../src/wire/api-dweets.ts'
import { hostOf } from '../../model/address.ts'
import { ArchivedCopy } from '../one-ring/archived-copy.tsx'
import { AttachedPicture } from './attached-picture.tsx'

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
      <ArchivedCopy url={url} />
    </div>
  )
}
