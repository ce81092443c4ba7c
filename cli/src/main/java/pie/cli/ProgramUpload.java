package pie.cli;

import java.util.Map;
import java.util.Optional;
import pie.engine.PieException;
import pie.runtime.ProgramSource;
import pie.server.programs.Manifest;
import pie.server.programs.ProgramTexts;

/**
 * Pack a program for {@code PUT /v1/programs/NAME/VERSION}.
 *
 * @param content a zip of its files and its manifest
 */
public record ProgramUpload(String name, String version, byte[] content) {
    private static final String FIRST_VERSION = "0.1.0";

    /**
     * @param name empty for that of the manifest, else of the file
     * @param version empty for that of the manifest, else 0.1.0
     * @throws PieException INVALID_ARGUMENT where a manifest says another, INVALID_MANIFEST
     */
    public static ProgramUpload of(ProgramSource source, Optional<String> name, Optional<String> version) {
        Map<String, String> texts = source.texts();
        String own = texts.get(ProgramTexts.MANIFEST);
        if (own != null) {
            Manifest manifest = Manifest.parse(own);
            check("--name", name, manifest.name());
            check("--version", version, manifest.version());
            return new ProgramUpload(manifest.name(), manifest.version(), ProgramTexts.zip(texts));
        }
        String identity = source.identity();
        String as = name.orElse(identity.substring(0, identity.indexOf('@')));
        String of = version.orElse(FIRST_VERSION);
        texts.put(
                ProgramTexts.MANIFEST,
                Manifest.minimal(as, of, Optional.of(source.language()), Optional.of(source.file())));
        return new ProgramUpload(as, of, ProgramTexts.zip(texts));
    }

    private static void check(String flag, Optional<String> given, String manifest) {
        if (given.isPresent() && !given.get().equals(manifest)) {
            throw PieException.invalid(flag + " " + given.get() + " is not what its Pie.toml says: " + manifest);
        }
    }
}
