package pie.engine.jinja;

import org.jspecify.annotations.Nullable;

/** What a template may call: a function, a macro, a method. */
@FunctionalInterface
interface Callable {
    /** @throws JinjaException if the arguments do not fit */
    @Nullable
    Object call(Arguments arguments);
}
