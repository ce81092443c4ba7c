package pie.engine.kv;

/**
 * Say which slots the rows from {@code from} on see, beside what causality and masks say.
 *
 * @param from first row that this holds for
 * @param hidden slots hidden from all of them: pairs of first and end, ascending, apart from each other
 * @param window number of last slots that a row sees, its own included; 0 = all
 * @param sink number of first slots that a window leaves visible
 */
public record Visibility(int from, int[] hidden, int window, int sink) {
    /** See everything. */
    public static final Visibility ALL = new Visibility(0, new int[0], 0, 0);
}
