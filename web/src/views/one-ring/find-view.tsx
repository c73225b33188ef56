/** What the one search found, by kind. */
import { useMemo } from 'preact/hooks'

import type { FoundGroup } from '../../../../src/wire/api-find.ts'
import { FindClient } from '../../api/find.ts'
import { may } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Frame } from '../accounts/frame.tsx'
import { LoadTrouble, Outcome } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { useRest } from '../paged-list.tsx'
import { FoundDweet } from './found-dweet.tsx'
import { FoundFile } from './found-file.tsx'
import { FoundPage } from './found-page.tsx'
import { FoundShare } from './found-share.tsx'
import { useOneRingWords, type OneRingWords } from './one-ring-words.ts'

import '../../styles/found.css'
import '../../styles/one-ring.css'

export function FindView() {
  const session = useSession()
  const { q = '' } = useCell(session.view)
  const who = useCell(session.account.who)
  const words = useOneRingWords()
  if (words === undefined) return null
  const { hint, title } = words.own.find
  return (
    <Frame name="find" title={q === '' ? title : `${title}: ${q}`} hint={hint}>
      {isAddress(q) && may(who, 'pages.scrape') && (
        <p>
          <button type="button" class="button" onClick={() => session.openFromView(q)}>
            {words.own.find.open(q)}
          </button>
        </p>
      )}
      {q !== '' && <Findings key={q} q={q} words={words} />}
    </Frame>
  )
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text)
}

interface FindingsProps {
  readonly q: string
  readonly words: OneRingWords
}

function Findings({ q, words }: FindingsProps) {
  const session = useSession()
  const find = useMemo(() => new FindClient(session.client), [])
  const { again, trouble, value } = useLoaded(() => find.find(q), q)
  const texts = words.own.find
  const groups = value?.groups ?? []
  const isNone = groups.every(({ items, problem }) => items.length === 0 && problem === undefined)
  const counts = groups.map((group) => texts.group(texts.kinds[group.kind], countOf(group, words)))
  return (
    <div class="findings" aria-busy={value === undefined && trouble === undefined}>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      <p class={isNone ? 'note' : 'unseen'} role="status">
        {value === undefined ? '' : isNone ? texts.none(q) : texts.told(counts.join('; '))}
      </p>
      {value === undefined && trouble === undefined && (
        <p class="quiet">{words.texts.accounts.loading}</p>
      )}
      {groups
        .filter(({ items, problem }) => items.length > 0 || problem !== undefined)
        .map((group) => (
          <Group
            key={group.kind}
            group={group}
            q={q}
            find={find}
            words={words}
            isWhole={value?.incomplete.includes(group.kind) !== true}
          />
        ))}
      {isNone && (value?.incomplete.length ?? 0) > 0 && <p class="note">{texts.incomplete}</p>}
    </div>
  )
}

/** How many there are, as far as is known. */
function countOf({ cursor, found, items }: FoundGroup, { number, own }: OneRingWords): string {
  if (found !== undefined && found > items.length) return number(found)
  return cursor === undefined ? number(items.length) : own.find.over(number(items.length))
}

interface GroupProps extends FindingsProps {
  readonly group: FoundGroup
  readonly find: FindClient
  readonly isWhole: boolean
}

function Group({ find, group, isWhole, q, words }: GroupProps) {
  const { kind, problem } = group
  const texts = words.own.find
  const rest = useRest<Item>(async (cursor) => {
    const { groups } = await find.more(q, { kind, cursor })
    const next = groups.find((one) => one.kind === kind)
    return { items: next?.items ?? [], cursor: next?.cursor }
  })
  const cursor = rest.read === undefined ? group.cursor : rest.read.cursor
  const all: readonly Item[] = [...group.items, ...(rest.read?.items ?? [])]
  const id = `found-${kind}`
  return (
    <section class="findings__group" aria-labelledby={id}>
      <h2 id={id} class="findings__head">
        {texts.kinds[kind]} <span class="quiet">{countOf(group, words)}</span>
      </h2>
      {problem !== undefined && (
        <p class="outcome--trouble">
          {words.trouble({ code: problem.code, details: problem.details, text: problem.detail })}
        </p>
      )}
      <ol class="found__list">
        {all.map((item) => (
          <li key={`${item.id}`} class="found__item">
            <Found item={item} words={words} />
          </li>
        ))}
      </ol>
      {problem === undefined && !isWhole && <p class="note">{texts.incomplete}</p>}
      <Outcome trouble={rest.trouble} done={undefined} />
      {cursor !== undefined && (
        <button
          type="button"
          class="button button--small"
          aria-disabled={rest.isReading}
          onClick={() => rest.readOn(cursor)}
        >
          {texts.more(texts.kinds[kind])}
        </button>
      )}
    </section>
  )
}

type Item = FoundGroup['items'][number]

function Found({ item, words }: { readonly item: Item; readonly words: OneRingWords }) {
  if ('snippet' in item) return <FoundPage page={item} />
  if ('magnet' in item) return <FoundShare share={item} words={words} />
  if ('path' in item) return <FoundFile entry={item} words={words} />
  return <FoundDweet dweet={item} words={words} />
}
