package pie.runtime.wire;

/** Carry an exception of the program through a host call of the server: it was thrown in the worker, and goes on there. */
final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int number;

    Thrown(int number) {
        super("an exception of the program", null, false, false);
        this.number = number;
    }

    int number() {
        return number;
    }
}
