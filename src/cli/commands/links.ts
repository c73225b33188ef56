/** `anillo link`, `links` and `unlink`: their words and their help. */
import { Command, Option } from 'commander'

import { DAY_MS } from '../../base/limits.ts'
import { DOWNLOADS_MAX } from '../../wire/file-limits.ts'
import type { CommandContext } from '../context.ts'
import { durationUpTo } from '../duration.ts'
import { integerFrom, withDoors } from '../options.ts'
import type { LinkFlags, LinksFlags, UnlinkFlags } from '../run/links.ts'

const EXPIRES_MS_MAX = 3_650 * DAY_MS

export function linkCommands(context: CommandContext): readonly Command[] {
  return [linkCommand(context), linksCommand(context), unlinkCommand(context)].map(withDoors)
}

function linkCommand(context: CommandContext): Command {
  return new Command('link')
    .description('make a public link of a file or folder of the ring')
    .argument('<path>', 'of the ring, from its root, e.g. shared/notes.txt')
    .addOption(
      new Option(
        '--expires <duration>',
        'how long it works, e.g. 7d; by default for ever',
      ).argParser(durationUpTo(EXPIRES_MS_MAX)),
    )
    .option('--password', 'ask for a password, which visitors then need')
    .addOption(
      new Option('--downloads <count>', 'so many downloads, then no more').argParser(
        integerFrom(1, DOWNLOADS_MAX),
      ),
    )
    .addHelpText(
      'after',
      `
  $ npx anillo link shared/notes.txt
  $ npx anillo link shared/pictures --expires 7d --password
  $ npx anillo link shared/draft.pdf --downloads 1

Whoever has the link sees and downloads, without an account, and changes nothing. It follows a file
that is moved or renamed, and ends with your right to give it on. “npx anillo unlink” revokes it.`,
    )
    .action((path: string, flags: LinkFlags) =>
      context.run(async () => {
        const { runLink } = await import('../run/links.ts')
        return runLink(context.io, path, flags)
      }),
    )
}

function linksCommand(context: CommandContext): Command {
  return new Command('links')
    .description('list the public links that you made')
    .argument('[path]', 'those alone that lead there')
    .option('--everybody', 'those of all accounts; for managers of files')
    .addHelpText('after', '\n  $ npx anillo links\n  $ npx anillo links shared/notes.txt')
    .action((path: string | undefined, flags: LinksFlags) =>
      context.run(async () => {
        const { runLinks } = await import('../run/links.ts')
        return runLinks(context.io, path, flags)
      }),
    )
}

function unlinkCommand(context: CommandContext): Command {
  return new Command('unlink')
    .description('revoke public links')
    .argument('<link...>', 'the link itself, its id, or a path: all of yours that lead there')
    .addHelpText(
      'after',
      `
  $ npx anillo unlink http://localhost:9100/s/4fT2mJq0bXz8Wd7RkYvN1cHpGsA
  $ npx anillo unlink shared/notes.txt

Once it is done, no member lets anybody in by it. What it led to stays.`,
    )
    .action((links: readonly string[], flags: UnlinkFlags) =>
      context.run(async () => {
        const { runUnlink } = await import('../run/links.ts')
        return runUnlink(context.io, links, flags)
      }),
    )
}
