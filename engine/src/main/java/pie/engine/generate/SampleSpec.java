package pie.engine.generate;

/**
 * Ask for tokens drawn from rows of a pass.
 *
 * @param rows indices among input rows, -1 for the last
 * @param draws independent draws per row
 */
public record SampleSpec(int[] rows, SamplerChain sampler, int draws) {}
