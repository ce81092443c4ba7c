package pie.engine.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A macro as it is written. */
record MacroCode(String name, List<Parameter> parameters, Statement.Body body) {
    /** @param otherwise what it is if it is not given, null if there is nothing */
    record Parameter(String name, @Nullable Expression otherwise) {}
}
