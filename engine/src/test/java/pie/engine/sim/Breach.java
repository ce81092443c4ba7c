package pie.engine.sim;

/** Say that an invariant does not hold. */
final class Breach extends AssertionError {
    private static final long serialVersionUID = 1;

    final String checker;

    Breach(String checker, String message) {
        super(checker + ": " + message);
        this.checker = checker;
    }
}
