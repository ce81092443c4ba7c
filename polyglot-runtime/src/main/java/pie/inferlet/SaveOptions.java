package pie.inferlet;

import java.time.Duration;
import java.util.Optional;

/** Set how a context is saved. */
public final class SaveOptions {
    private boolean overwrite;
    private Optional<Duration> ttl = Optional.empty();

    private SaveOptions() {}

    public static SaveOptions of() {
        return new SaveOptions();
    }

    /** Replace a snapshot of the name, in one step; off unless set. */
    public SaveOptions overwrite(boolean on) {
        overwrite = on;
        return this;
    }

    /** Let the snapshot end a while after it is saved. */
    public SaveOptions ttl(Duration after) {
        if (after.isNegative() || after.isZero()) {
            throw pie.engine.PieException.invalid("ttl is " + after + ": it must be more than nothing");
        }
        ttl = Optional.of(after);
        return this;
    }

    boolean overwrite() {
        return overwrite;
    }

    Optional<Duration> ttl() {
        return ttl;
    }
}
