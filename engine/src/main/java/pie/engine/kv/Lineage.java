package pie.engine.kv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hold all that a context's content follows from.
 *
 * @param tokens ids of the logical sequence, pending ones last
 * @param positions of the tokens, null where each is its slot
 * @param written number of tokens that have been through a pass
 * @param committed number of tokens in committed pages
 * @param masks of rows computed under an attention mask, ascending
 * @param visibility from which row on what was dropped or windowed, ascending; empty = nothing ever
 * @param adapters from which row on which adapter, ascending; empty = none ever
 */
public record Lineage(
        int[] tokens,
        int @Nullable [] positions,
        int written,
        int committed,
        List<MaskSpan> masks,
        List<Visibility> visibility,
        List<AdapterSpan> adapters) {
    /** Hold what follows from the model as it is. */
    public Lineage(
            int[] tokens,
            int @Nullable [] positions,
            int written,
            int committed,
            List<MaskSpan> masks,
            List<Visibility> visibility) {
        this(tokens, positions, written, committed, masks, visibility, List.of());
    }

    /** Return the same with these adapters. */
    public Lineage with(List<AdapterSpan> others) {
        return new Lineage(tokens, positions, written, committed, masks, visibility, others);
    }
}
