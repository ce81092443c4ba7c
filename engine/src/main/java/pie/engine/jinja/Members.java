package pie.engine.jinja;

import org.jspecify.annotations.Nullable;

/** A value with members of its own. */
interface Members {
    /** Return a member, {@link Undefined} if there is none of that name. */
    @Nullable
    Object member(String name);
}
