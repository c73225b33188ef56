/** What views share: the texts and formats of the language in use. */
import { useMemo } from 'preact/hooks'

import { UNREADABLE } from '../api/ring-client.ts'
import { COPY_TROUBLES } from '../copies/copies.ts'
import { COPY_BYTES_MAX } from '../model/copies.ts'
import {
  formatBytes,
  formatDuration,
  formatInstant,
  formatMinute,
  formatNumber,
} from '../model/format.ts'
import { NO_COOKIES } from '../state/account.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import type { Texts } from '../texts/en.ts'
import { sentence, type Language, type LanguagePack, type Trouble } from '../texts/texts.ts'

export interface Words {
  readonly language: Language
  readonly texts: Texts
  readonly bytes: (bytes: number) => string
  readonly duration: (durationMs: number) => string
  readonly number: (value: number) => string
  readonly instant: (instant: string) => string
  /** Without seconds. */
  readonly minute: (instant: string) => string
  readonly trouble: (trouble: Trouble) => string
}

export function wordsOf(pack: LanguagePack): Words {
  const { language, texts } = pack
  // The person's own region, where they have one of this language, writes numbers and dates.
  const region = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
  return {
    language,
    texts,
    bytes: (bytes) => formatBytes(bytes, region),
    duration: (durationMs) => formatDuration(durationMs, region),
    number: (value) => formatNumber(value, region),
    instant: (instant) => formatInstant(instant, region),
    minute: (instant) => formatMinute(instant, region),
    trouble: (trouble) =>
      ownTrouble(texts, trouble, (bytes) => formatBytes(bytes, region)) ??
      (sentence(pack, trouble) || texts.problem.INTERNET),
  }
}

type Sized = (bytes: number) => string

const COPY_KINDS = ['refused', 'large', 'full', 'browserFull', 'changed', 'damaged'] as const

/** Of codes that are the page's own. */
function ownTrouble(texts: Texts, { code, details }: Trouble, sized: Sized): string | undefined {
  const { troubles } = texts.copies
  const kind = COPY_KINDS.find((one) => COPY_TROUBLES[one] === code)
  if (kind === 'large')
    return troubles.large({ size: sized(Number(details['bytes'])), most: sized(COPY_BYTES_MAX) })
  if (kind !== undefined) return troubles[kind]
  if (code === UNREADABLE) return texts.problem.UNREADABLE
  return code === NO_COOKIES ? texts.accounts.entering.noCookies : undefined
}

export function useWords(): Words {
  const pack = useCell(useSession().languages.pack)
  return useMemo(() => wordsOf(pack), [pack])
}
