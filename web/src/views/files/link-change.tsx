/** What of a public link is changed afterwards: its end, its password, its downloads. */
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../../../../src/wire/account-texts.ts'
import type { PublicLink, PublicLinkChange } from '../../../../src/wire/api-links.ts'
import { DOWNLOADS_MAX } from '../../../../src/wire/file-limits.ts'
import { filesOf } from '../../files/files-of.ts'
import { fieldOf } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { Form, Outcome, PasswordField, type Fields } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useFileWords } from './file-words.ts'

interface LinkChangeFormProps {
  readonly link: PublicLink
  readonly name: string
  readonly onChanged: () => void
  readonly onClose: () => void
}

export function LinkChangeForm({ link, name, onChanged, onClose }: LinkChangeFormProps) {
  const { links } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.links
  const saving = useDoing<never>()
  const save = (fields: Fields): void =>
    saving.run(async () => {
      const change = changeOf(link, fields)
      if (Object.keys(change).length > 0) {
        await links.change(link, change)
        onChanged()
      }
      onClose()
      return undefined
    })
  return (
    <div
      class="link-change"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        // A dialog around it stays.
        event.preventDefault()
        onClose()
      }}
    >
      <Form label={name} onSubmit={save}>
        <div class="link-limits">
          <Until link={link} />
          <Downloads link={link} />
          <div>
            <PasswordField
              name="password"
              label={words.newPassword}
              autocomplete="new-password"
              hint={words.passwordStays(PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX)}
              isOptional
              isWrong={fieldOf(saving.trouble?.code) === 'password'}
            />
            {link.hasPassword && <Check name="unlocked" label={words.noPassword} />}
          </div>
        </div>
        <div class="actions">
          <button type="submit" class="button button--main" aria-disabled={saving.isRunning}>
            {texts.share.save}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {texts.actions.cancel}
          </button>
        </div>
      </Form>
      <Outcome trouble={saving.trouble} done={undefined} />
    </div>
  )
}

function Until({ link }: { readonly link: PublicLink }) {
  const { texts } = useFileWords()
  const words = texts.links
  const id = `until-${link.id}`
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {words.until}
      </label>
      <div class="labelled__row">
        <input
          id={id}
          class="field"
          type="datetime-local"
          name="until"
          aria-describedby={`${id}-hint`}
          value={localMinute(link.expiresAt)}
          ref={focusFirst}
        />
      </div>
      <p id={`${id}-hint`} class="quiet labelled__hint">
        {words.untilHint}
      </p>
    </div>
  )
}

function focusFirst(input: HTMLInputElement | null): void {
  input?.focus()
}

function Downloads({ link }: { readonly link: PublicLink }) {
  const { texts } = useFileWords()
  const words = texts.links
  const id = `more-${link.id}`
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {words.downloadsMore}
      </label>
      <div class="labelled__row">
        <input
          id={id}
          class="field"
          type="number"
          name="more"
          min="1"
          max={DOWNLOADS_MAX}
          inputMode="numeric"
          aria-describedby={`${id}-hint`}
        />
      </div>
      <p id={`${id}-hint`} class="quiet labelled__hint">
        {words.moreHint}
      </p>
      {link.downloadsMax !== undefined && <Check name="endless" label={words.noDownloadsMax} />}
    </div>
  )
}

function Check({ label, name }: { readonly name: string; readonly label: string }) {
  return (
    <label class="link-check">
      <input type="checkbox" name={name} /> {label}
    </label>
  )
}

/** What was typed, and is not so already. */
function changeOf(link: PublicLink, fields: Fields): PublicLinkChange {
  const until = fields('until')
  const more = fields('more')
  const password = fields('password')
  const isSame = until === localMinute(link.expiresAt)
  return {
    // In the zone of whoever typed it.
    ...(isSame ? {} : { expiresAt: until === '' ? null : new Date(until).toISOString() }),
    ...(fields('endless') !== ''
      ? { downloadsMore: null }
      : more === ''
        ? {}
        : { downloadsMore: Number(more) }),
    ...(fields('unlocked') !== '' ? { password: null } : password === '' ? {} : { password }),
  }
}

/** As `datetime-local` has it, in the zone of whoever looks; empty: none. */
function localMinute(instant: string | undefined): string {
  if (instant === undefined) return ''
  const at = new Date(instant)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}
