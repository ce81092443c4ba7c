package pie.engine.snapshot;

import java.util.List;
import java.util.Optional;
import pie.engine.kv.Lineage;
import pie.engine.kv.PageKey;

/**
 * Hold what one {@code .snap} file holds beside its name and dates.
 *
 * @param weights fingerprint of weights, configuration and tokenizer; with another one the tokens mean nothing
 * @param model fingerprint of all that pages depend on; with another one the pages mean nothing
 * @param pages with rows, in order
 */
public record SavedContext(String weights, String model, int pageSize, Lineage lineage, List<Page> pages) {
    /**
     * Name one page.
     *
     * @param key empty for a page that cannot be named
     * @param rows of it that are written
     */
    public record Page(Optional<PageKey> key, int rows) {}
}
