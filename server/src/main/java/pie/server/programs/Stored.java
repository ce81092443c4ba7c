package pie.server.programs;

import java.time.Instant;
import pie.engine.process.OwnerId;
import pie.runtime.ProgramSource;
import tools.jackson.databind.JsonNode;

/**
 * Hold one installed program.
 *
 * @param manifestText of the manifest as it came, or as it was made for a lone file
 * @param uploadHash BLAKE3 of what was sent, in hex
 * @param manifestHash BLAKE3 of the manifest's text, in hex
 * @param size bytes of what was sent
 * @param hidden whether it is there for its owner alone
 */
public record Stored(
        Manifest manifest,
        String manifestText,
        ProgramSource source,
        String uploadHash,
        String manifestHash,
        long size,
        OwnerId owner,
        boolean hidden,
        Instant created) {
    /** Say whether it is there for a user. */
    public boolean visible(OwnerId user) {
        return !hidden || owner.equals(user);
    }

    /** Return the same as a program of a user. */
    Stored of(OwnerId user) {
        return new Stored(manifest, manifestText, source, uploadHash, manifestHash, size, user, hidden, created);
    }

    public String id() {
        return manifest.id();
    }

    /** Return the input with defaults filled in. @throws pie.engine.PieException INVALID_ARGUMENT naming all problems */
    public JsonNode checked(JsonNode input) {
        return Parameters.checked(manifest, input);
    }

    /** Return a JSON Schema of the inputs that it takes. */
    public JsonNode schema() {
        return Parameters.schema(manifest);
    }
}
