import type { Crawl } from '../../../../src/wire/api-crawls.ts'
import { useWords } from '../words.ts'

export function CrawlStateWord({ state }: { readonly state: Crawl['state'] }) {
  const { texts } = useWords()
  return <span class={`crawl-state crawl-state--${state}`}>{texts.crawls.states[state]}</span>
}
