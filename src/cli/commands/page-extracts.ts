/** Words of `anillo pages` that read in pages: text, Markdown, extracts, search. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { extractFileOption, selectOption } from '../extract-options.ts'
import { integerFrom, type DoorFlags } from '../options.ts'
import type { ExtractPageFlags, SearchFlags } from '../run/page-extracts.ts'

const NAMED = ['<url>', 'address of the page, or its id'] as const

const RESULTS_DEFAULT = 10
const RESULTS_MAX = 1_000

export function textWord(context: CommandContext): Command {
  return new Command('text')
    .description('write the main text of a page to standard output')
    .argument(...NAMED)
    .addOption(renderedOption())
    .action((named: string, flags: Flags) => extract(context, named, { ...flags, text: true }))
}

export function markdownWord(context: CommandContext): Command {
  return new Command('markdown')
    .description('write the main text of a page as Markdown')
    .argument(...NAMED)
    .addOption(renderedOption())
    .action((named: string, flags: Flags) => extract(context, named, { ...flags, markdown: true }))
}

export function extractWord(context: CommandContext): Command {
  return new Command('extract')
    .description('write data that is extracted from a page, as JSON')
    .argument(...NAMED)
    .addOption(extractFileOption())
    .addOption(selectOption())
    .addOption(renderedOption())
    .action((named: string, flags: ExtractPageFlags) => extract(context, named, flags))
}

interface Flags extends DoorFlags {
  readonly rendered?: true
}

function renderedOption(): Option {
  return new Option('--rendered', 'from the document that a browser made of it')
}

function extract(context: CommandContext, named: string, flags: ExtractPageFlags): Promise<void> {
  return context.run(async () => {
    const { runExtractPage } = await import('../run/page-extracts.ts')
    return runExtractPage(context.io, named, flags)
  })
}

export function searchWord(context: CommandContext): Command {
  return new Command('search')
    .description('find pages by their words')
    .argument('<words...>', 'all of them; also begin*, title:, host:, site:, url:, after:, before:')
    .addOption(
      new Option('--limit <count>', 'so many at most')
        .argParser(integerFrom(1, RESULTS_MAX))
        .default(RESULTS_DEFAULT),
    )
    .option('--unfold', 'also those that are nearly the same as a better one')
    .addHelpText(
      'after',
      `
  $ npx anillo pages search high water
  $ npx anillo pages search 'tid* site:example.org after:2026-01'
  $ npx anillo pages search '"high water" title:tides'

Of each page its newest copy is searched. Older versions are not: see npx anillo pages versions.`,
    )
    .action((words: readonly string[], flags: SearchFlags) =>
      context.run(async () => {
        const { runSearchPages } = await import('../run/page-extracts.ts')
        return runSearchPages(context.io, words, flags)
      }),
    )
}

export function similarWord(context: CommandContext): Command {
  return new Command('similar')
    .description('find pages that are nearly the same as one')
    .argument('<url>', 'address of the page, or its id')
    .addOption(
      new Option('--limit <count>', 'so many at most')
        .argParser(integerFrom(1, SIMILAR_MAX))
        .default(RESULTS_DEFAULT),
    )
    .action((named: string, flags: SearchFlags) =>
      context.run(async () => {
        const { runSimilarPages } = await import('../run/page-extracts.ts')
        return runSimilarPages(context.io, named, flags)
      }),
    )
}

/** Of one answer. */
const SIMILAR_MAX = 50
