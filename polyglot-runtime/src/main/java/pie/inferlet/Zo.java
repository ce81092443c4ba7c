package pie.inferlet;

import java.util.concurrent.CompletableFuture;

/**
 * Search for a better adapter without gradients: module {@code zo}. Perturb it by seeds, score what each seed makes of the model, and
 * go to where the best ones lie: an evolution strategy (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016, with the identity as
 * covariance) over all the adapter's numbers.
 */
public final class Zo {
    private Zo() {}

    /**
     * Begin to search around what is loaded; around a fresh adapter of queries and values, which adds nothing, where nothing is.
     *
     * @param rank of what is loaded, or is made
     * @param alpha scales what is added, by alpha / rank
     * @param populationSize most seeds of one {@link #update}
     * @param muFraction of the scored seeds that are recombined, the best ones
     * @param initialSigma standard deviation of a perturbation of one number
     * @throws pie.engine.PieException INVALID_ARGUMENT, PERMISSION_DENIED for an adapter that the operator shares, UNSUPPORTED for a rank
     *     over the driver's
     */
    public static void initialize(
            Adapter adapter, int rank, double alpha, int populationSize, double muFraction, double initialSigma) {
        adapter.model()
                .host()
                .await(initializeAsync(adapter, rank, alpha, populationSize, muFraction, initialSigma), "host");
    }

    public static CompletableFuture<Void> initializeAsync(
            Adapter adapter, int rank, double alpha, int populationSize, double muFraction, double initialSigma) {
        return adapter.run(() -> adapter.live().evolve(rank, alpha, populationSize, muFraction, initialSigma));
    }

    /**
     * Go one generation on: rank by score, recombine the best max(1, ⌊muFraction · n⌋) perturbations, adapt the step size.
     *
     * @param scores one for each seed, higher is better
     * @param seeds of the perturbations that were scored, since the last update
     * @param maxSigma most that the step size may become
     * @throws pie.engine.PieException INVALID_ARGUMENT for lengths, a score that is not finite, or without {@link #initialize}
     */
    public static void update(Adapter adapter, float[] scores, long[] seeds, double maxSigma) {
        adapter.model().host().await(updateAsync(adapter, scores, seeds, maxSigma), "host");
    }

    public static CompletableFuture<Void> updateAsync(Adapter adapter, float[] scores, long[] seeds, double maxSigma) {
        float[] given = scores.clone();
        long[] of = seeds.clone();
        return adapter.run(() -> adapter.live().update(given, of, maxSigma));
    }

    /** Perturb the adapter of a pass, as {@link Forward#zoSeed} does. */
    public static Forward adapterSeed(Forward forward, long seed) {
        return forward.zoSeed(seed);
    }
}
