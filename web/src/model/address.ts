/** What a person types into the search field, as the address that is asked for. */

const PORT_ALONE = /^:(\d{1,5})(?![\d])(.*)$/
const WITH_SCHEME = /^[a-z][a-z\d+.-]*:\/\//i
const OTHER_SCHEME = /^(mailto|javascript|data|file|ftp|tel|about|blob):/i
const HOST_AND_REST = /^(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?(.*)$/
const ADDRESS_LITERAL = /^(\[.*\]|\d{1,3}(\.\d{1,3}){3})$/
const LOCAL_NAME = /(^|\.)(localhost|local|lan|internal|home\.arpa)$/i

/**
 * Completes what was left out: `:8000` is that port of this computer; a bare name gets https, but
 * http where a certificate is unlikely (this computer, names without a dot, bare addresses, odd
 * ports). The rest, faults too, is left to the server, which says what is wrong. Empty stays empty.
 */
export function completeAddress(typed: string): string {
  const trimmed = typed.trim()
  if (trimmed === '') return ''
  const port = PORT_ALONE.exec(trimmed)
  if (port !== null) return `http://localhost:${port[1]}${withSlash(port[2] ?? '')}`
  if (WITH_SCHEME.test(trimmed) || OTHER_SCHEME.test(trimmed)) return trimmed
  const bare = trimmed.replace(/^\/\//, '')
  return `${likelyScheme(bare)}://${bare}`
}

function likelyScheme(bare: string): 'http' | 'https' {
  const [, host = '', port] = HOST_AND_REST.exec(bare) ?? []
  if (port !== undefined) return port === '443' || port === '8443' ? 'https' : 'http'
  const isPlain = ADDRESS_LITERAL.test(host) || LOCAL_NAME.test(host) || !host.includes('.')
  return isPlain ? 'http' : 'https'
}

function withSlash(rest: string): string {
  return rest === '' || /^[/?#]/.test(rest) ? rest : `/${rest}`
}

/** The address without what everybody knows, for lists. */
export function shortAddress(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '')
}

/** Host and port for a sentence; the whole text when it is no URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
