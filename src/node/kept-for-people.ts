/** Files, and previews of links: services that one member’s parts make up together. */
import { KIB } from '../base/limits.ts'
import type { Effects } from '../effects/effects.ts'
import { Previewer, type PreviewerParts } from '../services/dweets/previews/previewer.ts'
import { createFileService, type FileService } from '../services/files/file-service.ts'
import { WebView } from '../services/files/views/web.ts'
import type { PageService } from '../services/scrape/pages/page-service.ts'
import { SiteArchive } from '../services/scrape/sites/site-archive.ts'
import type { MemberParts } from './member-parts.ts'
import type { MemberStore } from './store/member-store.ts'

interface Ring {
  readonly pages: PageService
  readonly store: MemberStore
}

/** The archive of pages is a part of the tree. */
export function filesOf(
  effects: Effects,
  { downloadKib, uploadKib }: MemberParts['settings'],
  { pages, store: { host: held, store } }: Pick<Ring, 'store' | 'pages'>,
): FileService {
  const web = new WebView(new SiteArchive(store, pages.archive), effects.clock)
  // 0: no limit.
  const perSecond = (kib: number): number | undefined => (kib === 0 ? undefined : kib * KIB)
  const rates = { up: perSecond(uploadKib), down: perSecond(downloadKib) }
  return createFileService({ effects, store, held, rates, views: [web] })
}

/** Of links in dweets; `undefined`: sites are not asked. */
export function previewsOf(
  effects: Effects,
  { dweetPreviews }: MemberParts['settings'],
  {
    store: { host: held, store },
    ...tools
  }: Pick<Ring, 'store'> & Pick<PreviewerParts, 'bytes' | 'glance'>,
): Previewer | undefined {
  return dweetPreviews === 'off' ? undefined : new Previewer({ effects, store, held, ...tools })
}
