/** A dweet that was found: what is behind a warning stays there. */
import type { Dweet } from '../../../../src/wire/api-dweets.ts'
import { firstLinkIn } from '../../model/first-link.ts'
import { ViewLink } from '../accounts/parts.tsx'
import { ArchivedCopy } from './archived-copy.tsx'
import type { OneRingWords } from './one-ring-words.ts'

interface FoundDweetProps {
  readonly dweet: Dweet
  readonly words: OneRingWords
}

export function FoundDweet({ dweet, words }: FoundDweetProps) {
  const { author, createdAt, id, text, warning } = dweet
  const link = warning === undefined ? firstLinkIn(text) : undefined
  return (
    <>
      <p class="found__address">
        {author.name} @{author.nick} · <time dateTime={createdAt}>{words.minute(createdAt)}</time>
      </p>
      <ViewLink class="found__title found__words" view={{ name: 'dweets', at: id }}>
        {warning ?? (text === '' ? words.own.find.untitled : text)}
      </ViewLink>
      {link !== undefined && <ArchivedCopy url={link} />}
    </>
  )
}
