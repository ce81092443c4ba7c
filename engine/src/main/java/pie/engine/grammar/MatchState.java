package pie.engine.grammar;

import org.jspecify.annotations.Nullable;

/**
 * Stand at one place of a text that a grammar reads. Immutable: a fork keeps the reference, a rollback goes back to an earlier one.
 * Earlier states are found in logarithmic time over jump pointers (Myers, "An applicative random-access stack", 1983).
 */
public final class MatchState {
    /** Null once a stop token was accepted. */
    private final @Nullable Stacks stacks;

    private final @Nullable MatchState before;
    private final @Nullable MatchState jump;
    private final int length;

    MatchState(Stacks start) {
        this.stacks = start;
        this.before = null;
        this.jump = null;
        this.length = 0;
    }

    MatchState(@Nullable Stacks stacks, MatchState before) {
        this.stacks = stacks;
        this.before = before;
        this.length = before.length + 1;
        MatchState near = before.jump == null ? before : before.jump;
        MatchState far = near.jump == null ? near : near.jump;
        this.jump = before.length - near.length == near.length - far.length ? far : before;
    }

    @Nullable
    Stacks stacks() {
        return stacks;
    }

    /** Return how many tokens were accepted so far. */
    public int length() {
        return length;
    }

    public boolean isTerminated() {
        return stacks == null;
    }

    /** Return whether the text may end here. */
    public boolean canEnd() {
        return stacks != null && stacks.canEnd();
    }

    /** Return the state after the first {@code tokens} tokens. */
    MatchState at(int tokens) {
        MatchState state = this;
        while (state.length > tokens) {
            MatchState far = state.jump;
            MatchState near = state.before;
            if (far != null && far.length >= tokens) {
                state = far;
            } else if (near != null) {
                state = near;
            }
        }
        return state;
    }
}
