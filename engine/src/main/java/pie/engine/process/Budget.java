package pie.engine.process;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import pie.engine.PieException;

/**
 * Limit one process; absent = unlimited.
 *
 * @param tokens computed and generated
 * @param wall time since the launch
 * @param cpu time of the guest's thread
 */
public record Budget(OptionalLong tokens, Optional<Duration> wall, Optional<Duration> cpu) {
    public static final Budget UNLIMITED = new Budget(OptionalLong.empty(), Optional.empty(), Optional.empty());

    /** @throws PieException INVALID_ARGUMENT for a limit that is not positive */
    public Budget {
        if (tokens.isPresent() && tokens.getAsLong() <= 0) {
            throw PieException.invalid("budget.tokens must be positive, got " + tokens.getAsLong());
        }
        check("wall", wall);
        check("cpu", cpu);
    }

    private static void check(String name, Optional<Duration> limit) {
        if (limit.isPresent() && !limit.get().isPositive()) {
            throw PieException.invalid("budget." + name + " must be positive, got " + limit.get());
        }
    }
}
