/** Pages of a crawl, drawn at its pace, and the links of what came of them. */
import type { Page } from '../../../wire/api.ts'
import type { RenderPace, RenderReply } from '../../../wire/renders.ts'
import type { DrawnLinks, PageDrawer } from '../crawl/visit.ts'
import { findLinks } from '../links/links-to-follow.ts'
import type { KeptRender } from './render-table.ts'

export interface DrawnLinksTools {
  /** To its end. */
  readonly draw: (page: Page, pace: RenderPace, signal: AbortSignal) => Promise<RenderReply>
  readonly of: (page: Page) => Promise<KeptRender | undefined>
}

export function pageDrawer({ draw, of }: DrawnLinksTools): PageDrawer {
  return {
    async drawn(page, pace, signal): Promise<DrawnLinks> {
      const { failure } = await draw(page, pace, signal)
      if (failure !== undefined) return { code: failure.code, links: [] }
      const kept = await of(page)
      // It was replaced meanwhile: whoever did so has its links.
      if (kept === undefined) return { links: [] }
      const facts = { ...page, contentType: 'text/html', charset: 'utf-8' }
      return { links: await findLinks(facts, kept.html()) }
    },
  }
}
