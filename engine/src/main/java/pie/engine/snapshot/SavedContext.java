package pie.engine.snapshot;

import java.util.List;
import java.util.Optional;
import pie.engine.adapter.AdapterId;
import pie.engine.kv.Lineage;
import pie.engine.kv.PageKey;

/**
 * Hold what one {@code .snap} file holds beside its name and dates.
 *
 * @param weights fingerprint of weights, configuration and tokenizer; with another one the tokens mean nothing
 * @param model fingerprint of all that pages depend on; with another one the pages mean nothing
 * @param lineage but for its adapters
 * @param pages with rows, in order
 * @param adapters that rows were computed with, by name and content
 */
public record SavedContext(
        String weights, String model, int pageSize, Lineage lineage, List<Page> pages, List<Span> adapters) {
    /** Hold what was computed with the model as it is. */
    public SavedContext(String weights, String model, int pageSize, Lineage lineage, List<Page> pages) {
        this(weights, model, pageSize, lineage, pages, List.of());
    }

    /** Say which adapter the rows from one on have, empty for the model as it is. */
    public record Span(int from, Optional<AdapterId> adapter) {}

    /**
     * Name one page.
     *
     * @param key empty for a page that cannot be named
     * @param rows of it that are written
     */
    public record Page(Optional<PageKey> key, int rows) {}
}
