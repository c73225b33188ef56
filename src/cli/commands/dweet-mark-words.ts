/** `anillo dweet mute`, `block`, `bookmark`, and the lists of all: of everybody, of a tag. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import type { DoorFlags } from '../options.ts'
import type { ListFlags } from '../run/dweet-lists.ts'
import type { UndoFlags } from '../run/dweet.ts'
import { ID, limitOption, NICK } from './dweet-arguments.ts'

export function markWords(context: CommandContext): readonly Command[] {
  return [
    muteWord(context),
    blockWord(context),
    bookmarkWord(context),
    bookmarksWord(context),
    localWord(context),
    tagWord(context),
    catchUpWord(context),
  ]
}

function muteWord(context: CommandContext): Command {
  return new Command('mute')
    .alias('silenciar')
    .description('see nothing of somebody in lists; they are not told')
    .argument(...NICK)
    .option('--undo', 'see them again')
    .action((nick: string, flags: UndoFlags) =>
      context.run(async () => {
        const { runMute } = await import('../run/dweet-marks.ts')
        return runMute(context.io, nick, flags)
      }),
    )
}

function blockWord(context: CommandContext): Command {
  return new Command('block')
    .alias('bloquear')
    .description('neither of you sees the other, or follows the other any more')
    .argument(...NICK)
    .option('--undo', 'block them no more')
    .action((nick: string, flags: UndoFlags) =>
      context.run(async () => {
        const { runBlock } = await import('../run/dweet-marks.ts')
        return runBlock(context.io, nick, flags)
      }),
    )
}

function bookmarkWord(context: CommandContext): Command {
  return new Command('bookmark')
    .alias('guardar')
    .description('keep a bookmark of a dweet; nobody is told')
    .argument(...ID)
    .option('--undo', 'keep it no more')
    .action((id: string, flags: UndoFlags) =>
      context.run(async () => {
        const { runBookmark } = await import('../run/dweet-marks.ts')
        return runBookmark(context.io, id, flags)
      }),
    )
}

function bookmarksWord(context: CommandContext): Command {
  return new Command('bookmarks')
    .alias('guardados')
    .description('show the dweets of which you keep a bookmark')
    .addOption(limitOption())
    .action((flags: ListFlags) =>
      context.run(async () => {
        const { runBookmarks } = await import('../run/dweet-lists.ts')
        return runBookmarks(context.io, flags)
      }),
    )
}

function localWord(context: CommandContext): Command {
  return new Command('local')
    .alias('todos')
    .description('show what everybody publishes for everybody, newest first')
    .addOption(limitOption())
    .action((flags: ListFlags) =>
      context.run(async () => {
        const { runLocal } = await import('../run/dweet-lists.ts')
        return runLocal(context.io, flags)
      }),
    )
}

function tagWord(context: CommandContext): Command {
  return new Command('tag')
    .alias('tema')
    .description('show public dweets with a tag, newest first')
    .argument('<tag>', 'with or without “#”')
    .addOption(limitOption())
    .action((tag: string, flags: ListFlags) =>
      context.run(async () => {
        const { runTag } = await import('../run/dweet-lists.ts')
        return runTag(context.io, tag, flags)
      }),
    )
}

function catchUpWord(context: CommandContext): Command {
  return new Command('catch-up')
    .alias('al-dia')
    .description('count all that there is now as seen')
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runCatchUp } = await import('../run/dweet-marks.ts')
        return runCatchUp(context.io, flags)
      }),
    )
}
