package pie.server.programs;

import pie.runtime.ProgramSource;
import tools.jackson.databind.JsonNode;

/**
 * Hold one installed program.
 *
 * @param uploadHash BLAKE3 of what was sent, in hex
 * @param manifestHash BLAKE3 of the manifest's text, in hex
 */
public record Stored(Manifest manifest, ProgramSource source, String uploadHash, String manifestHash) {
    public String id() {
        return manifest.id();
    }

    /** Return the input with defaults filled in. @throws PieException INVALID_ARGUMENT naming all problems */
    public JsonNode checked(JsonNode input) {
        return Parameters.checked(manifest, input);
    }
}
