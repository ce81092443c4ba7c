package pie.engine.process;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import pie.engine.PieException;

/**
 * Limit one process, or all processes of one owner; absent = unlimited.
 *
 * @param tokens computed and generated
 * @param wall time since the launch
 * @param cpu time of the guest's thread
 * @param pages that its contexts have at once, those left out of which it has suspended itself
 * @param pageSeconds effective pages on the device, added up over time
 */
public record Budget(
        OptionalLong tokens,
        Optional<Duration> wall,
        Optional<Duration> cpu,
        OptionalInt pages,
        OptionalDouble pageSeconds) {
    public static final Budget UNLIMITED = new Budget(OptionalLong.empty(), Optional.empty(), Optional.empty());

    /** @throws PieException INVALID_ARGUMENT for a limit that is not positive */
    public Budget {
        if (tokens.isPresent() && tokens.getAsLong() <= 0) {
            throw PieException.invalid("budget.tokens must be positive, got " + tokens.getAsLong());
        }
        check("wall", wall);
        check("cpu", cpu);
        if (pages.isPresent() && pages.getAsInt() <= 0) {
            throw PieException.invalid("budget.pages must be positive, got " + pages.getAsInt());
        }
        double seconds = pageSeconds.orElse(1);
        if (!(seconds > 0 && seconds <= Double.MAX_VALUE)) {
            throw PieException.invalid("budget.page_seconds must be a positive number, got " + seconds);
        }
    }

    /** Limit tokens and times alone. */
    public Budget(OptionalLong tokens, Optional<Duration> wall, Optional<Duration> cpu) {
        this(tokens, wall, cpu, OptionalInt.empty(), OptionalDouble.empty());
    }

    public Budget withPages(int most) {
        return new Budget(tokens, wall, cpu, OptionalInt.of(most), pageSeconds);
    }

    public Budget withPageSeconds(double most) {
        return new Budget(tokens, wall, cpu, pages, OptionalDouble.of(most));
    }

    private static void check(String name, Optional<Duration> limit) {
        if (limit.isPresent() && !limit.get().isPositive()) {
            throw PieException.invalid("budget." + name + " must be positive, got " + limit.get());
        }
    }
}
