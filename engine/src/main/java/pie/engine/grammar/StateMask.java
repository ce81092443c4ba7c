package pie.engine.grammar;

import org.jspecify.annotations.Nullable;

/**
 * Say for one state of a rule which tokens it reads, whoever called the rule.
 *
 * @param shared tokens read, a set shared with other states; null for none
 * @param own further tokens read, as a set; null if {@code tokens} lists them
 * @param tokens further tokens read, as a list
 * @param exits nodes of {@code trie} where the rule ends with more bytes to come: below them the callers decide
 */
record StateMask(long @Nullable [] shared, long @Nullable [] own, int[] tokens, TokenTrie trie, int[] exits) {
    void addTo(long[] mask) {
        add(shared, mask);
        add(own, mask);
        for (int token : tokens) {
            mask[token >> 6] |= 1L << token;
        }
    }

    private static void add(long @Nullable [] set, long[] mask) {
        if (set != null) {
            for (int i = 0; i < set.length; i++) {
                mask[i] |= set[i];
            }
        }
    }

    long memoryBytes() {
        return 96 + 4L * tokens.length + 4L * exits.length + (own == null ? 0 : 8L * own.length);
    }
}
