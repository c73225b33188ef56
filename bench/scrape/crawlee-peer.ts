/**
 * A crawl of one site with Crawlee, its queue in memory. `http|cheerio URL CONNECTIONS`; its
 * packages are those of the working directory.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The little of Crawlee that is used here. */
interface Visit {
  readonly request: { readonly loadedUrl: string }
  readonly body: unknown
  readonly $: (selector: unknown) => Matches
  readonly addRequests: (urls: readonly string[]) => Promise<unknown>
}
interface Matches {
  map(each: (at: number, element: unknown) => string | undefined): { get(): string[] }
  attr(name: string): string | undefined
}
type Crawler = new (
  options: object,
  configuration: object,
) => { run(urls: readonly string[]): Promise<unknown> }
interface Crawlee {
  readonly HttpCrawler: Crawler
  readonly CheerioCrawler: Crawler
  readonly Configuration: new (options: object) => object
  readonly log: { setLevel(level: number): void }
  readonly LogLevel: { readonly ERROR: number }
}

const [kind, start = '', connections = '32'] = process.argv.slice(2)
const require = createRequire(pathToFileURL(join(process.cwd(), 'peers.js')))
const path = require.resolve(kind === 'http' ? '@crawlee/http' : '@crawlee/cheerio')
const { CheerioCrawler, Configuration, HttpCrawler, LogLevel, log } = (await import(
  pathToFileURL(path).href
)) as Crawlee
log.setLevel(LogLevel.ERROR)
const { origin } = new URL(start)

async function follow(hrefs: readonly string[], { addRequests, request }: Visit): Promise<void> {
  const urls = new Set<string>()
  for (const href of hrefs) {
    if (!URL.canParse(href, request.loadedUrl)) continue
    const url = new URL(href, request.loadedUrl)
    url.hash = ''
    if (url.origin === origin) urls.add(url.href)
  }
  await addRequests([...urls])
}

const hrefsByText = ({ body }: Visit): readonly string[] =>
  Array.from(String(body).matchAll(/<a\s[^>]*href="([^"]*)"/g), ([, href = '']) => href)
const hrefsByTree = ({ $ }: Visit): readonly string[] =>
  $('a[href]')
    .map((_, element) => $(element).attr('href'))
    .get()

const hrefsOf = kind === 'http' ? hrefsByText : hrefsByTree
const options = {
  minConcurrency: Number(connections),
  maxConcurrency: Number(connections),
  // Without it no more than ten are open.
  autoscaledPoolOptions: { desiredConcurrency: Number(connections) },
  maxRequestRetries: 1,
  respectRobotsTxtFile: true,
  useSessionPool: false,
  persistCookiesPerSession: false,
  requestHandler: async (visit: Visit) => follow(hrefsOf(visit), visit),
}
const configuration = new Configuration({ persistStorage: false, availableMemoryRatio: 0.9 })
const crawler = new (kind === 'http' ? HttpCrawler : CheerioCrawler)(options, configuration)
await crawler.run([start])
process.exit(0)
