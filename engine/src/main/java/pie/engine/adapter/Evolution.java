package pie.engine.adapter;

import java.util.Comparator;
import java.util.stream.IntStream;
import pie.engine.PieException;
import pie.engine.driver.LoraAdapter;

/**
 * Hold where a search by perturbation stands: an evolution strategy with weighted recombination, whose step size follows the length of its
 * path (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016, with the identity as covariance).
 *
 * @param population most perturbations of one update
 * @param share of them that are recombined, the best ones
 * @param sigma standard deviation of a perturbation
 * @param path where the last steps went, a number for each of the adapter's; empty before the first
 */
record Evolution(int population, double share, float sigma, float[] path) {
    /** What an update leaves. */
    record Step(LoraAdapter numbers, Evolution evolution) {}

    /** @throws PieException INVALID_ARGUMENT */
    static Evolution begin(int population, double share, double sigma) {
        if (population < 1) {
            throw PieException.invalid("population_size must be >= 1, got " + population);
        }
        if (!(share > 0 && share <= 1)) {
            throw PieException.invalid("mu_fraction must be above 0 and at most 1, got " + share);
        }
        checkSigma("initial_sigma", sigma);
        return new Evolution(population, share, (float) sigma, new float[0]);
    }

    private static void checkSigma(String name, double sigma) {
        if (!(sigma > 0 && sigma <= Float.MAX_VALUE)) {
            throw PieException.invalid(name + " must be a finite number above 0, got " + sigma);
        }
    }

    /**
     * Go one generation on.
     *
     * @param scores of the perturbations by {@code seeds}, higher is better; of equal ones the earlier is the better
     * @throws PieException INVALID_ARGUMENT for lengths, a score that is no number, a seed that comes twice
     */
    Step update(Adapter mean, float[] scores, long[] seeds, double maxSigma) {
        check(scores, seeds, maxSigma);
        int count = Math.max(1, (int) Math.floor(share * scores.length));
        int[] best = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
        double[] weights = weights(count);
        float[] step = new float[(int) mean.numbers().size()];
        for (int i = 0; i < count; i++) {
            new Noise(mean.id(), seeds[best[i]]).add(step, 0, (float) weights[i]);
        }
        double variance = IntStream.range(0, count)
                .mapToDouble(i -> weights[i] * weights[i])
                .sum();
        Evolution after = followed(step, 1 / variance, maxSigma);
        return new Step(moved(mean.numbers(), step, sigma), after);
    }

    private void check(float[] scores, long[] seeds, double maxSigma) {
        if (scores.length != seeds.length) {
            throw PieException.invalid(
                    "got " + scores.length + " scores and " + seeds.length + " seeds: give one score for each seed");
        }
        if (scores.length < 1 || scores.length > population) {
            throw PieException.invalid("got " + scores.length
                    + " scores: there must be from 1 to population_size, which is " + population);
        }
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                throw PieException.invalid("scores must be finite numbers, got " + score);
            }
        }
        if (java.util.Arrays.stream(seeds).distinct().count() < seeds.length) {
            throw PieException.invalid("seeds must differ: the same seed is the same perturbation");
        }
        checkSigma("max_sigma", maxSigma);
    }

    /** Return weights that fall with the rank and add up to 1. */
    private static double[] weights(int count) {
        double[] weights = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = StrictMath.log(count + 0.5) - StrictMath.log(i + 1);
            sum += weights[i];
        }
        for (int i = 0; i < count; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    private Evolution followed(float[] step, double effective, double maxSigma) {
        int n = step.length;
        double pace = (effective + 2) / (n + effective + 5);
        double damping = 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + pace;
        double added = Math.sqrt(pace * (2 - pace) * effective);
        float[] next = new float[n];
        double square = 0;
        for (int i = 0; i < n; i++) {
            next[i] = (float) ((path.length == 0 ? 0 : (1 - pace) * path[i]) + added * step[i]);
            square += (double) next[i] * next[i];
        }
        double usual = Math.sqrt(n) * (1 - 1.0 / (4.0 * n) + 1 / (21.0 * n * n));
        double grown = sigma * StrictMath.exp(pace / damping * (Math.sqrt(square) / usual - 1));
        return new Evolution(population, share, (float) Math.min(maxSigma, grown), next);
    }

    private static LoraAdapter moved(LoraAdapter mean, float[] step, float sigma) {
        return mean.changed((numbers, from) -> {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] += sigma * step[(int) from + i];
            }
        });
    }
}
