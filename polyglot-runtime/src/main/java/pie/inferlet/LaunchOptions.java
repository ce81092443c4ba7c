package pie.inferlet;

import java.util.OptionalLong;
import pie.engine.PieException;

/** Limit a child process: {@code LaunchOptions.of().tokenBudget(500)}. */
public final class LaunchOptions {
    private OptionalLong tokenBudget = OptionalLong.empty();

    private LaunchOptions() {}

    public static LaunchOptions of() {
        return new LaunchOptions();
    }

    /** Give the child so many tokens of what the parent has left; what it does not use returns. */
    public LaunchOptions tokenBudget(long tokens) {
        if (tokens <= 0) {
            throw PieException.invalid("token_budget must be positive, got " + tokens);
        }
        tokenBudget = OptionalLong.of(tokens);
        return this;
    }

    OptionalLong tokenBudget() {
        return tokenBudget;
    }
}
