/** `anillo scrape`: its words and its help. */
import { Command, Option } from 'commander'

import { WITNESSES_MAX, WITNESSES_MIN } from '../../wire/testimony.ts'
import type { CommandContext } from '../context.ts'
import { extractFileOption, selectOption } from '../extract-options.ts'
import { integerFrom, vantageOption, withDoors } from '../options.ts'
import type { ScrapeRequestFlags } from '../run/scrape.ts'

export function scrapeCommand(context: CommandContext): Command {
  const command = new Command('scrape')
    .description('have the ring download a page, or get what it holds')
    .argument('<url>', 'web address; “:8000” is short for http://localhost:8000')
    .addOption(
      new Option('--max-age <seconds>', 'ask the site for what is older; 0 always does').argParser(
        integerFrom(0, 2 ** 31 - 1),
      ),
    )
    .addOption(
      new Option(
        '--witnesses <count>',
        'so many members download it at the same time and sign what they saw',
      ).argParser(integerFrom(WITNESSES_MIN, WITNESSES_MAX)),
    )
    .addOption(vantageOption().conflicts('witnesses'))
    .addOption(new Option('-o, --output <file>', 'write the page to a file').conflicts('body'))
    .option('--body', 'write the page to standard output, what is known of it to standard error')
    .option('--render', 'have a browser of the ring run it; what is written is what came of that')
    .option('--screenshot <file>', 'write a picture of the rendered page to a file (WebP)')
    .option('--text', 'write its main text to standard output')
    .option('--markdown', 'write its main text as Markdown to standard output')
    .addOption(selectOption())
    .addOption(extractFileOption())
    .addHelpText(
      'after',
      `
  $ npx anillo scrape https://example.org               what the ring knows of the page
  $ npx anillo scrape https://example.org -o page.html  the page itself
  $ npx anillo scrape :8000 --body | less
  $ npx anillo scrape https://example.org --markdown
  $ npx anillo scrape https://example.org --screenshot page.webp
  $ npx anillo scrape https://example.org --render -o page.html
  $ npx anillo scrape https://example.org --select price=.price --select name=h1
  $ npx anillo scrape :8000 --max-age 0 --json          anew, for a script
  $ npx anillo scrape https://example.org --witnesses 3 then: npx anillo pages testimony`,
    )
    .action((url: string, flags: ScrapeRequestFlags) =>
      context.run(async () => {
        const { runScrape } = await import('../run/scrape.ts')
        return runScrape(context.io, url, flags)
      }),
    )
  return withDoors(command)
}
