/** Keys that let programs in: made, shown once, removed. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

import { KEY_DAYS_DEFAULT } from '../../../../src/wire/account-texts.ts'
import type { AccessKey, MadeAccessKey, Me } from '../../../../src/wire/api-accounts.ts'
import type { Permission } from '../../../../src/wire/permissions.ts'
import { keyMay, toggled } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useGuestMay, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import {
  Card,
  Confirm,
  Form,
  LoadTrouble,
  Outcome,
  Submit,
  TextField,
  type Fields,
} from './parts.tsx'

interface KeysCardProps {
  readonly nick: string
  /** Whose account it is: a key can have no more than it. */
  readonly me: Pick<Me, 'permissions' | 'role'>
}

export function KeysCard({ nick, me }: KeysCardProps) {
  const { texts } = useWords()
  const words = texts.accounts
  const [made, setMade] = useState<MadeAccessKey | undefined>(undefined)
  return (
    <Card title={words.keys.title}>
      <p class="quiet panel__hint">{words.keys.hint}</p>
      <Keys nick={nick} latest={made?.key.id} />
      {made === undefined ? (
        <details class="disclosure">
          <summary>{words.keys.makeTitle}</summary>
          <NewKeyForm nick={nick} me={me} onMade={setMade} />
        </details>
      ) : (
        <Secret made={made} onStored={() => setMade(undefined)} />
      )}
    </Card>
  )
}

interface KeysProps {
  readonly nick: string
  /** The id of one that was just made. */
  readonly latest?: string | undefined
}

/** Those of an account, each with its removal. */
export function Keys({ nick, latest }: KeysProps) {
  const { account } = useSession()
  const { texts } = useWords()
  const { value, trouble, again } = useLoaded(() => account.calls.keys(nick), nick)
  const removing = useDoing<Done>()
  useEffect(() => {
    if (latest !== undefined) again()
  }, [latest])
  const remove = (id: string): void =>
    removing.run(async () => {
      await account.calls.removeKey(nick, id)
      again()
      return 'keyRemoved'
    })
  return (
    <>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
      {value !== undefined && <KeyRows keys={value} removing={removing} onRemove={remove} />}
      <Outcome trouble={removing.trouble} done={removing.done} />
    </>
  )
}

interface KeyRowsProps {
  readonly keys: readonly AccessKey[]
  readonly removing: { readonly isRunning: boolean }
  readonly onRemove: (id: string) => void
}

function KeyRows({ keys, removing, onRemove }: KeyRowsProps) {
  const { texts, minute } = useWords()
  const words = texts.accounts
  if (keys.length === 0) return <p class="quiet">{words.keys.none}</p>
  return (
    <ul class="rows" aria-label={words.keys.title}>
      {keys.map((key) => (
        <li key={key.id} class="row">
          <div class="row__text">
            <p class="row__name breakable">{key.name}</p>
            <p class="quiet row__note">
              {key.permissions.map((one) => words.permissions[one] ?? one).join('; ')}
            </p>
            <p class="quiet row__note">
              {words.keys.times({
                made: minute(key.createdAt),
                ends: key.expiresAt === undefined ? words.keys.never : minute(key.expiresAt),
              })}
            </p>
          </div>
          <Confirm
            label={words.keys.removeShort}
            name={words.keys.remove(key.name)}
            question={words.keys.removeSure}
            isSmall
            isRunning={removing.isRunning}
            onConfirm={() => onRemove(key.id)}
          />
        </li>
      ))}
    </ul>
  )
}

const DAY_SECONDS = 86_400
const SPANS = {
  day: DAY_SECONDS,
  month: KEY_DAYS_DEFAULT * DAY_SECONDS,
  year: 365 * DAY_SECONDS,
  ever: 0,
} as const
const SPAN_NAMES = ['day', 'month', 'year', 'ever'] as const

interface NewKeyFormProps {
  readonly nick: string
  readonly me: KeysCardProps['me']
  readonly onMade: (made: MadeAccessKey) => void
}

function NewKeyForm({ nick, me, onMade }: NewKeyFormProps) {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const making = useDoing<Done>()
  const [chosen, setChosen] = useState<readonly Permission[]>([])
  const [isEmpty, setIsEmpty] = useState(false)
  const submit = (fields: Fields): void => {
    setIsEmpty(chosen.length === 0)
    if (chosen.length === 0) return
    const span = SPANS[SPAN_NAMES.find((name) => name === fields('span')) ?? 'month']
    making.run(async () => {
      const permissions = [...chosen]
      const validity = span === 0 ? {} : { validForSeconds: span }
      onMade(await account.calls.makeKey(nick, { name: fields('name'), permissions, ...validity }))
      return undefined
    })
  }
  return (
    <Form label={words.keys.makeTitle} onSubmit={submit}>
      <TextField
        name="name"
        label={words.keys.keyName}
        hint={words.keys.keyNameHint}
        autocomplete="off"
      />
      <PermissionBoxes
        legend={words.keys.permissions}
        offered={keyMay(me, useGuestMay())}
        chosen={chosen}
        onToggle={(permission) => {
          setChosen(toggled(chosen, permission))
          setIsEmpty(false)
        }}
      />
      <label class="labelled">
        <span class="label">{words.keys.holdsFor}</span>
        <select class="field" name="span">
          {SPAN_NAMES.map((name) => (
            <option key={name} value={name} selected={name === 'month'}>
              {words.keys.spans[name]}
            </option>
          ))}
        </select>
      </label>
      <div class="actions">
        <Submit label={words.keys.make} isRunning={making.isRunning} />
      </div>
      <p class="outcome--trouble" role="status">
        {isEmpty ? words.keys.noPermission : ''}
      </p>
      <Outcome trouble={making.trouble} done={undefined} />
    </Form>
  )
}

interface PermissionBoxesProps {
  readonly legend: string
  readonly offered: readonly Permission[]
  readonly chosen: readonly Permission[]
  /** They stand as they are; what is told beside them. */
  readonly fixed?: ReadonlyMap<Permission, string>
  readonly onToggle: (permission: Permission) => void
}

export function PermissionBoxes({
  legend,
  offered,
  chosen,
  fixed,
  onToggle,
}: PermissionBoxesProps) {
  const { texts } = useWords()
  return (
    <fieldset class="boxes">
      <legend class="label">{legend}</legend>
      {offered.map((permission) => {
        const why = fixed?.get(permission)
        return (
          <label key={permission} class="box">
            <input
              type="checkbox"
              checked={why !== undefined || chosen.includes(permission)}
              disabled={why !== undefined}
              onChange={() => onToggle(permission)}
            />
            <span>
              {texts.accounts.permissions[permission]}
              {why !== undefined && <span class="quiet"> ({why})</span>}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}

interface SecretProps {
  readonly made: MadeAccessKey
  readonly onStored: () => void
}

/** It is in no other answer: whoever leaves without it makes another key. */
function Secret({ made, onStored }: SecretProps) {
  const { texts } = useWords()
  const words = texts.accounts
  const field = useRef<HTMLInputElement>(null)
  const copying = useDoing<Done>()
  useLayoutEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const copy = (): void => {
    field.current?.select()
    copying.run(async () => {
      await navigator.clipboard.writeText(made.secret)
      return 'copied'
    })
  }
  return (
    <div class="secret" role="group" aria-label={words.keys.secret}>
      <p>
        <strong class="breakable">{made.key.name}</strong>. {words.keys.secretHint}
      </p>
      <input
        ref={field}
        class="field secret__text"
        type="text"
        readOnly
        aria-label={words.keys.secret}
        value={made.secret}
      />
      <div class="actions">
        {/* Absent where the page is not trusted to: by plain HTTP from another machine. */}
        {'clipboard' in navigator && (
          <button type="button" class="button" onClick={copy}>
            {words.keys.copy}
          </button>
        )}
        <button type="button" class="button" onClick={onStored}>
          {words.keys.stored}
        </button>
      </div>
      <Outcome trouble={undefined} done={copying.done} />
    </div>
  )
}
