package pie.runtime.bridge;

import java.util.Optional;
import org.graalvm.polyglot.Value;
import pie.inferlet.Constraint;
import pie.inferlet.Mask;

/** Ask a constraint that a program wrote in its own language. */
final class GuestConstraint implements Constraint {
    private final Callback object;

    GuestConstraint(Callback object) {
        this.object = object;
    }

    @Override
    public Mask step(int[] accepted) {
        Value mask = object.call("step", (Object) accepted);
        return mask.isNull() ? Mask.fromBrle() : Args.mask(mask, "the mask of a constraint");
    }

    @Override
    public Optional<Constraint> fork() {
        return object.has(Callback.FORK)
                ? Optional.of(new GuestConstraint(object.make(Callback.FORK)))
                : Optional.empty();
    }

    @Override
    public boolean rollback(int n) {
        if (!object.has("rollback")) {
            return false;
        }
        if (n > 0) {
            object.call("rollback", n);
        }
        return true;
    }

    @Override
    public boolean isTerminated() {
        if (!object.has("is_terminated")) {
            return false;
        }
        Value said = object.call("is_terminated");
        return said.isBoolean() && said.asBoolean();
    }
}
