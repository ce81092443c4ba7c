package pie.engine.grammar;

/**
 * Hold all that a grammar may be doing at one place of a text: states that read something, each with the node of its rule. Immutable.
 *
 * @param canEnd whether the text may end here
 * @param atBottom whether a rule whose callers are not known may end here
 */
record Stacks(long[] states, StackNode[] nodes, boolean canEnd, boolean atBottom) {
    int size() {
        return states.length;
    }
}
