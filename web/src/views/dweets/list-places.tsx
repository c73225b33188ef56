/** Lists: of everybody, of a tag, of bookmarks, of what was looked for. */
import { useEffect, useRef } from 'preact/hooks'

import { placeOfTyped } from '../../model/dweet-place.ts'
import { useSession } from '../../state/session.ts'
import { Form, TextField } from '../accounts/parts.tsx'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'
import { PagedFeed } from './feed.tsx'
import { viewOf } from './place-link.tsx'

interface ListPlaceProps {
  readonly label: string
  /** As the API calls it. */
  readonly list: string
  readonly none: string
}

export function ListPlace({ label, list, none }: ListPlaceProps) {
  const { client } = useDesk()
  return (
    <PagedFeed
      label={label}
      of={list}
      load={(cursor) => client.list(list, undefined, cursor)}
      none={none}
    />
  )
}

export function SearchPlace({ words }: { readonly words: string }) {
  const session = useSession()
  const { client } = useDesk()
  const { texts } = useDweetWords()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (words === '') place.current?.querySelector('input')?.focus()
  }, [])
  return (
    <>
      <div ref={place} role="search">
        <Form
          label={texts.search.submit}
          onSubmit={(fields) => session.go(viewOf(placeOfTyped(fields('words'))))}
        >
          <TextField
            name="words"
            label={texts.search.label}
            hint={texts.search.hint}
            value={words}
            autocomplete="off"
          />
          <div class="actions">
            <button type="submit" class="button">
              {texts.search.submit}
            </button>
          </div>
        </Form>
      </div>
      {words !== '' && (
        <PagedFeed
          label={texts.search.results(words)}
          of={words}
          load={(cursor) => client.list('search', words, cursor)}
          none={texts.list.noneFound}
        />
      )}
    </>
  )
}
