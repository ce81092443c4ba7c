package pie.engine.generate;

import pie.engine.driver.ProbeKind;

/**
 * Ask for something of a row's logits.
 *
 * @param row for a pass: index of the row among input rows, -1 for the last; for a generation step: 0 = the row that predicts the
 *     next token
 * @param temperature of a distribution
 * @param top entries of a distribution, 0 = all
 * @param ids of a logprobs probe
 * @param masked whether logit masks apply before the probe looks
 */
public record ProbeSpec(int row, ProbeKind kind, float temperature, int top, int[] ids, boolean masked) {}
