/** How far two answers to one question may lie apart where one sums in float32 and the other in float64. */

/** Largest difference of a rectangle or a point, in image pixels. */
export const PIXELS = 0.02
/** Largest difference of a confidence. */
export const CONFIDENCE = 5e-5
/** Largest difference of two scores whose order may be either. */
export const SAME_SCORE = 3e-5
