/**
 * Surprise, in nats, of seeing `count` or more where counts follow a Gamma-Poisson (negative binomial) law with the given
 * mean and shape: the Chernoff upper bound on −ln P(X ≥ count), which is exact to first order in the exponent and costs
 * two logarithms. (Large-deviation rate function of the negative binomial; Dembo and Zeitouni, Large Deviations
 * Techniques and Applications, section 2.2.)
 *
 * @param count observed count, ≥ 0
 * @param mean expected count, > 0
 * @param shape shape of the Gamma mixing law, > 0; larger means closer to Poisson
 * @returns ≥ 0; 0 when the count is not above the mean
 */
export function countTailNats(count: number, mean: number, shape: number): number {
  if (count <= mean) return 0
  const nats = count * Math.log(count / mean) - (count + shape) * Math.log((count + shape) / (mean + shape))
  return Math.max(nats, 0)
}
