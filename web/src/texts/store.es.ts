/** Los textos de la vista del almacén en español. */
import type { EventWords } from './event-words.ts'
import type { StoreKinds, StoreTexts } from './store.en.ts'

const plural = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`

export const STORE_ES: StoreTexts = {
  title: 'El almacén',
  none: 'El miembro que responde aún no dice nada del almacén.',
  mayFail: (count) =>
    count === 0
      ? 'Ahora mismo no puede fallar ningún miembro.'
      : count === 1
        ? 'Ahora puede fallar 1 miembro más.'
        : `Ahora pueden fallar ${count} miembros más.`,
  stopped: (count) =>
    `${plural(count, 'partición no se puede', 'particiones no se pueden')} leer ni cambiar: responden muy pocos votantes.`,
  leaderless: (count) =>
    `${plural(count, 'partición elige', 'particiones eligen')} líder ahora mismo.`,
  down: (names) => `No responden: ${names}.`,
  short: (count) => `A ${plural(count, 'partición le', 'particiones les')} falta una réplica viva.`,
  few: (hosts) =>
    `${plural(hosts, 'miembro almacena', 'miembros que fallan por separado almacenan')} lo guardado; con cinco pueden fallar dos.`,
  growing: (count) =>
    `${plural(count, 'partición se reparte', 'particiones se reparten')} aún entre los miembros.`,
  copies: 'Algunas páginas o trozos tienen muy pocas copias.',
  oneMachine: 'Todos los miembros están en una sola máquina, que lo sostiene todo.',
  picture: ({ count, members }) =>
    `Dibujo de ${plural(count, 'partición', 'particiones')} en ${plural(members, 'miembro', 'miembros')}. La tabla de particiones dice lo mismo.`,
  partition: 'Partición',
  partitions: 'Particiones del almacén',
  standing: 'Estado',
  standings: {
    stopped: 'sin mayoría',
    leaderless: 'sin líder',
    short: 'falta una réplica',
    moving: 'en traslado',
    steady: 'estable',
  },
  parts: { leader: 'lidera', voter: 'vota', learner: 'guarda una copia sin voto' },
  leads: 'Lidera',
  replicas: 'Réplicas',
  isDown: 'caído',
  isDraining: 'vaciándose',
  isDrained: 'vaciado',
  diskFull: 'disco casi lleno',
  diskFullLong: 'Su disco está casi lleno: se rechazan las escrituras; borrar funciona.',
  legend: 'Qué significan las marcas',
  one: ({ id, standing, leader, voters, learners }) =>
    `Partición ${id}, ${standing}: ${leader}${voters === '' ? '' : `; votan ${voters}`}${learners === '' ? '' : `; sin voto ${learners}`}.`,
  nobodyLeads: 'no lidera nadie',
  leader: 'Líder',
  voters: 'Votantes',
  learners: 'Sin voto',
  bears: 'Soporta',
  showTable: (count) => (count === 1 ? 'La única partición' : `Las ${count} particiones`),
  repairs: 'En camino',
  quiet: 'Cada réplica está en su sitio.',
  unmoved: 'Nada se mueve: responden muy pocos votantes.',
  progress: ({ done, wanted }) => `${done} de ${wanted} traslados hechos`,
  rate: (bytes) => `${bytes} por segundo`,
  left: (duration) => `quedan unos ${duration}`,
  copied: (bytes) => `${bytes} copiados`,
  chunksLeft: (bytes) => `${bytes} de copias de trozos por hacer`,
  kinds: {
    repair: 'Reparación',
    grow: 'Crecimiento',
    drain: 'Vaciado',
    balance: 'Equilibrio',
    shrink: 'Reducción',
  },
  move: ({ count, from, to }) => {
    const what = plural(count, 'réplica', 'réplicas')
    if (to === '') return from === '' ? what : `${what} de ${from}`
    return from === '' ? `${what} a ${to}` : `${what} de ${from} a ${to}`
  },
  waits: ({ count, what }) => `${count}: ${what}`,
  waitKinds: {
    grace: ({ name, left }) => `se espera ${left} más a que vuelva ${name}`,
    stability: ({ left }) => `se espera ${left} más a que el anillo esté quieto`,
    repairs: () => 'se esperan las reparaciones',
    incoming: ({ name }) => `se espera a ${name}, que antes recibe otras`,
    copying: ({ name }) => `se está copiando a ${name}`,
    down: ({ name }) => `se espera a ${name}, que no responde`,
    noMember: () => 'se espera un miembro más que almacene: añade uno',
    change: () => 'se espera un cambio en curso',
    pair: () => 'se espera un segundo recién llegado',
    move: () => 'se espera otro traslado de la misma partición',
    chunks: () => 'se espera a que los trozos tengan copias en otra parte',
    margin: () => 'se espera a que respondan suficientes votantes',
  },
  waitUnknown: (kind) => `se espera (${kind})`,
  taken: 'se hace ahora mismo',
  records: {
    title: 'Registros',
    table: 'Tabla',
    pk: 'Clave de partición',
    sk: 'Clave de orden',
    value: 'Valor',
    etag: 'Etiqueta (ETag)',
    show: 'Mostrar',
    list: 'Registros de esta tabla y clave de partición',
    none: 'Aquí no hay ningún registro todavía.',
    noText: (bytes) => `${bytes}, no es texto`,
    ends: (at) => `(termina: ${at})`,
    cut: (count) => `Los primeros ${count}; hay más.`,
    add: 'Escribir uno nuevo',
    save: 'Escribir',
    remove: 'Borrar',
    another: 'Mejor otro',
    done: {
      written: 'Escrito: la mayoría de sus depositarios lo tiene en disco.',
      deleted: 'Borrado.',
    },
    changed: (etag) =>
      `Alguien escribió este registro después de que lo vieras (su ETag es ${etag}). No se cambió nada.`,
    gone: 'Alguien borró este registro después de que lo vieras. No se cambió nada.',
    takeTheirs: 'Ver el suyo',
    insist: 'Escribir el mío encima',
    hint: 'Cada escritura lleva el ETag de lo que viste; nada se sobrescribe sin verlo.',
  },
}

/** Una partición se nombra, varias se cuentan. */
const partitions = ({ count, text }: EventWords): string =>
  count === 1 ? `la partición ${text}` : `${count} particiones`

export const STORE_KINDS_ES: StoreKinds = {
  leads: (words) => `lidera desde ahora ${partitions(words)}`,
  replicaBegun: (words) => `recibe una copia de ${partitions(words)}`,
  voterAdded: (words) => `está al día y vota en ${partitions(words)}`,
  voterRemoved: (words) => `ya no vota en ${partitions(words)}`,
  stateFetched: (words) =>
    `trajo el estado de ${partitions(words)} desde ${words.other}${words.bytes}`,
  chunkRepaired: ({ count, bytes }) =>
    `reparó ${plural(count, 'trozo que tenía', 'trozos que tenían')} muy pocas copias${bytes}`,
  damageFound: ({ count }) =>
    `encontró ${plural(count, 'trozo dañado', 'trozos dañados')} en su disco`,
  damageHealed: ({ count }) =>
    `curó ${plural(count, 'trozo dañado', 'trozos dañados')} con otras copias`,
  diskFull: ({ bytes }) =>
    `tiene el disco casi lleno: se rechazan las escrituras; borrar funciona${bytes}`,
  diskRoom: ({ bytes }) => `vuelve a tener sitio en su disco${bytes}`,
}
