/** What changed between two versions of a page: the text as people read it, or the source. */
import { useState } from 'preact/hooks'

import type { DiffHunk, DiffOf, PageDiff } from '../../../src/wire/api-pages.ts'
import type { Page } from '../model/told.ts'
import { numberedLines, type NumberedLine, type Pair } from '../model/versions.ts'
import { useSession } from '../state/session.ts'
import { useLoaded } from './hooks.ts'
import { useWords } from './words.ts'

const KINDS: readonly DiffOf[] = ['text', 'source']

interface DiffProps {
  readonly page: Page
  readonly pair: Pair
}

export function DiffView({ page, pair }: DiffProps) {
  const { texts } = useWords()
  const [of, setOf] = useState<DiffOf>('text')
  const words = texts.versions
  return (
    <section class="diff" aria-label={words.changes}>
      <div class="diff__head">
        <h3 class="label">{words.changes}</h3>
        <fieldset class="diff__of">
          <legend class="unseen">{words.of}</legend>
          {KINDS.map((kind) => (
            <label key={kind} class="diff__kind">
              <input
                type="radio"
                name="diff-of"
                checked={of === kind}
                onChange={() => setOf(kind)}
              />
              {words.kinds[kind]}
            </label>
          ))}
        </fieldset>
      </div>
      {pair.from === pair.to ? (
        <p class="note" role="status">
          {words.chooseTwo}
        </p>
      ) : (
        <Changes page={page} pair={pair} of={of} />
      )}
    </section>
  )
}

function Changes({ page, pair, of }: DiffProps & { readonly of: DiffOf }) {
  const { versions } = useSession()
  const words = useWords()
  const { texts } = words
  const key = `${page.id} ${pair.from} ${pair.to} ${of}`
  const { value, trouble } = useLoaded(() => versions.diff(page.id, { ...pair, of }), key)
  const told =
    trouble === undefined
      ? value === undefined
        ? texts.versions.comparing
        : summaryOf(value, texts.versions)
      : words.trouble(trouble)
  return (
    <>
      <p class={trouble === undefined ? 'quiet' : 'note--trouble'} role="status">
        {told}
      </p>
      {value !== undefined && value.hunks.length > 0 && (
        <div class="diff__view" role="region" aria-label={texts.versions.lines} tabIndex={0}>
          {value.hunks.map((hunk) => (
            <Hunk key={hunk.to} hunk={hunk} />
          ))}
        </div>
      )}
    </>
  )
}

function summaryOf(
  { added, from, of, removed, to }: PageDiff,
  words: ReturnType<typeof useWords>['texts']['versions'],
): string {
  const isSame = added === 0 && removed === 0
  const lines = isSame ? words.same[of] : words.changed({ added, removed })
  if (from.status === to.status) return lines
  return `${words.statusChanged({ from: from.status, to: to.status })} ${lines}`
}

function Hunk({ hunk }: { readonly hunk: DiffHunk }) {
  return (
    <ol class="diff__hunk">
      {numberedLines(hunk).map((numbered, index) => (
        <Line key={index} numbered={numbered} />
      ))}
    </ol>
  )
}

const SIGNS = { same: ' ', removed: '−', added: '+' } as const

function Line({ numbered }: { readonly numbered: NumberedLine }) {
  const { texts } = useWords()
  const { line, number } = numbered
  const parts = line.parts.map(({ isChanged, text }, index) =>
    isChanged === true ? <mark key={index}>{text}</mark> : text,
  )
  return (
    <li class={`diff__line diff__line--${line.kind}`}>
      <span class="diff__number" aria-hidden="true">
        {number}
      </span>
      <span class="diff__sign" aria-hidden="true">
        {SIGNS[line.kind]}
      </span>
      {line.kind !== 'same' && <span class="unseen">{texts.versions.line[line.kind]} </span>}
      <span class="diff__text">
        {line.kind === 'removed' ? (
          <del>{parts}</del>
        ) : line.kind === 'added' ? (
          <ins>{parts}</ins>
        ) : (
          parts
        )}
      </span>
    </li>
  )
}
