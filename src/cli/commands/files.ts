/** `anillo ls`, `put`, `get` and the other commands of files: their words and their help. */
import { Command, InvalidArgumentError, Option } from 'commander'

import { instant } from '../../base/instant.ts'
import { DAY_MS } from '../../base/limits.ts'
import type { CommandContext } from '../context.ts'
import { durationUpTo } from '../duration.ts'
import { integerFrom, withDoors, withWords, type DoorFlags } from '../options.ts'
import type { MakeFolderFlags, MoveFlags, RemoveFlags, TouchFlags } from '../run/files/changes.ts'
import type { GetFlags } from '../run/files/get.ts'
import type { ListFlags } from '../run/files/looks.ts'
import type { EmptyFlags, TrashFlags, VersionsFlags } from '../run/files/own-files.ts'
import type { PutFlags } from '../run/files/put.ts'
import { quotaCommand } from './quota.ts'

const PARALLEL_DEFAULT = 4
const PARALLEL_MAX = 64

const TRASH_AGE_MS_MAX = 3_650 * DAY_MS

const IN_RING = 'of the ring, from its root, e.g. shared/notes.txt'

export function fileCommands(context: CommandContext): readonly Command[] {
  return [
    listCommand(context),
    putCommand(context),
    getCommand(context),
    removeCommand(context),
    moveCommand(context),
    copyCommand(context),
    makeFolderCommand(context),
    touchCommand(context),
    statCommand(context),
    versionsCommand(context),
    sharedCommand(context),
    trashCommand(context),
    quotaCommand(context),
  ].map(withDoors)
}

function listCommand(context: CommandContext): Command {
  return new Command('ls')
    .description('list files and folders of the ring')
    .argument('[path...]', IN_RING)
    .option('-R, --recursive', 'what is in folders, too')
    .addHelpText(
      'after',
      `
  $ npx anillo ls                    the root
  $ npx anillo ls shared -R
  $ npx anillo ls shared --json      one JSON document a line`,
    )
    .action((paths: readonly string[], flags: ListFlags) =>
      context.run(async () => {
        const { runList } = await import('../run/files/looks.ts')
        return runList(context.io, paths, flags)
      }),
    )
}

function putCommand(context: CommandContext): Command {
  return new Command('put')
    .description('send files and folders into the ring')
    .argument('<source...>', 'files of this computer, and last the place in the ring')
    .option('-r, --recursive', 'folders, with all that is in them')
    .addOption(parallelOption())
    .option('--if-absent', 'only files that are not there; others count as failed')
    .addHelpText(
      'after',
      `
  $ npx anillo put notes.txt shared/
  $ npx anillo put notes.txt shared/other-name.txt
  $ npx anillo put -r pictures shared/

What is there already with the same content is not sent again. An upload that broke off goes on
where it was, at whichever member answers; each file is held against its SHA-256.`,
    )
    .action((paths: readonly string[], flags: PutFlags) =>
      context.run(async () => {
        const { runPut } = await import('../run/files/put.ts')
        return runPut(context.io, paths, flags)
      }),
    )
}

function getCommand(context: CommandContext): Command {
  return new Command('get')
    .description('fetch files and folders from the ring')
    .argument('<source...>', `${IN_RING}; last the place on this computer, by default “.”`)
    .option('-r, --recursive', 'folders, with all that is in them')
    .addOption(parallelOption())
    .addOption(
      new Option('--version <number>', 'an earlier content, as npx anillo versions tells it')
        .argParser(integerFrom(0, Number.MAX_SAFE_INTEGER))
        .conflicts('recursive'),
    )
    .option('--replace', 'a file of this computer with other content is overwritten')
    .addHelpText(
      'after',
      `
  $ npx anillo get shared/notes.txt
  $ npx anillo get shared/notes.txt other-name.txt
  $ npx anillo get -r shared/pictures backup/
  $ npx anillo get shared/notes.txt - | wc      to standard output
  $ npx anillo get shared/notes.txt old.txt --version 3

A file gets its name when it is whole and its SHA-256 is right. One that broke off goes on where it
was; large files come from several members at once.`,
    )
    .action((paths: readonly string[], flags: GetFlags) =>
      context.run(async () => {
        const { runGet } = await import('../run/files/get.ts')
        return runGet(context.io, paths, flags)
      }),
    )
}

function removeCommand(context: CommandContext): Command {
  return new Command('rm')
    .description('put files and folders of the ring into the trash')
    .argument('<path...>', IN_RING)
    .option('-r, --recursive', 'folders, with all that is in them; without it, only empty ones')
    .option('-f, --force', 'what is not there is no failure')
    .addHelpText('after', '\n  $ npx anillo rm shared/notes.txt\n  $ npx anillo rm -r shared/old')
    .action((paths: readonly string[], flags: RemoveFlags) =>
      context.run(async () => {
        const { runRemove } = await import('../run/files/changes.ts')
        return runRemove(context.io, paths, flags)
      }),
    )
}

function moveCommand(context: CommandContext): Command {
  return new Command('mv')
    .description('move or rename files and folders of the ring')
    .argument('<path...>', `${IN_RING}; last the folder, or the new name`)
    .option('--replace', 'a file that has the name already becomes a version')
    .addHelpText(
      'after',
      `
  $ npx anillo mv shared/notes.txt shared/old/
  $ npx anillo mv shared/a shared/b

A folder moves in one step, with all that is in it.`,
    )
    .action((paths: readonly string[], flags: MoveFlags) =>
      context.run(async () => {
        const { runMove } = await import('../run/files/changes.ts')
        return runMove(context.io, paths, flags)
      }),
    )
}

function copyCommand(context: CommandContext): Command {
  return new Command('cp')
    .description('copy files and folders within the ring')
    .argument('<path...>', `${IN_RING}; last the folder, or the new name`)
    .option('--replace', 'a file that has the name already becomes a version')
    .addHelpText(
      'after',
      `
  $ npx anillo cp shared/notes.txt shared/notes-2.txt

No byte is copied: both have the same content until one is changed.`,
    )
    .action((paths: readonly string[], flags: MoveFlags) =>
      context.run(async () => {
        const { runCopy } = await import('../run/files/changes.ts')
        return runCopy(context.io, paths, flags)
      }),
    )
}

function makeFolderCommand(context: CommandContext): Command {
  return new Command('mkdir')
    .description('make folders in the ring')
    .argument('<path...>', IN_RING)
    .option('-p, --parents', 'those above it, too; one that is there already is no failure')
    .addHelpText('after', '\n  $ npx anillo mkdir shared/new\n  $ npx anillo mkdir -p shared/a/b/c')
    .action((paths: readonly string[], flags: MakeFolderFlags) =>
      context.run(async () => {
        const { runMakeFolders } = await import('../run/files/changes.ts')
        return runMakeFolders(context.io, paths, flags)
      }),
    )
}

function touchCommand(context: CommandContext): Command {
  return new Command('touch')
    .description('set when files and folders were modified, or make empty files')
    .argument('<path...>', IN_RING)
    .addOption(new Option('--modified <instant>', 'ISO 8601; without it, now').argParser(instantIn))
    .option('--no-create', 'what is not there stays so')
    .addHelpText(
      'after',
      `
  $ npx anillo touch shared/notes.txt
  $ npx anillo touch shared/notes.txt --modified 2026-11-21T10:00:00Z`,
    )
    .action((paths: readonly string[], flags: TouchFlags) =>
      context.run(async () => {
        const { runTouch } = await import('../run/files/changes.ts')
        return runTouch(context.io, paths, flags)
      }),
    )
}

function instantIn(text: string): string {
  const timeMs = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN
  if (timeMs >= 0) return instant(timeMs)
  throw new InvalidArgumentError('Give an instant since 1970, such as 2026-11-21T10:00:00Z.')
}

function statCommand(context: CommandContext): Command {
  return new Command('stat')
    .description('show what is known of a file or folder of the ring')
    .argument('<path...>', IN_RING)
    .addHelpText('after', '\n  $ npx anillo stat shared/notes.txt')
    .action((paths: readonly string[], flags: DoorFlags) =>
      context.run(async () => {
        const { runStat } = await import('../run/files/looks.ts')
        return runStat(context.io, paths, flags)
      }),
    )
}

function versionsCommand(context: CommandContext): Command {
  return new Command('versions')
    .description('list the earlier contents of a file of the ring, or bring one back')
    .argument('<path>', IN_RING)
    .addOption(
      new Option('--restore <version>', 'that content becomes the file’s once more').argParser(
        integerFrom(0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addHelpText(
      'after',
      `
  $ npx anillo versions shared/notes.txt
  $ npx anillo versions shared/notes.txt --restore 3

The content that the file has becomes a version, too.`,
    )
    .action((path: string, flags: VersionsFlags) =>
      context.run(async () => {
        const { runVersions } = await import('../run/files/own-files.ts')
        return runVersions(context.io, path, flags)
      }),
    )
}

function sharedCommand(context: CommandContext): Command {
  return new Command('shared')
    .description('list what others share with your account, or with a group that it is in')
    .addHelpText(
      'after',
      `
  $ npx anillo shared
  $ npx anillo get .shared/ana/plans.pdf

The same as a folder: npx anillo ls -R .shared`,
    )
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runShared } = await import('../run/files/own-files.ts')
        return runShared(context.io, flags)
      }),
    )
}

function trashCommand(context: CommandContext): Command {
  const trash = new Command('trash')
    .description('list what your account threw away, bring something back, or let it go for good')
    // Flags behind a word are that word’s.
    .enablePositionalOptions()
    .option('--restore <what...>', 'ids, or paths: to where it was, or beside what has its place')
    .option('-r, --recursive', 'with --restore: what was below the path, too')
    .addHelpText(
      'after',
      `
  $ npx anillo trash
  $ npx anillo trash --restore home/ana/notes.txt
  $ npx anillo trash --restore home/ana/drafts -r
  $ npx anillo trash --restore ID
  $ npx anillo trash delete ID
  $ npx anillo trash empty --older-than 7d

Of several things of one path --restore brings back what was thrown away last.

The same as a folder: npx anillo ls .trash, npx anillo get .trash/NAME`,
    )
    .action((flags: TrashFlags) =>
      context.run(async () => {
        const { runTrash } = await import('../run/files/own-files.ts')
        return runTrash(context.io, flags)
      }),
    )
  return withWords(trash, [emptyTrashCommand(context), deleteTrashedCommand(context)])
}

function emptyTrashCommand(context: CommandContext): Command {
  return new Command('empty')
    .description('let all that is in the trash go for good')
    .addOption(
      new Option('--older-than <duration>', 'only what lies there for longer, e.g. 7d').argParser(
        durationUpTo(TRASH_AGE_MS_MAX),
      ),
    )
    .addHelpText(
      'after',
      '\n  $ npx anillo trash empty\n  $ npx anillo trash empty --older-than 7d',
    )
    .action((flags: EmptyFlags) =>
      context.run(async () => {
        const { runEmptyTrash } = await import('../run/files/own-files.ts')
        return runEmptyTrash(context.io, flags)
      }),
    )
}

function deleteTrashedCommand(context: CommandContext): Command {
  return new Command('delete')
    .description('let single things of the trash go for good')
    .argument('<id...>', 'as npx anillo trash tells it')
    .addHelpText('after', '\n  $ npx anillo trash delete ID')
    .action((ids: readonly string[], flags: DoorFlags) =>
      context.run(async () => {
        const { runDeleteTrashed } = await import('../run/files/own-files.ts')
        return runDeleteTrashed(context.io, ids, flags)
      }),
    )
}

function parallelOption(): Option {
  return new Option('--parallel <count>', 'files at a time')
    .argParser(integerFrom(1, PARALLEL_MAX))
    .default(PARALLEL_DEFAULT)
}
