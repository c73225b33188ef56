/** `anillo crawl` and `anillo crawls`: their words and their help. */
import { Command, InvalidArgumentError, Option } from 'commander'

import {
  CRAWL_CONNECTIONS_MAX,
  CRAWL_DELAY_MAX_S,
  CRAWL_DEPTH_MAX,
  CRAWL_HOPS_MAX,
  CRAWL_PAGES_MAX,
  CRAWL_SCOPES,
  CRAWL_URL_STATES,
} from '../../wire/crawl-bounds.ts'
import { WEBHOOK_EVENTS, WEBHOOK_EVENTS_DEFAULT } from '../../wire/webhook-bounds.ts'
import type { CommandContext } from '../context.ts'
import { extractFileOption } from '../extract-options.ts'
import { integerFrom, withDoors, withWords, type DoorFlags, vantageOption } from '../options.ts'
import type { CrawlFlags, UrlsFlags } from '../run/crawl.ts'
import type { ExportFlags } from '../run/export.ts'
import { formatOption, outOption } from './pages.ts'
import { SteeringWords } from './steering.ts'

export function crawlCommand(context: CommandContext): Command {
  const command = new Command('crawl')
    .description('have the ring download a site, and show how it goes')
    .argument('<url...>', 'where to begin; “:8000” is short for http://localhost:8000')
    .addOption(
      new Option('--scope <scope>', 'follow links of the seeds’ folders, hosts, domains; or any')
        .choices(CRAWL_SCOPES)
        .default('host'),
    )
    .addOption(
      patterns('--include <pattern>', 'only such addresses, e.g. “/manual/”; may be repeated'),
    )
    .addOption(patterns('--exclude <pattern>', 'never such addresses; may be repeated'))
    .addOption(
      number('--extra-hops <links>', 'follow so many links out of the scope (0)', [
        0,
        CRAWL_HOPS_MAX,
      ]),
    )
    .option('--sitemaps', 'take addresses from sitemaps and feeds, whatever the scope')
    .option('--no-sitemaps', 'leave out what only sitemaps and feeds name')
    .option(
      '--render',
      'have a browser of the ring run the scripts of pages, and follow their links',
    )
    .option('--no-resources', 'leave out images, style sheets, scripts and fonts of pages')
    .addOption(number('--pages <count>', 'fetch so many at most (10,000)', [1, CRAWL_PAGES_MAX]))
    .addOption(number('--depth <links>', 'so many links from the first (20)', [0, CRAWL_DEPTH_MAX]))
    .addOption(
      new Option('--delay <seconds>', 'between two requests to a host (1)').argParser(seconds),
    )
    .addOption(
      number('--connections <count>', 'at once, to a host (1)', [1, CRAWL_CONNECTIONS_MAX]),
    )
    .addOption(
      number('--max-age <seconds>', 'copies that are held and younger will do (0)', [0, 2 ** 31]),
    )
    .addOption(vantageOption())
    .addOption(extractFileOption())
    .option('--adaptive', 'use copies held until they are due by how often they changed')
    .option('--webhook <url>', 'tell this address of its begin and end, signed')
    .addOption(webhookEvents())
    .option(
      '--webhook-secret-file <file>',
      'secret to sign with (whsec_...); without it one is made',
    )
    .option('--schedule <cron>', 'again and again: “0 3 * * *” is each night at three; or @daily')
    .option('--zone <zone>', 'of the schedule, e.g. Europe/Madrid (that of this machine)')
    .option('--now', 'with --schedule: a first time at once')
    .option('--detach', 'print its id, and leave it to the ring')
    .addHelpText(
      'after',
      `
  $ npx anillo crawl https://docs.example.org
  $ npx anillo crawl :8000 --delay 0.02 --connections 4   a site of your own
  $ npx anillo crawl https://example.org/book/ --scope prefix --pages 500
  $ npx anillo crawl https://example.org --scope page     one page, with all that it shows
  $ npx anillo crawl https://example.org --schedule "30 6 * * 1-5"   weekdays at half past six

A crawl goes on when this command is gone, and when members die.
“npx anillo crawls list” has them all.`,
    )
    .action((urls: readonly string[], flags: CrawlFlags) =>
      context.run(async () => {
        const { runCrawl } = await import('../run/crawl.ts')
        return runCrawl(context.io, urls, flags)
      }),
    )
  return withDoors(command)
}

export function crawlsCommand(context: CommandContext): Command {
  const command = new Command('crawls')
    .description('show, watch, pause, end and delete crawls')
    .usage('list|show|watch|urls|export|pause|resume|cancel|delete ...')
    .addHelpText(
      'after',
      `
  $ npx anillo crawls list                        all, newest first
  $ npx anillo crawls watch ID                    how one goes, until it is over
  $ npx anillo crawls urls ID --state failed      what it could not get, and why
  $ npx anillo crawls export ID --format wacz     what it got, as a file

What else there is to know: docs/crawls.md.`,
    )
  const load = async () => (await import('../run/crawl.ts')).CRAWLS
  const words = new SteeringWords(context, 'crawl', load)
  return withWords(command, [
    words.list(),
    showWord(context, words.of('show')),
    watchWord(context, words.of('watch')),
    urlsWord(context, words.of('urls')),
    exportWord(context, words.of('export')),
    extractedWord(context, words.of('extracted')),
    words.order('pause', 'ask for nothing more, until it is resumed'),
    words.order('resume', 'go on with a crawl that is paused'),
    words.order('cancel', 'end a crawl; what it has stays'),
    words.testWebhook(),
    words.delete('delete a crawl and its list of addresses; its pages stay'),
  ])
}

function extractedWord(context: CommandContext, word: Command): Command {
  return word
    .description('write what the crawl was to extract, a line of JSON for each page')
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runExtracted } = await import('../run/crawl.ts')
        return runExtracted(context.io, id, flags)
      }),
    )
}

function showWord(context: CommandContext, word: Command): Command {
  return word.description('show a crawl and its hosts').action((id: string, flags: DoorFlags) =>
    context.run(async () => {
      const { runShow } = await import('../run/crawl.ts')
      return runShow(context.io, id, flags)
    }),
  )
}

function watchWord(context: CommandContext, word: Command): Command {
  return word
    .description('show how a crawl goes, until it is over')
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runWatch } = await import('../run/crawl.ts')
        return runWatch(context.io, id, flags)
      }),
    )
}

function urlsWord(context: CommandContext, word: Command): Command {
  return word
    .description('show the addresses that a crawl knows, and what came of them')
    .addOption(new Option('--state <state>', 'only those').choices(CRAWL_URL_STATES))
    .action((id: string, flags: UrlsFlags) =>
      context.run(async () => {
        const { runUrls } = await import('../run/crawl.ts')
        return runUrls(context.io, id, flags)
      }),
    )
}

function exportWord(context: CommandContext, word: Command): Command {
  return word
    .description('write the pages of a crawl, as it got them, to a file')
    .addOption(formatOption())
    .addOption(outOption('anillo-crawl-ID'))
    .addHelpText(
      'after',
      `
  $ npx anillo crawls export ID                       a WARC
  $ npx anillo crawls export ID --format csv --out -  its addresses, to standard output

A member that dies meanwhile costs time alone: it goes on at another one from where it was.`,
    )
    .action((id: string, flags: ExportFlags) =>
      context.run(async () => {
        const { runExportCrawl } = await import('../run/export.ts')
        return runExportCrawl(context.io, id, flags)
      }),
    )
}

function webhookEvents(): Option {
  const collect = (text: string, before: readonly string[]): readonly string[] => {
    if (WEBHOOK_EVENTS.some((name) => name === text)) return [...before, text]
    throw new InvalidArgumentError(`It is one of ${WEBHOOK_EVENTS.join(', ')}.`)
  }
  const names = WEBHOOK_EVENTS.join(', ')
  const words = `tell it this alone, in place of the default; may be repeated: ${names}`
  return new Option('--webhook-event <event>', words)
    .argParser(collect)
    .default([], WEBHOOK_EVENTS_DEFAULT.join(' and '))
}

function patterns(flags: string, description: string): Option {
  const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text]
  return new Option(flags, description).argParser(collect).default([], 'none')
}

function number(
  flags: string,
  description: string,
  [least, most]: readonly [number, number],
): Option {
  return new Option(flags, description).argParser(integerFrom(least, most))
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= CRAWL_DELAY_MAX_S) return value
  throw new InvalidArgumentError(`Give seconds from 0 to ${CRAWL_DELAY_MAX_S}, e.g. 0.5.`)
}
