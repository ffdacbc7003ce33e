// The one place where a logit becomes a score.

/**
 * 1 / (1 + e^-logit) as float32: the softmax of two classes, where the logit is face minus no face. Computed here and
 * not by the host's Math.exp, whose last bits differ between engines.
 */
export function sigmoid(logit: f32): f32 {
  return 1 / (1 + NativeMathf.exp(-logit))
}
