// A candidate: one box on its way through the cascade, the same record for every stage, for kernels and host.

/** Pixels of the searched image. The host's view of the same bytes: src/wasm/candidates.ts. */
@unmanaged
export class Candidate {
  x1: f64
  y1: f64
  x2: f64
  y2: f64
  /** Of the last net it passed. */
  score: f32
  /** Of two equal scores the larger order goes first. */
  order: u32
  /** Box regression of the last net it passed, in fractions of the box. */
  dx1: f32
  dy1: f32
  dx2: f32
  dy2: f32
  /** P-Net's. */
  logit: f32
  /** Survives suppression: P-Net's cell at first, x * rows + y; later the host's. */
  tag: u32
}

/** Bytes of a candidate. */
export const CANDIDATE: usize = offsetof<Candidate>()
