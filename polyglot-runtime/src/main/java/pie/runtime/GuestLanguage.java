package pie.runtime;

import java.util.Optional;
import java.util.Set;

/**
 * Run programs of one language family. Safe for use from several threads.
 *
 * <p>A launch goes: {@link #check} on the caller's thread, then {@link Guest#run} on the thread of the process, in a guest that was
 * {@linkplain #prepare prepared} before. A guest runs one program and is closed.
 *
 * @param <P> a program that passed the check, in the form that guests run; may be cached by source
 */
public interface GuestLanguage<P> extends AutoCloseable {
    Set<Language> languages();

    /**
     * Refuse what cannot run before a process exists.
     *
     * @throws pie.engine.PieException SOURCE_ERROR with {@code file line column}, PERMISSION_DENIED for what the language's walls
     *     forbid
     */
    P check(ProgramSource source);

    /** Say whether runs can be recorded: whether all that programs see comes through host calls. */
    default boolean records() {
        return false;
    }

    /** Return what it takes to run programs in another process; empty if they share objects with the host, and so its process. */
    default Optional<Portable<P>> portable() {
        return Optional.empty();
    }

    /** Make a guest that is ready to run; slow, called in the background at low priority and kept warm in a pool. */
    Guest<P> prepare();

    @Override
    void close();
}
