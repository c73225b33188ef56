/** Lo que dice la consola en español. */
import { parseErrorCode } from '../../base/errors.ts'
import { errorInSpanish } from '../../base/spanish-errors.ts'
import { DWEET_CHARS_MAX } from '../../wire/dweet-limits.ts'
import type { Texts } from './texts.ts'

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

export const ES: Texts = {
  months: 'ene feb mar abr may jun jul ago sep oct nov dic'.split(' '),
  help: [
    ['registrar [NICK]', 'crear una cuenta'],
    ['entrar [NICK]', 'iniciar sesión'],
    ['nuevos', 'lo que aún no has visto, y después lo anterior'],
    ['publicar TEXTO', `publicar, hasta ${DWEET_CHARS_MAX} caracteres`],
    ['responder N TEXTO', 'responder al dweet [N]'],
    ['republicar N, despublicar N', 'mostrarlo a quienes te siguen, o ya no'],
    ['gusta N, nogusta N', 'decir que te gusta, o que ya no'],
    ['editar N TEXTO, borrar N', 'cambiar o quitar uno tuyo'],
    ['ver N', 'un dweet entero, con sus respuestas'],
    ['seguir NICK, dejar NICK', 'ver sus dweets en «nuevos», o ya no'],
    ['perfil [NICK]', 'todos los dweets y redweets de alguien'],
    ['quien [NICK]', 'a quién sigue, y quién le sigue'],
    ['inicio, todos', 'lo último de quienes sigues; de todos'],
    ['buscar PALABRAS', 'en tus dweets y los suyos; o buscar #TEMA'],
    ['avisos', 'quién te respondió, le gustó, te siguió'],
    ['más', 'continuar con la última lista'],
    ['borrador TEXTO, borradores', 'guardar un texto; ver los guardados'],
    ['enviar N, descartar N', 'publicar o descartar el borrador (N)'],
    ['idioma en, idioma es', 'inglés o español'],
    ['salir', '--everywhere: todas; --forget: borra lo guardado'],
    ['terminar', 'cerrar la consola; la sesión sigue'],
  ],
  helpMore: [
    ['silenciar, desilenciar NICK', 'no ver nada suyo, o verlo de nuevo'],
    ['bloquear, desbloquear NICK', 'que no os veáis, o sí'],
    ['guardar N, soltar N', 'guardar un dweet para después, o ya no'],
    ['guardados', 'los que guardas'],
    ['listas, lista NOMBRE', 'tus listas de gente; lo que publican'],
    ['apuntar, desapuntar NICK NOMBRE', 'ponerle en una lista, o quitarle'],
    ['denunciar N o @NICK', 'avisar a moderación; y por qué: spam, abuso, …'],
    ['adjuntar FICHERO, quitar', 'mostrarlo con tu próximo dweet, o nada'],
    ['tema TEMA', 'dweets de todos que lo llevan'],
    ['aldia', 'todo lo que hay ahora cuenta como visto'],
    ['exportar [FICHERO]', 'todo lo tuyo, en un ZIP'],
  ],
  helpEnd: 'Tab completa, ↑ recupera líneas. «ayuda más»: listas, ficheros, moderación, …',
  howToLeave: '«terminar» o Ctrl-D cierra la consola.',

  welcome: 'Dweet: «registrar» crea una cuenta, «entrar» la abre, «ayuda» lo cuenta todo.',
  welcomeBack: (nick) => `Dweet: eres ${nick}. «nuevos» muestra lo nuevo, «ayuda» lo cuenta todo.`,
  loggedIn: (nick) => `Hola, ${nick}.`,
  loggedOut: 'Sesión cerrada.',
  forgotten: 'Sesión cerrada; aquí no queda nada guardado.',
  forgottenHere:
    'Aquí ya no queda nada guardado. No se pudo avisar al anillo: la sesión caduca allí sola.',
  notLoggedOut: 'El anillo no responde: la sesión sigue abierta. Ciérrala cuando vuelva.',
  sessionEnded: 'La sesión ha terminado. Vuelve a entrar.',
  loginFirst: 'Primero inicia sesión.',
  askNick: 'Nick: ',
  askName: (nick) => `Nombre (${nick}): `,
  askPassword: 'Contraseña: ',
  askNewPassword: 'Contraseña nueva: ',
  askSamePassword: 'Otra vez la misma: ',
  differ: 'Las dos contraseñas no coinciden.',
  nickUnfit: 'Un nick tiene de 1 a 30 letras de la a a la z, cifras y «_».',
  askText: 'Texto: ',
  askDescription: '¿Qué muestra? (Intro: nada) ',
  askForget: (count) =>
    `${counted(count, 'texto no se publicó', 'textos no se publicaron')}. ¿Olvidarlo también? (sí/no) `,
  yes: 'sí',

  unknownWord: (word, like) =>
    like.length === 0
      ? `«${word}» no es ninguna orden. «ayuda» las enumera.`
      : `«${word}» no es ninguna orden. ¿Querías decir «${like.join('» o «')}»?`,
  ofCommands: (word, command) =>
    `La consola no tiene «${word}»; sí la línea de órdenes: ${command} --help`,
  missing: (what) => MISSING[what],
  noNumber: (word) => `No hay ningún [${word}] en la pantalla.`,
  tooLong: (characters, max) =>
    `Un dweet tiene como máximo ${max} caracteres; este tiene ${characters}.`,
  empty: 'Un dweet no puede estar vacío.',
  gone: 'Ese dweet no existe o fue borrado.',

  saved: (time) => (time === undefined ? 'Preguntando al anillo…' : `Guardado a las ${time}:`),
  offline: (time) =>
    time === undefined
      ? 'Sin conexión — aún no hay nada guardado aquí'
      : `Sin conexión — se muestra lo guardado a las ${time}`,
  offlineWord: 'sin conexión',
  online: 'Hay conexión de nuevo.',
  noRing: (doors, start) =>
    `Ningún anillo responde en ${doors}. «${start}» inicia uno aquí; «npx anillo console --at URL» va a otro.`,
  needsRing: 'Sin conexión: esto necesita el anillo. Repítelo cuando vuelva.',
  nothingKept: 'Aquí no hay nada guardado de eso.',
  unkept: (problem) => `Aquí no se puede guardar nada: ${problem}`,

  published: 'Publicado.',
  publishedLate: 'Publicado, tras esperar:',
  waits: (count) =>
    `Guardado: se publicará cuando vuelva el anillo${count > 1 ? ` (esperan ${count})` : ''}.`,
  waitsWhy: (why) => `${why} Queda guardado, y se publicará en cuanto se pueda.`,
  keptAsDraft: 'El texto queda guardado: «borradores» lo muestra.',
  wasUncertain: (text) => `Ya nadie sabe si esto se publicó; ahora es un borrador: «${text}»`,
  leftWaiting: (count) =>
    `${counted(count, 'dweet espera', 'dweets esperan')}: se publicarán cuando vuelvas aquí.`,
  drafts: 'Guardado aquí; «enviar 1» publica (1), «descartar 1» lo descarta:',
  noDrafts: 'No hay borradores.',
  waiting: 'espera al anillo',
  underWay: 'Ya está en camino.',
  dropped: (text) => `Descartado: «${text}»`,

  edited: 'Cambiado.',
  deleted: (text) => `Borrado: «${text}»`,
  redweeted: 'Republicado.',
  unredweeted: 'Ya no está republicado.',
  liked: 'Te gusta.',
  unliked: 'Ya no te gusta.',
  isMuted: (nick) => `Ya no ves nada de ${nick}. No se le avisa.`,
  isUnmuted: (nick) => `Vuelves a ver a ${nick}.`,
  isBlocked: (nick) => `Ya no os veis: ${nick} queda bloqueado.`,
  isUnblocked: (nick) => `${nick} ya no está bloqueado.`,
  bookmarked: 'Guardado: «guardados» lo muestra.',
  unbookmarked: 'Ya no está guardado.',
  noLists: 'No tienes listas. «apuntar NICK NOMBRE» crea una.',
  list: (name, people) => `${name} · ${counted(people, 'persona')}`,
  enlisted: (nick, list) => `${nick} está en «${list}».`,
  unlisted: (nick, list) => `${nick} ya no está en «${list}».`,
  reported: 'Se ha avisado a moderación. A quien denuncias no se le dice.',
  reasonWords: {
    spam: 'spam',
    abuse: 'abuso',
    sensitive: 'sensible',
    impersonation: 'suplantación',
    illegal: 'ilegal',
    other: 'otro',
  },
  caughtUp: 'Todo cuenta como visto.',
  isAttached: (name, count) =>
    count === 1
      ? `Tu próximo dweet muestra ${name}.`
      : `Tu próximo dweet muestra también ${name}: ${count} en total.`,
  attachedFull: (max) => `Un dweet muestra como máximo ${max}. «quitar» los deja.`,
  noneAttached: 'No hay nada adjunto.',
  detached: 'Tu próximo dweet no muestra nada.',
  exported: (path, size) => `Todo lo tuyo está en ${path} (${size}).`,

  unread: (count, number) =>
    `${count} ${number === 1 ? 'aviso nuevo' : 'avisos nuevos'}: «avisos» los muestra.`,
  following: (nick) => `Sigues a ${nick}.`,
  unfollowed: (nick) => `Ya no sigues a ${nick}.`,

  unseen: (count) => `${counted(count, 'dweet')} sin ver: «nuevos» los muestra.`,
  moreUnseen: (count) => `${count} más sin ver: «nuevos» continúa.`,
  noneUnseen: 'Nada sin ver. Anteriores:',
  nothingNew: 'Nada nuevo. «seguir NICK» trae aquí los dweets de alguien.',
  seenAll: 'Ya lo has visto todo; «inicio» lo muestra de nuevo.',
  nothingFound: 'No hay nada.',
  goesOn: '«más» continúa.',
  noMore: 'Eso era todo.',
  incomplete: (nicks) => `Ahora no se pueden leer los dweets de ${nicks}. No se pierde ninguno.`,

  answers: (nick) => `responde a ${nick}`,
  redweet: (by, of) => `${by} republicó a ${of}`,
  wasDeleted: 'Este dweet fue borrado por su autor.',
  isHidden: 'Este dweet ya no es para ti. «despublicar» deja de mostrarlo.',
  wasRemoved: 'Este dweet fue retirado por un moderador.',
  wasEdited: 'editado',
  link: 'enlace',
  attached: { picture: 'imagen', video: 'vídeo', audio: 'sonido', file: 'archivo' },
  forFollowers: 'para seguidores',
  warns: (warning) => `Advertencia: ${warning}`,
  warnedBy: (warning) => `Advertencia de los moderadores: ${warning}`,
  howToOpen: '(«ver» muestra el texto)',
  replies: (count) => counted(count, 'respuesta'),
  redweets: (count) => counted(count, 'redweet'),
  likes: (count) => counted(count, 'me gusta', 'me gusta'),
  isLiked: 'te gusta',
  isRedweeted: 'lo republicaste',
  joined: (date) => `desde ${date}`,
  counts: ({ dweets, following, followers }) =>
    `${counted(dweets, 'dweet')} · sigue a ${following} · ${counted(followers, 'seguidor', 'seguidores')}`,
  related: {
    mutual: 'os seguís',
    following: 'le sigues',
    followedBy: 'te sigue',
    muted: 'silenciado',
    blocked: 'bloqueado',
  },
  follows: (nicks) => `Sigue a: ${nicks}`,
  followedBy: (nicks) => `Le siguen: ${nicks}`,
  nobody: 'nadie',
  notified: {
    mention: (nick) => `${nick} te mencionó`,
    reply: (nick) => `${nick} te respondió`,
    redweet: (nick) => `${nick} te republicó`,
    like: (nick) => `A ${nick} le gusta tu dweet`,
    follow: (nick) => `${nick} te sigue`,
    moderated: () => 'Un moderador ha decidido:',
  },
  decided: {
    dismiss: 'no hay que hacer nada',
    remove: 'este dweet tuyo fue retirado',
    warn: 'este dweet tuyo lleva una advertencia',
    free: 'este dweet tuyo ya no lleva advertencia',
    limit: 'lo que publicas es solo para tus seguidores',
    suspend: 'no puedes publicar, republicar, dar me gusta ni seguir',
    lift: 'puedes publicar como antes',
    reason: (reason) => `motivo: ${reason}`,
    until: (time) => `hasta ${time}`,
  },
  reasons: {
    spam: 'correo basura o publicidad',
    abuse: 'insultos o acoso',
    sensitive: 'delicado y sin advertencia',
    impersonation: 'suplantación',
    illegal: 'ilegal',
    other: 'otro',
  },
  noNotifications: 'Aún no ha pasado nada.',
  spoke: (nick, text) => `${nick}: ${text}`,
  shared: (nick, of, text) => `${nick} republicó a ${of}: ${text}`,
  moreSpoke: (count) =>
    `${counted(count, 'dweet nuevo', 'dweets nuevos')} más: «nuevos» los muestra.`,
  language: 'En español.',

  refused: ({ code, details, text }) => {
    const known = parseErrorCode(code)
    const own = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined
    return own ?? (known === undefined ? text : errorInSpanish(known, details))
  },
}

const MISSING = {
  nick: '¿De quién? Indica un nick.',
  number: '¿Cuál? Indica su número, como 3 para [3].',
  text: '¿Qué texto? Escríbelo tras el número.',
  words: '¿Qué? Indica palabras, o un #tema.',
  language: '¿Cuál: «idioma en» o «idioma es»?',
  list: '¿Qué lista? Indica su nombre.',
  tag: '¿Qué tema?',
  file: '¿Qué fichero? Indica su ruta.',
} as const

/** En lugar de los textos que hablan de miembros: el anillo es uno para quien habla con él. */
const REFUSALS: Readonly<Record<string, string>> = {
  LOGIN_FIRST: 'Primero inicia sesión.',
  OUTCOME_UNKNOWN: 'El anillo no respondió a tiempo. Puedes repetir sin riesgo.',
  RING_NOT_REACHABLE: 'El anillo no responde.',
  STORE_UNAVAILABLE: 'Hay muy pocas máquinas para guardarlo con seguridad. No se cambió nada.',
}
