/** Words of what all services have in common, in Spanish. */
import type { OneRingTexts } from './one-ring.en.ts'

export const ONE_RING_ES: OneRingTexts = {
  find: {
    title: 'Búsqueda',
    hint: 'Páginas por lo que dicen, archivos y compartidos por su nombre, dweets por su texto.',
    kinds: { pages: 'Páginas', files: 'Archivos', dweets: 'Dweets', shares: 'Compartidos' },
    group: (kind, count) => `${kind}: hay ${count}`,
    none: (words) => `No se encuentra nada para «${words}».`,
    told: (counts) => `Encontrado. ${counts}.`,
    over: (count) => `más de ${count}`,
    incomplete: 'No se pudo mirar todo: puede haber más.',
    more: (kind) => `Más ${kind.toLowerCase()}`,
    door: 'Descargarlo',
    folder: 'carpeta',
    untitled: 'Dweet sin palabras',
    open: (address) => `Abrir ${address} por el anillo`,
  },
  archived: {
    at: (time) => `Copia archivada, ${time}`,
    now: 'Archivar esta página',
    working: 'Archivando …',
    done: 'Archivada.',
    none: 'El archivo no tiene copia de ella.',
  },
  used: {
    title: 'Lo que usas',
    of: (used, most) => `${used} de un total de ${most}`,
    noLimit: (used) => `${used}, sin límite`,
    service: 'Servicio',
    bytes: 'Espacio',
    pieces: 'Archivos',
    table: 'Lo que se usa, por servicio',
    services: {
      files: 'Archivos, con versiones y papelera',
      dweets: 'Adjunto a los dweets',
      shares: 'Compartido con todos',
    },
    uploads: (bytes) => `Hay ${bytes} reservados para subidas y descargas.`,
    counts:
      'Lo compartido cuenta además de su archivo: queda cuando el archivo se quita. Las páginas guardadas son del anillo.',
  },
  feed: {
    title: 'Novedades',
    hint: 'Tus rastreos y descargas terminados, lo que otros comparten contigo y los avisos de los dweets.',
    none: 'Todavía no pasó nada.',
    incomplete: 'No todos los servicios responden ahora: puede haber más.',
    isNew: 'nuevo',
    crawl: (seed, pages) => `El rastreo de ${seed} terminó con ${pages} páginas`,
    shared: (who, name) => `@${who} comparte ${name} contigo`,
    download: {
      done: (name) => `La descarga de ${name} ha terminado`,
      failed: (name) => `La descarga de ${name} falló`,
      cancelled: (name) => `La descarga de ${name} se canceló`,
    },
    dweets: {
      mention: (name) => `${name} te menciona`,
      reply: (name) => `${name} te responde`,
      redweet: (name) => `${name} difundió lo tuyo`,
      like: (name) => `A ${name} le gusta tu dweet`,
      follow: (name) => `${name} te sigue`,
      moderated: () => 'Un moderador ha decidido sobre ti',
    },
  },
  home: {
    allUp: (all) =>
      all === 1 ? 'Hay un miembro, y está en marcha.' : `Los ${all} miembros están en marcha.`,
    someUp: (up, all) => `${up} de ${all} miembros están en marcha.`,
    mayFail: (count) =>
      count === 0
        ? 'No puede fallar ninguno más.'
        : `${count === 1 ? 'Puede fallar uno más' : `Pueden fallar ${count} más`} sin perder nada.`,
    stopped: 'Son muy pocos para leer o cambiar algo.',
    crawls: 'Últimos rastreos',
    noCrawls: 'Todavía no se rastreó ningún sitio.',
    pages: (count) => `${count} páginas`,
    files: 'Últimos archivos',
    noFiles: 'Tu carpeta está vacía.',
    dweets: 'Dweets recientes',
    newDweets: (count) => `Dweets: ${count} sin ver`,
    noDweets: 'Nada publicado por quienes sigues.',
    shares: 'Últimos compartidos',
    noShares: 'No hay nada compartido con todos.',
  },
}
