/** A picture without what tells where it was taken. */
export interface BarePicture {
  /** In pixels, as it is shown: turned upright. */
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

/**
 * Segments or chunks of one picture: each takes time and memory. Cameras and programs write
 * hundreds; one of 16 MiB that is made of nothing else has millions, and would take the member's.
 */
export const PICTURE_PARTS_MAX = 16_384
