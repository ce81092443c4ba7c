package pie.engine.generate;

import java.util.List;

/**
 * Hold the outcome of a pass, in the order of its specification.
 *
 * @param tokens per sample: row by row, draw by draw
 */
public record PassResult(List<int[]> tokens, List<ProbeValue> probes) {}
