/** What one decides about all that one has: taken along, brought, how long it stays. */
import { useId, useRef, useState } from 'preact/hooks'

import { AnilloError } from '../../../../src/base/errors.ts'
import type { Retention } from '../../../../src/wire/api-own-data.ts'
import type { ImportTally } from '../../../../src/wire/dweet-archive/import-steps.ts'
import { EXPORT_PATH, OwnDataClient } from '../../api/own-data.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import { importArchive, type ImportProgress } from '../../dweets/import-archive.ts'
import { formatSeconds } from '../../model/format.ts'
import { useSession } from '../../state/session.ts'
import { Card, Confirm, Form, LoadTrouble, Outcome, Submit } from '../accounts/parts.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'
import { OwnSettings } from './own-settings.tsx'

export function SettingsPlace() {
  const { client: ring } = useSession()
  const { mayWrite } = useDesk()
  const client = useRef(new OwnDataClient(ring)).current
  return (
    <>
      <OwnSettings />
      <ExportCard door={ring.door} />
      {mayWrite && (
        <>
          <ImportCard client={client} />
          <RetentionCard client={client} />
          <ClearCard client={client} />
        </>
      )}
    </>
  )
}

interface WithClient {
  readonly client: OwnDataClient
}

function ExportCard({ door }: { readonly door: string }) {
  const words = useDweetWords().texts.own.export
  return (
    <Card title={words.title}>
      <p class="quiet">{words.hint}</p>
      <p>
        <FreshLink href={door + EXPORT_PATH} class="button" isDownload>
          {words.submit}
        </FreshLink>
      </p>
    </Card>
  )
}

interface Going extends ImportProgress {
  readonly sinceMs: number
}

function ImportCard({ client }: WithClient) {
  const { nick } = useDesk()
  const words = useDweetWords().texts.own.import
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [isEmpty, setIsEmpty] = useState(false)
  const [going, setGoing] = useState<Going | undefined>(undefined)
  const [tally, setTally] = useState<ImportTally | undefined>(undefined)
  const { isRunning, run, trouble } = useDoing<undefined>()
  const submit = (byNick: boolean): void => {
    const file = input.current?.files?.[0]
    setIsEmpty(file === undefined)
    if (file === undefined) return
    const sinceMs = performance.now()
    setTally(undefined)
    run(async () => {
      try {
        const send = client.import.bind(client)
        const onProgress = (progress: ImportProgress): void => setGoing({ ...progress, sinceMs })
        setTally(await importArchive(file, { nick, byNick, send, onProgress }).catch(asTrouble))
      } finally {
        setGoing(undefined)
      }
      return undefined
    })
  }
  return (
    <Card title={words.title}>
      <Form label={words.title} onSubmit={(fields) => submit(fields('byNick') !== '')}>
        <div class="labelled">
          <label class="label" for={id}>
            {words.file}
          </label>
          <input
            ref={input}
            id={id}
            class="field"
            type="file"
            name="archive"
            accept=".zip,.csv"
            aria-describedby={`${id}-hint`}
            aria-invalid={isEmpty}
          />
          <p id={`${id}-hint`} class="labelled__hint">
            {words.hint}
          </p>
        </div>
        <label class="settings__check">
          <input type="checkbox" name="byNick" value="yes" /> {words.byNick}
        </label>
        <div class="actions">
          <Submit label={words.submit} isRunning={isRunning} />
        </div>
      </Form>
      {going !== undefined && <ImportGoing going={going} />}
      <div role="status">
        {isEmpty && <p class="outcome--trouble">{words.empty}</p>}
        {tally !== undefined && <Imported tally={tally} />}
        {trouble !== undefined && <p>{words.again}</p>}
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </Card>
  )
}

/** What is wrong with the file, as what is wrong with the ring is told. */
function asTrouble(thrown: unknown): never {
  throw thrown instanceof AnilloError
    ? new RingTrouble({ code: thrown.code, details: thrown.details, text: thrown.message })
    : thrown
}

function ImportGoing({ going }: { readonly going: Going }) {
  const { number, texts } = useDweetWords()
  const words = texts.own.import
  const { done, sinceMs, tally, total } = going
  const passedMs = performance.now() - sinceMs
  const leftMs = done === 0 ? 0 : (passedMs * Math.max(0, total - done)) / done
  const count = countOf(tally) + tally.there + tally.skippedCount
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))
  return (
    <div>
      <progress class="bar" max={Math.max(1, total)} value={done} aria-label={words.title} />
      <p class="quiet">
        {words.going(percent, number(count))}
        {leftMs > 0 && `, ${words.left(formatSeconds(Math.ceil(leftMs / 1_000)))}`}
      </p>
    </div>
  )
}

function countOf({ imported }: ImportTally): number {
  return Object.values(imported).reduce((sum, count) => sum + count, 0)
}

function Imported({ tally }: { readonly tally: ImportTally }) {
  const words = useDweetWords().texts.own.import
  const byWhy = [...Map.groupBy(tally.skipped, ({ why }) => why)]
  return (
    <>
      <p class="outcome--done">{words.done(countOf(tally), tally.there)}</p>
      {tally.skippedCount > 0 && (
        <>
          <p>{words.skipped(tally.skippedCount)}</p>
          <ul>
            {byWhy.map(([why, some]) => (
              <li key={why}>
                {some.length} {words.why[why]}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function RetentionCard({ client }: WithClient) {
  const words = useDweetWords().texts.own.retention
  const { loading } = useWords().texts.accounts
  const { again, trouble, value } = useLoaded(() => client.retention(), 'retention')
  return (
    <Card title={words.title}>
      <p class="quiet">{words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {trouble === undefined && value === undefined && <p class="quiet">{loading}</p>}
      {value !== undefined && <RetentionForm client={client} retention={value} />}
    </Card>
  )
}

const DAYS = [7, 14, 30, 60, 90, 180, 365, 730] as const
const LEAST = [1, 5, 10, 25, 100] as const

interface RetentionFormProps extends WithClient {
  readonly retention: Retention | null
}

function RetentionForm({ client, retention }: RetentionFormProps) {
  const { told } = useDesk()
  const words = useDweetWords().texts.own.retention
  const { isRunning, run, trouble } = useDoing<undefined>()
  const own = retention?.afterDays
  const days = own === undefined || DAYS.some((one) => one === own) ? DAYS : [own, ...DAYS]
  return (
    <Form
      label={words.title}
      onSubmit={(fields) =>
        run(async () => {
          await client.retain(retentionIn(fields))
          told.set(words.saved)
          return undefined
        })
      }
    >
      <Choice name="after" label={words.after} value={own} none={words.never} choices={days}>
        {words.days}
      </Choice>
      <label class="settings__check">
        <input
          type="checkbox"
          name="liked"
          value="yes"
          defaultChecked={retention?.keepLiked ?? false}
        />{' '}
        {words.keepLiked}
      </label>
      <label class="settings__check">
        <input
          type="checkbox"
          name="bookmarked"
          value="yes"
          defaultChecked={retention?.keepBookmarked ?? true}
        />{' '}
        {words.keepBookmarked}
      </label>
      <Choice name="likes" label={words.keepLikes} value={retention?.keepLikes} choices={LEAST} />
      <Choice
        name="redweets"
        label={words.keepRedweets}
        value={retention?.keepRedweets}
        choices={LEAST}
      />
      <div class="actions">
        <Submit label={words.save} isRunning={isRunning} />
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </Form>
  )
}

function retentionIn(fields: (name: string) => string): Retention | null {
  const number = (name: string): number | undefined =>
    fields(name) === '' ? undefined : Number(fields(name))
  const [afterDays, keepLikes, keepRedweets] = [
    number('after'),
    number('likes'),
    number('redweets'),
  ]
  if (afterDays === undefined) return null
  return {
    afterDays,
    keepLiked: fields('liked') !== '',
    keepBookmarked: fields('bookmarked') !== '',
    ...(keepLikes === undefined ? {} : { keepLikes }),
    ...(keepRedweets === undefined ? {} : { keepRedweets }),
  }
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly value: number | undefined
  readonly choices: readonly number[]
  readonly none?: string
  readonly children?: (count: number) => string
}

function Choice({ children, choices, label, name, none = '–', value }: ChoiceProps) {
  const id = useId()
  const all = value === undefined || choices.includes(value) ? choices : [value, ...choices]
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {label}
      </label>
      <select id={id} class="field" name={name} defaultValue={String(value ?? '')}>
        <option value="">{none}</option>
        {all.map((count) => (
          <option key={count} value={String(count)} selected={count === value}>
            {children?.(count) ?? count}
          </option>
        ))}
      </select>
    </div>
  )
}

function ClearCard({ client }: WithClient) {
  const { nick, told } = useDesk()
  const words = useDweetWords().texts.own.clear
  const { isRunning, run, trouble } = useDoing<undefined>()
  const clear = (): void =>
    run(async () => {
      await client.clear(nick)
      told.set(words.done)
      return undefined
    })
  return (
    <Card title={words.title}>
      <p class="quiet">{words.hint}</p>
      <Confirm
        label={words.submit}
        question={words.asked}
        isRunning={isRunning}
        onConfirm={clear}
      />
      <Outcome trouble={trouble} done={undefined} />
    </Card>
  )
}
