package pie.cuda.step;

import pie.engine.model.ModelConfig;

/**
 * Hold the sizes that steps are laid out for.
 *
 * @param pages of the pool
 */
public record StepShape(
        ModelConfig model, int pages, int pageSize, int maxContext, int maxRows, int maxRequests, int multiprocessors) {
    /** Rows of logits kept at once. */
    static final int HEAD_ROWS = 128;
    /** Slots of a round of attention: see {@code attention.cu}. */
    static final int ROUND = 256;
    /** Pairs of row and head in a tile of attention. */
    static final int PAIRS = 16;
    /** Partial results of attention kept at once, over all KV heads. */
    static final int PARTIALS = 4096;

    int group() {
        return model.heads() / model.kvHeads();
    }

    int queryWidth() {
        return model.heads() * model.headDim();
    }

    int qkvWidth() {
        return (model.heads() + 2 * model.kvHeads()) * model.headDim();
    }

    /** Return the numbers of one page, all layers. */
    long pageNumbers() {
        return layerNumbers() * model.layers();
    }

    long layerNumbers() {
        return 2L * model.kvHeads() * pageSize * model.headDim();
    }

    public long pageBytes() {
        return 2 * pageNumbers();
    }

    int maxItems() {
        return maxRows * group() / PAIRS + maxRequests + PARTIALS;
    }

    int pagesOfContext() {
        return (maxContext + pageSize - 1) / pageSize;
    }

    int pageShift() {
        return Integer.numberOfTrailingZeros(pageSize);
    }
}
