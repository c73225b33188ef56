/** What stands under a name in the open network: contents apart, one of them to be chosen. */
import type { NewDownload, ShareContent, ShareLookup } from '../../../../src/wire/api-shares.ts'
import { may } from '../../model/accounts.ts'
import { wantedOf } from '../../model/share-place.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Form, LoadTrouble, Outcome, Submit, TextField } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { ProvidersTable } from './outside-card.tsx'
import { ShareLink, shareViewOf } from './share-link.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'

/** @param name empty: none was typed so far */
export function LookupPlace({ name }: { readonly name: string }) {
  const session = useSession()
  const { own } = useShareWords()
  const words = own.lookup
  const find = (typed: string): void => {
    const wanted = wantedOf(typed)
    if (wanted.kind === 'root') session.go(shareViewOf({ kind: 'share', id: wanted.root }))
    else {
      const looked = wanted.kind === 'name' ? wanted.name : typed.trim()
      session.go(shareViewOf({ kind: 'lookup', name: looked }))
    }
  }
  return (
    <div class="shares__list">
      <search class="share-form">
        <Form key={name} label={words.title} onSubmit={(fields) => find(fields('name'))}>
          <TextField
            name="name"
            label={words.field}
            autocomplete="off"
            value={name}
            hasFocus={name === ''}
          />
          <div class="actions">
            <Submit label={words.submit} isRunning={false} isMain />
          </div>
        </Form>
      </search>
      {name !== '' && <Found key={name} name={name} />}
    </div>
  )
}

function Found({ name }: { readonly name: string }) {
  const shares = useShares()
  const { number, own } = useShareWords()
  const words = own.lookup
  const { again, trouble, value } = useLoaded(() => shares.lookup(name), name)
  const count = value?.contents.length ?? 0
  return (
    <section class="shares__list" aria-busy={value === undefined && trouble === undefined}>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      <p role="status">
        {value === undefined
          ? trouble === undefined && words.looking(name)
          : count === 0
            ? words.none(name)
            : words.told(name, number(count), count === 1)}
      </p>
      {count > 1 && <p class="note">{words.several}</p>}
      {value !== undefined && <Contents lookup={value} />}
    </section>
  )
}

function Contents({ lookup }: { readonly lookup: ShareLookup }) {
  const { own } = useShareWords()
  const words = own.lookup
  return (
    <>
      <ol class="contents">
        {lookup.contents.map((content, index) => (
          <li key={content.root ?? content.providers[0]?.url ?? index} class="card panel">
            <Content content={content} name={lookup.name} at={index + 1} />
          </li>
        ))}
      </ol>
      {lookup.texts.length > 0 && (
        <section class="card panel">
          <h2 class="panel__title">{words.texts}</h2>
          <p class="quiet panel__hint">{words.textsHint}</p>
          <ul class="shares__urls">
            {lookup.texts.map((text) => (
              <li key={text} class="breakable">
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

interface ContentProps {
  readonly content: ShareContent
  readonly name: string
  /** Counted from one. */
  readonly at: number
}

function Content({ at, content, name }: ContentProps) {
  const { bytes, number, own } = useShareWords()
  const words = own.lookup
  const { providers, publishers, root } = content
  const title = words.content(number(at))
  const facts = [
    content.bytes === null ? words.sizeUnknown : bytes(content.bytes),
    ...(root === null
      ? []
      : [words.publishers(number(publishers.length), publishers.length === 1)]),
    words.providers(number(providers.length), providers.length === 1),
  ]
  return (
    <>
      <h2 class="panel__title">
        {title}
        {root === null && <span class="badge shares__unproven">{words.unproven}</span>}
      </h2>
      <p class="crawl__facts">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {root === null ? (
        <p class="shares__unproven">{words.unprovenHint}</p>
      ) : (
        <p class="panel__hint quiet breakable">
          {words.root} <code>{root}</code>
        </p>
      )}
      {content.share !== undefined && (
        <p>
          {words.own}{' '}
          <ShareLink place={{ kind: 'share', id: content.share }}>{words.toOwn}</ShareLink>
        </p>
      )}
      <Have ask={askOf(name, content)} title={title} />
      {providers.length > 0 && <ProvidersTable providers={providers} ownUrls={[]} />}
    </>
  )
}

function askOf(name: string, { providers, root }: ShareContent): NewDownload {
  const [first] = providers
  if (root !== null) return { name, root }
  return first === undefined ? { name } : { name, url: first.url }
}

function Have({ ask, title }: { readonly ask: NewDownload; readonly title: string }) {
  const session = useSession()
  const shares = useShares()
  const { own } = useShareWords()
  const who = useCell(session.account.who)
  const beginning = useDoing<never>()
  if (!may(who, 'shares.write')) return null
  const begin = (): void =>
    beginning.run(async () => {
      const { id } = await shares.download(ask)
      session.go(shareViewOf({ kind: 'download', id }))
      return undefined
    })
  return (
    <>
      <button
        type="button"
        class="button button--main"
        aria-label={own.lookup.downloadOf(title)}
        aria-disabled={beginning.isRunning}
        onClick={begin}
      >
        {own.lookup.download}
      </button>
      <Outcome trouble={beginning.trouble} done={undefined} />
    </>
  )
}
