package pie.engine.jinja;

/** What a template says by {@code raise_exception}: it does not take what it was given. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }
}
