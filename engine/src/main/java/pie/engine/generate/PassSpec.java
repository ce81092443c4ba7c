package pie.engine.generate;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;

/**
 * Describe one raw forward pass.
 *
 * <p>Rows are the pending tokens of the context, then {@code tokens}. With neither, the last written token is read again.
 *
 * @param tokens input rows
 * @param positions one per input row, null for consecutive slots
 * @param logitMask bit set over the vocabulary for all samples and masked probes, null for none
 * @param rowLogitMasks masks of single rows, ANDed with {@code logitMask}; null or one entry (null for none) per input row
 * @param attention one bit set over slots per input row, ANDed with causality if {@code causal}; null for plain causal
 * @param deferCommit leave all rows in working pages
 * @param adapter that the rows are computed with, those of pending tokens too; empty for the model as it is
 */
public record PassSpec(
        int[] tokens,
        int @Nullable [] positions,
        List<SampleSpec> samples,
        List<ProbeSpec> probes,
        long @Nullable [] logitMask,
        long @Nullable [] @Nullable [] rowLogitMasks,
        long @Nullable [][] attention,
        boolean causal,
        boolean deferCommit,
        Optional<Adapter> adapter) {
    /** Describe a pass through the model as it is. */
    public PassSpec(
            int[] tokens,
            int @Nullable [] positions,
            List<SampleSpec> samples,
            List<ProbeSpec> probes,
            long @Nullable [] logitMask,
            long @Nullable [] @Nullable [] rowLogitMasks,
            long @Nullable [][] attention,
            boolean causal,
            boolean deferCommit) {
        this(
                tokens,
                positions,
                samples,
                probes,
                logitMask,
                rowLogitMasks,
                attention,
                causal,
                deferCommit,
                Optional.empty());
    }

    /** Return the same pass through an adapter. */
    public PassSpec withAdapter(Optional<Adapter> through) {
        return new PassSpec(
                tokens, positions, samples, probes, logitMask, rowLogitMasks, attention, causal, deferCommit, through);
    }

    /** Write the pending tokens and nothing else. */
    public static final PassSpec FLUSH =
            new PassSpec(new int[0], null, List.of(), List.of(), null, null, null, true, false);
}
