/** `anillo dweet` and what stands below it: words, their Spanish names, and their help. */
import { Command } from 'commander'

import { PAGE_MAX } from '../../wire/dweet-limits.ts'
import type { CommandContext } from '../context.ts'
import { type DoorFlags, withWords } from '../options.ts'
import type { ListFlags, NewFlags, NotificationsFlags, ProfileFlags } from '../run/dweet-lists.ts'
import type { SaveFlags } from '../run/dweet-save.ts'
import type { EditFlags, FollowFlags, PostFlags, UndoFlags } from '../run/dweet.ts'
import { ID, limitOption, NICK, TEXT } from './dweet-arguments.ts'
import { listWords } from './dweet-list-words.ts'
import { markWords } from './dweet-mark-words.ts'
import { reportWords } from './dweet-report-words.ts'
import { undoWords } from './dweet-undo-words.ts'
import { ownDataWords } from './own-data.ts'

const EXAMPLES = `
  $ npx anillo dweet post "Hola, anillo"
  $ npx anillo dweet follow ana
  $ npx anillo dweet new                     what you have not seen yet; again: what comes next
  $ npx anillo dweet profile ana
  $ npx anillo dweet redweet ID              as lists show it, at the end of the first line

Who asks is whoever is logged in: “npx anillo login NICK”. Each word has a Spanish name, too.`

export function dweetCommand(context: CommandContext): Command {
  const command = new Command('dweet')
    .description('write and read dweets')
    .usage('post|new|home|show|reply|redweet|like|delete|edit|follow|profile|lists|report ...')
    .addHelpText('after', EXAMPLES)
  for (const word of undoWords(context)) command.addCommand(word, { hidden: true })
  return withWords(command, [
    postWord(context),
    newWord(context),
    homeWord(context),
    showWord(context),
    saveWord(context),
    replyWord(context),
    redweetWord(context),
    likeWord(context),
    deleteWord(context),
    editWord(context),
    followWord(context),
    unfollowWord(context),
    profileWord(context),
    searchWord(context),
    notificationsWord(context),
    ...markWords(context),
    ...listWords(context),
    ...reportWords(context),
    ...ownDataWords(context),
  ])
}

function publishing(command: Command): Command {
  return command
    .option('--warning <text>', 'shown in place of the text until a reader asks for it')
    .option('--followers', 'for those alone who follow you, and whom it mentions')
    .option('--attach <file>', 'show a picture or file with it; up to four times', listed)
    .option('--attach-from <path>', 'the same with a file of the ring’s tree', listed)
    .option('--no-preview', 'ask no site what a link leads to')
    .option('--alt <text>', 'what the attachment shows, for whoever does not see it', listed)
}

/** What may be said several times. */
function listed(one: string, before: readonly string[] = []): readonly string[] {
  return [...before, one]
}

function postWord(context: CommandContext): Command {
  return publishing(new Command('post').alias('publicar'))
    .description('publish a dweet')
    .argument(...TEXT)
    .addHelpText(
      'after',
      `
  $ npx anillo dweet post "Hola @ana, this is #anillo"
  $ npx anillo dweet post "The sea" --attach sea.jpg --alt "Waves at dusk"
  $ fortune -s | npx anillo dweet post -`,
    )
    .action((text: string, flags: PostFlags) =>
      context.run(async () => {
        const { runPost } = await import('../run/dweet.ts')
        return runPost(context.io, { text }, flags)
      }),
    )
}

function replyWord(context: CommandContext): Command {
  return publishing(new Command('reply').alias('responder'))
    .description('answer a dweet')
    .argument(...ID)
    .argument(...TEXT)
    .action((replyTo: string, text: string, flags: PostFlags) =>
      context.run(async () => {
        const { runPost } = await import('../run/dweet.ts')
        return runPost(context.io, { text, replyTo }, flags)
      }),
    )
}

function newWord(context: CommandContext): Command {
  return new Command('new')
    .alias('nuevos')
    .description('show what those whom you follow published and you have not seen, oldest first')
    .addOption(limitOption(PAGE_MAX))
    .option('--keep', 'they count as unseen, and come again')
    .addHelpText(
      'after',
      `
What is shown counts as seen. Once all is seen, older dweets come, newest first.

  $ npx anillo dweet new
  $ npx anillo dweet new --keep --json`,
    )
    .action((flags: NewFlags) =>
      context.run(async () => {
        const { runNew } = await import('../run/dweet-lists.ts')
        return runNew(context.io, flags)
      }),
    )
}

function homeWord(context: CommandContext): Command {
  return new Command('home')
    .alias('inicio')
    .description('show what you and those whom you follow published, newest first')
    .addOption(limitOption())
    .action((flags: ListFlags) =>
      context.run(async () => {
        const { runHome } = await import('../run/dweet-lists.ts')
        return runHome(context.io, flags)
      }),
    )
}

function showWord(context: CommandContext): Command {
  return new Command('show')
    .alias('ver')
    .description('show a dweet with what it answers and what answers it')
    .argument(...ID)
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShow } = await import('../run/dweet.ts')
        return runShow(context.io, id, flags)
      }),
    )
}

function redweetWord(context: CommandContext): Command {
  return new Command('redweet')
    .alias('republicar')
    .description('show a dweet to those who follow you')
    .argument(...ID)
    .option('--undo', 'take it back')
    .action((id: string, flags: UndoFlags) =>
      context.run(async () => {
        const { runRedweet } = await import('../run/dweet.ts')
        return runRedweet(context.io, id, flags)
      }),
    )
}

function saveWord(context: CommandContext): Command {
  return new Command('save')
    .alias('descargar')
    .description('write what is shown with a dweet into files; none is written over')
    .argument(...ID)
    .option('--out <directory>', 'where to; absent: here')
    .option('--reported', 'of a dweet that was reported, for moderators; the audit log tells of it')
    .action((id: string, flags: SaveFlags) =>
      context.run(async () => {
        const { runSave } = await import('../run/dweet-save.ts')
        return runSave(context.io, id, flags)
      }),
    )
}

function likeWord(context: CommandContext): Command {
  return new Command('like')
    .alias('gusta')
    .description('like a dweet')
    .argument(...ID)
    .option('--undo', 'like it no more')
    .action((id: string, flags: UndoFlags) =>
      context.run(async () => {
        const { runLike } = await import('../run/dweet.ts')
        return runLike(context.io, id, flags)
      }),
    )
}

function deleteWord(context: CommandContext): Command {
  return new Command('delete')
    .alias('borrar')
    .description('delete a dweet of yours; for moderators, of anybody')
    .argument(...ID)
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runDelete } = await import('../run/dweet.ts')
        return runDelete(context.io, id, flags)
      }),
    )
}

function editWord(context: CommandContext): Command {
  return new Command('edit')
    .alias('editar')
    .description('change a dweet of yours; what it said before can still be read')
    .argument(...ID)
    .argument('[text]', `${TEXT[1]}; absent: it stays`)
    .option('--warning <text>', 'another warning; an empty one takes it away')
    .option(
      '--alt <text>',
      'what an attachment shows, in their order; empty: nothing is said',
      listed,
    )
    .action((id: string, text: string | undefined, flags: EditFlags) =>
      context.run(async () => {
        const { runEdit } = await import('../run/dweet.ts')
        return runEdit(context.io, { id, text }, flags)
      }),
    )
}

function followWord(context: CommandContext): Command {
  return new Command('follow')
    .alias('seguir')
    .description('follow somebody: what they publish is new to you from then on')
    .argument(...NICK)
    .option('--no-redweets', 'not what they redweet')
    .action((nick: string, flags: FollowFlags) =>
      context.run(async () => {
        const { runFollow } = await import('../run/dweet.ts')
        return runFollow(context.io, nick, flags)
      }),
    )
}

function unfollowWord(context: CommandContext): Command {
  return new Command('unfollow')
    .alias('dejar')
    .description('follow somebody no more')
    .argument(...NICK)
    .action((nick: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runUnfollow } = await import('../run/dweet.ts')
        return runUnfollow(context.io, nick, flags)
      }),
    )
}

function profileWord(context: CommandContext): Command {
  return new Command('profile')
    .alias('perfil')
    .description('show somebody’s profile, dweets and redweets')
    .argument('[nick]', 'whose; without it, your own')
    .addOption(limitOption())
    .option('--bio <text>', 'say this about yourself')
    .addHelpText(
      'after',
      `
  $ npx anillo dweet profile ana --limit 5000
  $ npx anillo dweet profile --bio "I keep the ring running"`,
    )
    .action((nick: string | undefined, flags: ProfileFlags) =>
      context.run(async () => {
        const { runProfile } = await import('../run/dweet-lists.ts')
        return runProfile(context.io, nick, flags)
      }),
    )
}

function searchWord(context: CommandContext): Command {
  return new Command('search')
    .alias('buscar')
    .description('find dweets of yours, and of those whom you follow')
    .argument('<words...>', 'all of them')
    .addOption(limitOption())
    .action((words: readonly string[], flags: ListFlags) =>
      context.run(async () => {
        const { runSearch } = await import('../run/dweet-lists.ts')
        return runSearch(context.io, words, flags)
      }),
    )
}

function notificationsWord(context: CommandContext): Command {
  return new Command('notifications')
    .alias('avisos')
    .description('show who mentioned, answered, redweeted, liked or followed you')
    .addOption(limitOption())
    .option('--clear', 'take all of them away')
    .action((flags: NotificationsFlags) =>
      context.run(async () => {
        const { runNotifications } = await import('../run/dweet-lists.ts')
        return runNotifications(context.io, flags)
      }),
    )
}
