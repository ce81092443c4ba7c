package pie.engine.process;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Limit one process; absent = unlimited. */
public record Budget(OptionalLong tokens, Optional<Duration> wall, Optional<Duration> cpu) {
    public static final Budget UNLIMITED = new Budget(OptionalLong.empty(), Optional.empty(), Optional.empty());
}
