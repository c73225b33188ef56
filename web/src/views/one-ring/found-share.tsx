/** A share that was found: its view, and the ring’s plain door, from which everybody has it. */
import type { Share } from '../../../../src/wire/api-shares.ts'
import { ViewLink } from '../accounts/parts.tsx'
import { DweetLink } from '../dweet-link.tsx'
import { shareViewOf } from '../shares/share-link.tsx'
import type { OneRingWords } from './one-ring-words.ts'

interface FoundShareProps {
  readonly share: Share
  readonly words: OneRingWords
}

export function FoundShare({ share, words }: FoundShareProps) {
  const { by, bytes, id, madeAt, magnet, name, urls } = share
  const url = urls[0] ?? magnet
  return (
    <>
      <ViewLink class="found__title" view={shareViewOf({ kind: 'share', id })}>
        {name}
      </ViewLink>
      <p class="found__address">
        @{by} · {words.bytes(bytes)} · <time dateTime={madeAt}>{words.minute(madeAt)}</time>
      </p>
      <a class="found__door" href={url} rel="noreferrer">
        {words.own.find.door}
      </a>{' '}
      <DweetLink title={name} url={url} />
    </>
  )
}
