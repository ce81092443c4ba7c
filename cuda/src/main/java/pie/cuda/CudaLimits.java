package pie.cuda;

import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelConfig;

/**
 * Hold sizes of pool and batches.
 *
 * @param pages 0: as many as memory has room for
 */
record CudaLimits(int pages, int pageSize, int maxContext, int maxRows, int maxRequests) {
    static CudaLimits of(ModelConfig model, DriverConfig config) {
        int pageSize = config.pageSize();
        if (Integer.bitCount(pageSize) != 1 || pageSize < 8 || pageSize > 64) {
            throw CudaOptions.invalid("page_size", "" + pageSize, "give 8, 16, 32 or 64");
        }
        int maxContext = config.maxContext() == 0 ? model.maxContext() : config.maxContext();
        if (maxContext < 1 || maxContext > model.maxContext()) {
            throw CudaOptions.invalid(
                    "max_context", "" + maxContext, "the model takes at most " + model.maxContext() + " tokens");
        }
        if (config.maxBatchTokens() < 1) {
            throw CudaOptions.invalid("max_batch_tokens", "" + config.maxBatchTokens(), "give 1 or more");
        }
        if (config.maxBatchSize() < 1) {
            throw CudaOptions.invalid("max_batch_size", "" + config.maxBatchSize(), "give 1 or more");
        }
        if (config.pages() < 0) {
            throw CudaOptions.invalid("pages", "" + config.pages(), "give 0 for auto, or a number of pages");
        }
        return new CudaLimits(config.pages(), pageSize, maxContext, config.maxBatchTokens(), config.maxBatchSize());
    }
}
