/** A share that was found: what everybody may have, from the ring’s plain door. */
import type { Share } from '../../../../src/wire/api-shares.ts'
import { DweetLink } from '../dweet-link.tsx'
import type { OneRingWords } from './one-ring-words.ts'

interface FoundShareProps {
  readonly share: Share
  readonly words: OneRingWords
}

export function FoundShare({ share, words }: FoundShareProps) {
  const { by, bytes, madeAt, magnet, name, urls } = share
  const url = urls[0] ?? magnet
  return (
    <>
      <a class="found__title" href={url} rel="noreferrer">
        {name}
      </a>
      <p class="found__address">
        @{by} · {words.bytes(bytes)} · <time dateTime={madeAt}>{words.minute(madeAt)}</time>
      </p>
      <DweetLink title={name} url={url} />
    </>
  )
}
