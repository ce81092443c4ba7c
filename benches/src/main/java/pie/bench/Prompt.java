package pie.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ask for {@code maxTokens} greedy tokens after the given ids; nothing stops them early. */
record Prompt(int[] ids, int maxTokens) {
    /** Ids of the default model's vocabulary that stand for ordinary text. */
    private static final int FIRST_ID = 100;

    private static final int LAST_ID = 48_000;

    /**
     * Return the seed of one target's texts in one round. Targets get different texts of the same lengths: two of them can be the same
     * server, which would find in its pages what it computed for the other.
     */
    static long seed(long seed, int target, int round) {
        return seed + 1_000_000_000L * (target + 1) + 1000L * round;
    }

    /**
     * Draw prompts whose first {@code shared} tokens are the same for all of a seed.
     *
     * @param common seed of those tokens
     */
    static List<Prompt> draw(int count, int length, int maxTokens, int shared, long common, long seed) {
        int[] prefix = new Random(common).ints(shared, FIRST_ID, LAST_ID).toArray();
        List<Prompt> prompts = draw(count, length, maxTokens, seed);
        prompts.forEach(p -> System.arraycopy(prefix, 0, p.ids, 0, Math.min(shared, length)));
        return prompts;
    }

    /** Draw prompts that share no prefix, so that no target can reuse another's pages. */
    static List<Prompt> draw(int count, int length, int maxTokens, long seed) {
        var random = new Random(seed);
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            prompts.add(new Prompt(random.ints(length, FIRST_ID, LAST_ID).toArray(), maxTokens));
        }
        return prompts;
    }

    /** Return ids one after the other. */
    static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
