package pie.engine.generate;

import pie.engine.driver.ProbeKind;

/** Hold what a probe saw: ids (empty for logits and entropy) and values of equal meaning by position. */
public record ProbeValue(ProbeKind kind, int[] ids, float[] values) {}
