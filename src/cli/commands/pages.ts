/** `anillo pages`: its words and its help. */
import { Command, Option } from 'commander'

import { EXPORT_FORMATS } from '../../wire/export-formats.ts'
import type { CommandContext } from '../context.ts'
import { integerFrom, withWords, type DoorFlags } from '../options.ts'
import type { ExportPagesFlags } from '../run/export.ts'
import type { ContentFlags, ListPagesFlags } from '../run/pages.ts'
import type { SaveFlags } from '../run/save-pages.ts'
import { extractWord, markdownWord, searchWord, similarWord, textWord } from './page-extracts.ts'
import { testimonyWord, verifyWord } from './page-testimony.ts'
import { diffWord, deletePageWord, versionsWord } from './page-versions.ts'

const LIST_DEFAULT = 100
const LIST_MAX = 10_000_000

export function pagesCommand(context: CommandContext): Command {
  const command = new Command('pages')
    .description('find, show, compare, save and import pages that the ring keeps')
    .usage(
      'list|search|similar|show|content|rendered|screenshot|text|markdown|extract|versions|diff|testimony|' +
        'verify|delete|export|import|save ...',
    )
    .addHelpText(
      'after',
      `
  $ npx anillo pages list --host example.org
  $ npx anillo pages search high water
  $ npx anillo pages show https://example.org/
  $ npx anillo pages content https://example.org/ --out page.html
  $ npx anillo pages screenshot https://example.org/ --out page.webp
  $ npx anillo pages markdown https://example.org/
  $ npx anillo pages diff https://example.org/
  $ npx anillo pages export --host example.org --format wacz
  $ npx anillo pages save --host example.org --out saved
  $ npx anillo pages import old.warc.gz

Nothing is downloaded for it. Formats and what stands in them: docs/spec/archives.md.`,
    )
  // Where a testimony is checked there may be no ring.
  command.addCommand(verifyWord(context))
  return withWords(command, [
    listWord(context),
    showWord(context),
    ...CONTENT_WORDS.map((word) => contentWord(context, word)),
    textWord(context),
    markdownWord(context),
    extractWord(context),
    searchWord(context),
    similarWord(context),
    versionsWord(context),
    diffWord(context),
    testimonyWord(context),
    deletePageWord(context),
    exportWord(context),
    importWord(context),
    saveWord(context),
  ])
}

const NAMED = ['<url>', 'address of the page, or its id'] as const

function listWord(context: CommandContext): Command {
  const command = new Command('list')
    .description('show pages that are held, in the order of their ids')
    .addOption(
      new Option('--limit <count>', 'so many at most')
        .argParser(integerFrom(1, LIST_MAX))
        .default(LIST_DEFAULT),
    )
    .action((flags: ListPagesFlags) =>
      context.run(async () => {
        const { runListPages } = await import('../run/pages.ts')
        return runListPages(context.io, flags)
      }),
    )
  return narrowed(command)
}

function showWord(context: CommandContext): Command {
  return new Command('show')
    .description('show what is known of a page')
    .argument(...NAMED)
    .action((named: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShowPage } = await import('../run/pages.ts')
        return runShowPage(context.io, named, flags)
      }),
    )
}

const CONTENT_WORDS = [
  { part: 'content', what: 'the content of a page' },
  { part: 'rendered', what: 'the document that a browser made of a page' },
  { part: 'screenshot', what: 'the picture that a browser made of a page (WebP)' },
] as const

function contentWord(
  context: CommandContext,
  { part, what }: (typeof CONTENT_WORDS)[number],
): Command {
  return new Command(part)
    .description(`write ${what} to standard output, or to a file`)
    .argument(...NAMED)
    .option('--out <file>', 'write it there')
    .action((named: string, flags: ContentFlags) =>
      context.run(async () => {
        const { runPageContent } = await import('../run/pages.ts')
        return runPageContent(context.io, named, { ...flags, part })
      }),
    )
}

function exportWord(context: CommandContext): Command {
  const command = new Command('export')
    .description('write pages that are held to a file')
    .addOption(formatOption())
    .addOption(outOption('anillo-pages'))
    .action((flags: ExportPagesFlags) =>
      context.run(async () => {
        const { runExportPages } = await import('../run/export.ts')
        return runExportPages(context.io, flags)
      }),
    )
  return narrowed(command)
}

function importWord(context: CommandContext): Command {
  return new Command('import')
    .description('add the pages of a WARC, packed or not, or of a WACZ')
    .argument('<file>', 'the archive')
    .addHelpText(
      'after',
      `
  $ npx anillo pages import old.warc.gz

Each page has the date that the archive tells. Imported twice, nothing changes.`,
    )
    .action((file: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runImportPages } = await import('../run/import-pages.ts')
        return runImportPages(context.io, file, flags)
      }),
    )
}

function saveWord(context: CommandContext): Command {
  return new Command('save')
    .description('write pages as files that a browser opens, with a list of them')
    .argument('[url]', 'address of one page')
    .requiredOption('--out <dir>', 'directory for them')
    .option('--crawl <id>', 'pages of a crawl, as it got them')
    .option('--host <host>', 'pages of a host')
    .addHelpText(
      'after',
      `
  $ npx anillo pages save https://example.org/ --out saved
  $ npx anillo pages save --crawl ID --out saved

The files are not encrypted: whoever reads the directory reads the pages.`,
    )
    .action((url: string | undefined, flags: SaveFlags) =>
      context.run(async () => {
        const { runSavePages } = await import('../run/save-pages.ts')
        return runSavePages(context.io, url, flags)
      }),
    )
}

export function formatOption(): Option {
  return new Option('--format <format>', 'of the file').choices(EXPORT_FORMATS).default('warc')
}

export function outOption(name: string): Option {
  return new Option('--out <file>', `“-” is standard output (default: ${name} and the format)`)
}

/** Options of words that speak of some pages. */
function narrowed(command: Command): Command {
  return command
    .option('--host <host>', 'only those of a host, e.g. example.org or localhost:8000')
    .option('--url <url>', 'only that of an address')
    .option('--prefix <prefix>', 'only those whose address begins so')
}
