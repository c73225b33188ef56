/** Members are named to who may watch the ring, and to nobody else. */
import { AnilloError, errorText, parseErrorCode, type ErrorDetails } from '../../base/errors.ts'
import type { Failure, Page, Scrape } from '../../wire/api.ts'
import type { Asker } from '../../wire/demands.ts'

/** Errors whose details tell members, and what takes the place of those. */
const UNTOLD: Readonly<Partial<Record<string, ErrorDetails>>> = {
  ...Object.fromEntries(
    [
      'MEMBER_REMOVED',
      'RPC_FOREIGN_RING',
      'RPC_GARBLED',
      'RPC_TIMEOUT',
      'RPC_UNKNOWN_METHOD',
      'RPC_UNREACHABLE',
      'RPC_VERSION',
      'RPC_WRONG_MEMBER',
    ].map((code) => [code, { address: '…', problem: '…' }]),
  ),
  OUTCOME_UNKNOWN: { problem: '…' },
  STORE_UNAVAILABLE: { problem: 'too few members answer' },
}

export function hearsNames(asker: Pick<Asker, 'permissions'> | undefined): boolean {
  return asker?.permissions.has('ring.watch') === true
}

/** The error as the asker may read it. */
export function errorFor(
  asker: Pick<Asker, 'permissions'> | undefined,
  error: AnilloError,
): AnilloError {
  const untold = UNTOLD[error.code]
  if (untold === undefined || hearsNames(asker)) return error
  return new AnilloError(error.code, { ...error.details, ...untold }, { cause: error })
}

export type NamelessPage = Omit<Page, 'fetchedBy'>
export type NamelessScrape = Omit<Scrape, 'owner' | 'hops' | 'page'> & {
  readonly page?: NamelessPage
}

export function pageFor(
  asker: Pick<Asker, 'permissions'> | undefined,
  page: Page,
): Page | NamelessPage {
  if (hearsNames(asker)) return page
  const { fetchedBy: _fetchedBy, ...told } = page
  return told
}

export function scrapeFor(
  asker: Pick<Asker, 'permissions'> | undefined,
  scrape: Scrape,
): Scrape | NamelessScrape {
  if (hearsNames(asker)) return scrape
  const { failure, hops: _hops, owner: _owner, page, ...told } = scrape
  return {
    ...told,
    ...(page === undefined ? {} : { page: pageFor(asker, page) }),
    ...(failure === undefined ? {} : { failure: failureFor(failure) }),
  }
}

function failureFor(failure: Failure): Failure {
  const untold = UNTOLD[failure.code]
  const code = parseErrorCode(failure.code)
  if (untold === undefined || code === undefined) return failure
  const details = { ...failure.details, ...untold }
  return { ...failure, text: errorText(code, details), details }
}
