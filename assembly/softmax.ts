// The one place where a logit becomes a score.

/**
 * Softmax of two classes, as float32: 1 / (1 + e^-logit), logit = face minus no face. Computed here and not by the host's
 * Math.exp, which differs between engines.
 */
export function score(logit: f32): f32 {
  return 1 / (1 + NativeMathf.exp(-logit))
}
