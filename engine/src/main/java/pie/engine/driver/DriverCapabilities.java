package pie.engine.driver;

/**
 * State what an open driver can do.
 *
 * @param kind of the provider
 * @param deviceName for people, e.g. the processor's name
 * @param kernels what was chosen for this machine, for people ("oneDNN bf16 AMX, attention AVX-512")
 * @param totalPages pages of the pool, numbered from 0
 * @param pageSize tokens per page
 * @param maxContext most tokens of one context
 * @param vocabSize logits per row
 * @param kvBytesPerPage bytes of one page over all layers
 * @param weightsFingerprint digest of weights, model configuration and tokenizer
 * @param layoutFingerprint digest of KV dtype, page size, head layout and layer count
 * @param numericClass names the arithmetic: pages of two numeric classes must not be mixed
 * @param maxTokens most rows of a step
 * @param maxRequests most requests of a step
 * @param maxDraws most draws of a step
 * @param attentionMasks whether {@code maskBits} are honoured
 * @param nonCausal whether {@code nonCausal} is honoured
 * @param chained whether a row may take a draw of the step before as its token
 * @param batchInvariant whether a row's logits do not depend on its batch mates
 * @param lateMasks whether {@code late} is honoured: masks that come by {@link Driver#supplyLate}
 * @param maxAdapters adapters that may be loaded at once, numbered from 1; rows of a step may have different ones; 0: none
 * @param maxAdapterRank most rank of one target
 */
public record DriverCapabilities(
        String kind,
        String deviceName,
        String kernels,
        int totalPages,
        int pageSize,
        int maxContext,
        int vocabSize,
        long kvBytesPerPage,
        String weightsFingerprint,
        String layoutFingerprint,
        String numericClass,
        String weightDtype,
        String kvDtype,
        String activationDtype,
        int maxTokens,
        int maxRequests,
        int maxDraws,
        boolean attentionMasks,
        boolean nonCausal,
        boolean chained,
        boolean batchInvariant,
        boolean lateMasks,
        int maxAdapters,
        int maxAdapterRank) {
    /**
     * Describe a device by nothing but the sizes of its batches, for kernels that are run without a driver: by tests and measurements
     * of them.
     *
     * @param pageSize tokens per page
     * @param maxTokens most rows of a step
     * @param maxRequests most requests of a step
     * @param maxDraws most draws of a step
     */
    public static DriverCapabilities ofBatches(int pageSize, int maxTokens, int maxRequests, int maxDraws) {
        return new DriverCapabilities(
                "kernels",
                "",
                "",
                0,
                pageSize,
                0,
                0,
                0,
                "",
                "",
                "",
                "",
                "",
                "",
                maxTokens,
                maxRequests,
                maxDraws,
                true,
                true,
                true,
                true,
                false,
                0,
                0);
    }

    /** Return what names all that the content of a page depends on, beside its rows. */
    public String modelFingerprint() {
        return weightsFingerprint + '/' + layoutFingerprint + '/' + numericClass;
    }
}
