/**
 * Records of one home: looked at, written, deleted. Each write bears the ETag of what was seen, so
 * that nobody's change is written over unseen.
 */
import { useState } from 'preact/hooks'

import { RingTrouble } from '../api/ring-client.ts'
import {
  hasMore,
  listFromPathOf,
  pathOf,
  readRows,
  writePathOf,
  type Home,
  type RecordRow,
} from '../model/records.ts'
import { useSession } from '../state/session.ts'
import type { Trouble } from '../texts/texts.ts'
import { useWords } from './words.ts'

/** As many as a person reads; the rest is told of. */
const ROWS_MAX = 100

interface Listing {
  readonly home: Home
  readonly rows: readonly RecordRow[]
  readonly isCut: boolean
}

/** What is written: over a record that was seen, or a new one. */
interface Draft {
  readonly sk: string
  readonly text: string
  readonly seen: RecordRow | undefined
}

const BLANK: Draft = { sk: '', text: '', seen: undefined }

interface Outcome {
  readonly trouble?: Trouble
  /** Somebody else wrote in between; their record, if there is one still. */
  readonly conflict?: { readonly theirs: RecordRow | undefined }
  readonly done?: 'written' | 'deleted'
}

/** What the browser of records knows and does. */
function useRecords() {
  const { client } = useSession()
  const [listing, setListing] = useState<Listing | undefined>(undefined)
  const [draft, setDraft] = useState(BLANK)
  const [outcome, setOutcome] = useState<Outcome>({})

  const list = async (home: Home): Promise<void> => {
    const answer = await client.json({ path: `${pathOf(home)}?limit=${ROWS_MAX}` })
    setListing({ home, rows: readRows(answer), isCut: hasMore(answer) })
  }
  const show = async (home: Home): Promise<void> => {
    setDraft(BLANK)
    try {
      await list(home)
      setOutcome({})
    } catch (thrown) {
      setOutcome(troubleOf(thrown))
    }
  }
  const change = async (home: Home, method: 'PUT' | 'DELETE', wanted: Draft): Promise<void> => {
    const { sk, text, seen } = wanted
    try {
      await client.open({
        path: method === 'PUT' ? writePathOf(home, wanted, Date.now()) : pathOf(home, sk),
        method,
        headers: seen === undefined ? { 'if-none-match': '*' } : { 'if-match': seen.etag },
        ...(method === 'PUT' ? { text } : {}),
      })
      await list(home)
      setDraft(BLANK)
      setOutcome({ done: method === 'PUT' ? 'written' : 'deleted' })
    } catch (thrown) {
      const isConflict = thrown instanceof RingTrouble && thrown.code === 'CONDITION_FAILED'
      if (isConflict) await lookAgain(home, sk)
      else setOutcome(troubleOf(thrown))
    }
  }
  /** It may stand behind those that are listed. */
  const lookAgain = async (home: Home, sk: string): Promise<void> => {
    try {
      await list(home)
      const rows = readRows(await client.json({ path: listFromPathOf(home, sk) }))
      setOutcome({ conflict: { theirs: rows.find((row) => row.sk === sk) } })
    } catch (thrown) {
      setOutcome(troubleOf(thrown))
    }
  }
  const choose = (row: RecordRow | undefined): void => {
    setDraft(row === undefined ? BLANK : { sk: row.sk, text: row.text ?? '', seen: row })
    setOutcome({})
  }
  return { listing, draft, outcome, show, change, choose, setDraft }
}

/** @param mayWrite else they are looked at only */
export function RecordsView({ mayWrite }: { readonly mayWrite: boolean }) {
  const { texts } = useWords()
  const { listing, draft, outcome, show, change, choose, setDraft } = useRecords()
  return (
    <div class="records">
      <HomeForm onShow={(home) => void show(home)} />
      {listing !== undefined && (
        <>
          <RecordsTable listing={listing} onChoose={mayWrite ? choose : undefined} />
          {mayWrite && (
            <DraftForm
              draft={draft}
              onDraft={setDraft}
              onChange={(method) => void change(listing.home, method, draft)}
            />
          )}
        </>
      )}
      <OutcomeLine
        outcome={outcome}
        onTakeTheirs={choose}
        onInsist={(theirs) => {
          if (listing !== undefined) void change(listing.home, 'PUT', { ...draft, seen: theirs })
        }}
      />
      {mayWrite && <p class="quiet records__hint">{texts.store.records.hint}</p>}
    </div>
  )
}

function troubleOf(thrown: unknown): Outcome {
  if (thrown instanceof RingTrouble) return { trouble: thrown }
  throw thrown
}

function HomeForm({ onShow }: { readonly onShow: (home: Home) => void }) {
  const { texts } = useWords()
  const words = texts.store.records
  const [home, setHome] = useState<Home>({ table: '', pk: '' })
  const submit = (event: Event): void => {
    event.preventDefault()
    onShow(home)
  }
  return (
    <form class="records__form" onSubmit={submit}>
      <Field
        label={words.table}
        value={home.table}
        onValue={(table) => setHome({ ...home, table })}
      />
      <Field label={words.pk} value={home.pk} onValue={(pk) => setHome({ ...home, pk })} />
      <button type="submit" class="button">
        {words.show}
      </button>
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly isFixed?: boolean
  readonly onValue: (value: string) => void
}

function Field({ label, value, isFixed = false, onValue }: FieldProps) {
  return (
    <label class="records__field">
      <span class="label">{label}</span>
      <input
        class="field"
        type="text"
        required
        autocomplete="off"
        spellcheck={false}
        value={value}
        readOnly={isFixed}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  )
}

interface RecordsTableProps {
  readonly listing: Listing
  /** `undefined`: they cannot be changed by who looks. */
  readonly onChoose: ((row: RecordRow) => void) | undefined
}

function RecordsTable({ listing, onChoose }: RecordsTableProps) {
  const { texts, bytes, instant } = useWords()
  const words = texts.store.records
  if (listing.rows.length === 0) return <p class="note">{words.none}</p>
  return (
    <div class="scroll roster__scroll" role="region" aria-label={words.list} tabIndex={0}>
      <table class="table" id="records">
        <caption class="unseen">{words.list}</caption>
        <thead>
          <tr>
            <th scope="col">{words.sk}</th>
            <th scope="col">{words.value}</th>
            <th scope="col">{words.etag}</th>
          </tr>
        </thead>
        <tbody>
          {listing.rows.map((row) => (
            <tr key={row.sk}>
              <th scope="row">
                {onChoose === undefined ? (
                  row.sk
                ) : (
                  <button type="button" class="link-button" onClick={() => onChoose(row)}>
                    {row.sk}
                  </button>
                )}
              </th>
              <td class="records__value">
                {row.text ?? words.noText(bytes(row.bytes))}
                {row.expiresAt !== undefined && (
                  <span class="quiet"> {words.ends(instant(row.expiresAt))}</span>
                )}
              </td>
              <td>
                <code>{row.etag}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {listing.isCut && <p class="note">{words.cut(ROWS_MAX)}</p>}
    </div>
  )
}

interface DraftFormProps {
  readonly draft: Draft
  readonly onDraft: (draft: Draft) => void
  readonly onChange: (method: 'PUT' | 'DELETE') => void
}

function DraftForm({ draft, onDraft, onChange }: DraftFormProps) {
  const { texts, bytes } = useWords()
  const words = texts.store.records
  const { sk, text, seen } = draft
  // What cannot be shown would be written over unseen.
  const isText = seen === undefined || seen.text !== undefined
  const submit = (event: Event): void => {
    event.preventDefault()
    onChange('PUT')
  }
  return (
    <form class="records__form" onSubmit={submit}>
      <Field
        label={words.sk}
        value={sk}
        isFixed={seen !== undefined}
        onValue={(value) => onDraft({ ...draft, sk: value })}
      />
      <label class="records__field records__field--wide">
        <span class="label">{words.value}</span>
        <textarea
          class="field"
          rows={3}
          value={isText ? text : words.noText(bytes(seen.bytes))}
          readOnly={!isText}
          onInput={(event) => onDraft({ ...draft, text: event.currentTarget.value })}
        />
      </label>
      {isText && (
        <button type="submit" class="button">
          {seen === undefined ? words.add : words.save}
        </button>
      )}
      {seen !== undefined && (
        <>
          <button type="button" class="button" onClick={() => onChange('DELETE')}>
            {words.remove}
          </button>
          <button type="button" class="button" onClick={() => onDraft(BLANK)}>
            {words.another}
          </button>
        </>
      )}
    </form>
  )
}

interface OutcomeLineProps {
  readonly outcome: Outcome
  readonly onTakeTheirs: (theirs: RecordRow | undefined) => void
  readonly onInsist: (theirs: RecordRow | undefined) => void
}

function OutcomeLine({ outcome, onTakeTheirs, onInsist }: OutcomeLineProps) {
  const { texts, trouble } = useWords()
  const words = texts.store.records
  const { conflict, done } = outcome
  return (
    <div class="records__outcome" role="status">
      {outcome.trouble !== undefined && <p class="hint--trouble">{trouble(outcome.trouble)}</p>}
      {done !== undefined && <p>{words.done[done]}</p>}
      {conflict !== undefined && (
        <>
          <p class="hint--trouble">
            {conflict.theirs === undefined ? words.gone : words.changed(conflict.theirs.etag)}
          </p>
          <div class="actions">
            <button type="button" class="button" onClick={() => onTakeTheirs(conflict.theirs)}>
              {words.takeTheirs}
            </button>
            <button type="button" class="button" onClick={() => onInsist(conflict.theirs)}>
              {words.insist}
            </button>
          </div>
        </>
      )}
    </div>
  )
}
