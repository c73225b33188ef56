import type { Page } from '../../../src/wire/api.ts'
import { selfOf } from '../model/route.ts'
import { useCell } from '../state/cell.ts'
import { useSession } from '../state/session.ts'
import { useWords } from './words.ts'

/**
 * Kinds that the replay door shows; it offers the others for saving, which a sandboxed frame
 * refuses.
 */
const SHOWN =
  /^(text\/(html|plain|css|csv|xml|markdown)|application\/(xhtml\+xml|json|xml)|image\/)/i

/**
 * The page as downloaded, on the replay door's own origin and in a sandbox without any allowance:
 * it runs nothing, sends nothing, and shares nothing with this page.
 */
export function PageFrame({ page }: { readonly page: Page }) {
  const session = useSession()
  const { texts } = useWords()
  const door = useCell(session.door)
  const ring = useCell(session.ring)
  const member = ring?.members.find((one) => one.url === door) ?? (ring && selfOf(ring))
  const type = page.contentType.split(';')[0] ?? ''
  if (page.bytes === 0) return <p class="note">{texts.result.empty}</p>
  if (type !== '' && !SHOWN.test(type)) return <p class="note">{texts.result.notShown(type)}</p>
  if (member === undefined) return <p class="note">{texts.ring.waitingForRing}</p>
  const address = `${member.replayUrl}/page/${page.id}`
  return (
    <div class="frame">
      <iframe
        key={page.fetchedAt}
        class="frame__page"
        sandbox=""
        referrerPolicy="no-referrer"
        src={address}
        title={texts.result.frame(page.title ?? page.finalUrl)}
      />
      <p class="frame__note">
        <span>{texts.result.safe}</span>
        <a href={address} target="_blank" rel="noreferrer">
          {texts.result.open}
        </a>
      </p>
    </div>
  )
}
