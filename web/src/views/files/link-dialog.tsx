/** Public links: of one entry, which are made here, or all that the person has. */
import { useRef, useState } from 'preact/hooks'

import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../../../../src/wire/account-texts.ts'
import type { FileEntry } from '../../../../src/wire/api-files.ts'
import type { NewPublicLink, PublicLink } from '../../../../src/wire/api-links.ts'
import { filesOf } from '../../files/files-of.ts'
import { fieldOf, may } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Form, LoadTrouble, Outcome, PasswordField, type Fields } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { CopyLink } from './copy-link.tsx'
import { useFileWords } from './file-words.ts'
import { LinkTable } from './link-table.tsx'
import { Modal } from './modal.tsx'

interface LinkDialogProps {
  /** Absent: all of one’s own. */
  readonly entry?: FileEntry
  readonly onClose: () => void
}

export function LinkDialog({ entry, onClose }: LinkDialogProps) {
  const session = useSession()
  const { account } = session
  const { links } = filesOf(session)
  const { texts } = useFileWords()
  const words = texts.links
  const [isOfAll, setIsOfAll] = useState(false)
  const mayAll = may(useCell(account.who), 'files.manage')
  const asked = entry === undefined ? { everybody: isOfAll } : { path: entry.path }
  const { again, trouble, value } = useLoaded(
    () => links.list(asked),
    entry?.id ?? (isOfAll ? 'everybody' : ''),
  )
  const title = entry === undefined ? words.mine : words.title(entry.name)
  return (
    <Modal title={title} onClose={onClose} isWide>
      <p class="quiet panel__hint">{entry === undefined ? words.mineHint : words.hint}</p>
      <div class="stack">
        {entry !== undefined && <LinkForm entry={entry} onMade={again} />}
        {entry === undefined && mayAll && (
          <label>
            <input
              type="checkbox"
              checked={isOfAll}
              onChange={({ currentTarget }) => setIsOfAll(currentTarget.checked)}
            />{' '}
            {words.ofAll}
          </label>
        )}
        {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
        {value?.length === 0 && <p class="note">{words.none}</p>}
        {value !== undefined && value.length > 0 && (
          <LinkTable
            links={value}
            isNamed={entry === undefined}
            isOfAll={isOfAll}
            onChanged={again}
          />
        )}
      </div>
    </Modal>
  )
}

interface LinkFormProps {
  readonly entry: FileEntry
  readonly onMade: () => void
}

function LinkForm({ entry, onMade }: LinkFormProps) {
  const { links } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.links
  const making = useDoing<never>()
  const [made, setMade] = useState<PublicLink | undefined>(undefined)
  const make = (fields: Fields, form: HTMLFormElement): void =>
    making.run(async () => {
      setMade(undefined)
      setMade(await links.make(askOf(entry.path, fields)))
      form.reset()
      onMade()
      return undefined
    })
  return (
    <>
      <Form label={words.make} onSubmit={make}>
        <div class="link-limits">
          <div class="labelled">
            <label class="label" for="link-until">
              {words.until}
            </label>
            <div class="labelled__row">
              <input id="link-until" class="field" type="datetime-local" name="until" />
            </div>
          </div>
          <div class="labelled">
            <label class="label" for="link-downloads">
              {words.downloadsMax}
            </label>
            <div class="labelled__row">
              <input
                id="link-downloads"
                class="field"
                type="number"
                name="downloads"
                min="1"
                max="1000000"
                inputMode="numeric"
              />
            </div>
          </div>
          <PasswordField
            name="password"
            label={words.password}
            autocomplete="new-password"
            hint={words.passwordHint(PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX)}
            isOptional
            isWrong={fieldOf(making.trouble?.code) === 'password'}
          />
        </div>
        <div class="actions">
          <button type="submit" class="button button--main" aria-disabled={making.isRunning}>
            {words.make}
          </button>
        </div>
      </Form>
      <Outcome trouble={making.trouble} done={undefined} />
      {made !== undefined && <MadeLink key={made.id} link={made} />}
    </>
  )
}

function askOf(path: string, fields: Fields): NewPublicLink {
  const until = fields('until')
  const downloads = fields('downloads')
  const password = fields('password')
  return {
    path,
    // In the zone of whoever typed it.
    ...(until === '' ? {} : { expiresAt: new Date(until).toISOString() }),
    ...(downloads === '' ? {} : { downloadsMax: Number(downloads) }),
    ...(password === '' ? {} : { password }),
  }
}

function MadeLink({ link }: { readonly link: PublicLink }) {
  const { texts } = useFileWords()
  const words = texts.links
  const field = useRef<HTMLInputElement>(null)
  return (
    <div class="secret" role="group" aria-label={words.made}>
      <input
        ref={field}
        class="field secret__text"
        type="text"
        readOnly
        aria-label={words.made}
        value={link.url}
        onFocus={() => field.current?.select()}
      />
      <div class="actions">
        <CopyLink link={link} label={words.copy} />
      </div>
    </div>
  )
}
