package pie.runtime;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keep programs that passed their check, by source, so that the same source is checked once; the least recently used go first. */
public final class ProgramCache<P> {
    private static final long CHARACTERS = 8 << 20;

    private final Map<ProgramSource, P> programs = new LinkedHashMap<>(16, 0.75f, true);
    private long characters;

    /** Return the program of this source, checked now if it is not known; what the check throws is not kept. */
    public P of(ProgramSource source, Function<ProgramSource, P> check) {
        synchronized (this) {
            @Nullable P known = programs.get(source);
            if (known != null) {
                return known;
            }
        }
        P program = check.apply(source);
        keep(source, program);
        return program;
    }

    private synchronized void keep(ProgramSource source, P program) {
        if (programs.put(source, program) == null) {
            characters += size(source);
        }
        Iterator<ProgramSource> oldest = programs.keySet().iterator();
        while (characters > CHARACTERS && oldest.hasNext()) {
            characters -= size(oldest.next());
            oldest.remove();
        }
    }

    private static long size(ProgramSource source) {
        return source.code().length()
                + source.files().values().stream().mapToLong(String::length).sum();
    }
}
