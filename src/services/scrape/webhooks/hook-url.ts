/** The address of a webhook. What is wrong with it is told of it, and not of the page asked for. */
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'

/** @throws AnilloError URL_MALFORMED, URL_SCHEME, URL_TOO_LONG, URL_USERINFO */
export function hookUrl(text: string): CanonicalUrl {
  try {
    return canonicalUrl(text)
  } catch (thrown) {
    throw ofWebhook(asAnilloError(thrown))
  }
}

/** `field` of the details says what of the request is meant. */
export function ofWebhook(error: AnilloError): AnilloError {
  return new AnilloError(error.code, { ...error.details, field: 'webhook' }, { cause: error })
}
