package pie.runtime;

import java.util.Optional;
import pie.engine.process.OwnerId;

/** Find programs by name. */
@FunctionalInterface
public interface ProgramRegistry {
    /** Hold nothing. */
    ProgramRegistry NONE = (owner, name, version) -> Optional.empty();

    /**
     * A program and what its manifest asks for.
     *
     * @param permissions what the program has when another one starts it
     */
    record Entry(ProgramSource source, Permissions permissions) {}

    /** Return the program of exactly that version if the owner may run it. */
    Optional<Entry> find(OwnerId owner, String name, String version);
}
