/** How much somebody, or everybody, may store: for who manages files. */
import { useState } from 'preact/hooks'

import type { FileLimits, PersonQuota } from '../../../../src/wire/api-files.ts'
import { may } from '../../model/accounts.ts'
import { gibText, kindOf, LIMIT_KINDS, limitsIn } from '../../model/limits.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Form, LoadTrouble, Outcome, Submit, type Fields } from './parts.tsx'

export function useManagesFiles(): boolean {
  return may(useCell(useSession().account.who), 'files.manage')
}

export function QuotaPart({ nick }: { readonly nick: string }) {
  const { calls } = useSession().account
  const { texts } = useWords()
  const words = texts.accounts
  const { value, trouble, again } = useLoaded(() => calls.quotaOf(nick), nick)
  const [changed, setChanged] = useState<PersonQuota | undefined>(undefined)
  const quota = changed ?? value
  return (
    <>
      <h3 class="panel__part">{words.quota.title}</h3>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {quota !== undefined && (
        <>
          <Used quota={quota} />
          <LimitsForm
            label={words.quota.title}
            limits={quota.limits}
            onSave={async (limits) => setChanged(await calls.setLimits(nick, limits))}
          />
        </>
      )}
    </>
  )
}

/** Of all of whom nothing else is said. */
export function EverybodysQuota() {
  const { calls } = useSession().account
  const { texts } = useWords()
  const words = texts.accounts
  const { value, trouble, again } = useLoaded(() => calls.usualLimits(), '')
  return (
    <details class="disclosure">
      <summary>{words.quota.everybody}</summary>
      <p class="quiet panel__hint">{words.quota.everybodyHint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value !== undefined && (
        <LimitsForm
          label={words.quota.everybody}
          limits={value}
          isOfAll
          onSave={(limits) => calls.setUsualLimits(limits)}
        />
      )}
    </details>
  )
}

function Used({ quota: { bytes: used, bytesMax, files, filesMax } }: { quota: PersonQuota }) {
  const { bytes, number, texts } = useWords()
  const words = texts.accounts.quota
  const most = bytesMax === undefined ? words.noLimit : bytes(bytesMax)
  const mostFiles = filesMax === undefined ? words.noLimit : number(filesMax)
  return (
    <p class="quiet">
      {words.used({ used: bytes(used), most })}
      {' · '}
      {words.files({ count: number(files), most: mostFiles })}
    </p>
  )
}

interface LimitsFormProps {
  readonly label: string
  readonly limits: FileLimits
  readonly isOfAll?: true
  readonly onSave: (limits: FileLimits) => Promise<void>
}

function LimitsForm({ isOfAll, label, limits, onSave }: LimitsFormProps) {
  const { texts } = useWords()
  const words = texts.accounts.quota
  const { done, isRunning, run, trouble } = useDoing<Done>()
  const save = (fields: Fields): void =>
    run(async () => {
      await onSave(limitsIn(fields, limits))
      return 'limits'
    })
  const { bytesMax, filesMax } = limits
  const gib = typeof bytesMax === 'number' ? gibText(bytesMax) : ''
  const count = typeof filesMax === 'number' ? String(filesMax) : ''
  return (
    <Form onSubmit={save} label={label}>
      <Choice
        name="bytesMax"
        legend={words.bytes}
        limit={bytesMax}
        text={gib}
        unit="GiB"
        isOfAll={isOfAll}
      />
      <Choice
        name="filesMax"
        legend={words.count}
        limit={filesMax}
        text={count}
        unit={words.unit}
        isOfAll={isOfAll}
      />
      <div class="actions">
        <Submit label={words.save} isRunning={isRunning} />
      </div>
      <Outcome trouble={trouble} done={done} />
    </Form>
  )
}

interface ChoiceProps {
  readonly name: 'bytesMax' | 'filesMax'
  readonly legend: string
  readonly limit: number | null | undefined
  /** Of the limit, in its unit. */
  readonly text: string
  readonly unit: string
  readonly isOfAll: true | undefined
}

function Choice({ isOfAll, legend, limit, name, text, unit }: ChoiceProps) {
  const { texts } = useWords()
  const words = texts.accounts.quota
  // For all together, to say nothing and to say “no limit” are the same.
  const kinds = LIMIT_KINDS.filter((kind) => !(isOfAll && kind === 'usual'))
  const [chosen, setChosen] = useState(isOfAll && limit === undefined ? 'none' : kindOf(limit))
  return (
    <fieldset class="boxes">
      <legend class="label">{legend}</legend>
      {kinds.map((kind) => (
        <label key={kind} class="box">
          <input
            type="radio"
            name={`${name}Kind`}
            value={kind}
            checked={chosen === kind}
            onChange={() => setChosen(kind)}
          />
          <span>{words.kinds[kind]}</span>
        </label>
      ))}
      {chosen === 'most' && (
        <label class="labelled">
          <span class="label">{unit}</span>
          <input
            class="field"
            type="text"
            inputMode="decimal"
            name={name}
            defaultValue={text}
            required
            autocomplete="off"
            aria-label={`${legend}: ${unit}`}
          />
        </label>
      )}
    </fieldset>
  )
}
