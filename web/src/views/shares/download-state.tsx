/** How a download stands, in a word and its colour. */
import type { Download } from '../../../../src/wire/api-shares.ts'
import { useShareWords } from './share-words.ts'

export function DownloadState({ state }: Pick<Download, 'state'>) {
  const { own } = useShareWords()
  return <span class={`crawl-state download-state--${state}`}>{own.download.states[state]}</span>
}

/** 0 to 1. */
export function shareOf({ bytes, receivedBytes, state }: Download): number {
  if (state === 'done') return 1
  return bytes === null || bytes === 0 ? 0 : Math.min(1, receivedBytes / bytes)
}
