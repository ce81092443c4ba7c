package pie.cli.models;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Choose which files of a repository a model needs. */
final class HubChoice {
    private static final Set<String> COMPANIONS = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "chat_template.jinja",
            "model.safetensors.index.json");
    private static final List<String> PREFERRED =
            List.of("Q4_K_M", "Q4_1", "Q4_0", "Q8_0", "Q5_K_M", "Q6_K", "Q4_K_S", "BF16", "F16", "F32");

    private HubChoice() {}

    /**
     * Return the files to fetch.
     *
     * @param gguf a file to take alone
     * @throws PieException NOT_FOUND if the repository holds no model, INVALID_ARGUMENT if it holds many and none is preferred
     */
    static List<Hub.RemoteFile> of(String repo, List<Hub.RemoteFile> files, Optional<String> gguf, boolean all) {
        if (gguf.isPresent()) {
            return List.of(named(repo, files, gguf.get()));
        }
        if (all) {
            return files.stream().filter(HubChoice::isPlain).toList();
        }
        List<Hub.RemoteFile> weights = files.stream()
                .filter(file -> file.name().matches("model(-[0-9]+-of-[0-9]+)?\\.safetensors"))
                .toList();
        if (!weights.isEmpty()) {
            return files.stream()
                    .filter(file -> weights.contains(file) || COMPANIONS.contains(file.name()))
                    .toList();
        }
        return List.of(preferred(repo, files));
    }

    private static Hub.RemoteFile preferred(String repo, List<Hub.RemoteFile> files) {
        List<Hub.RemoteFile> candidates = files.stream()
                .filter(file -> file.name().endsWith(".gguf") && isPlain(file))
                .toList();
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        for (String type : PREFERRED) {
            for (Hub.RemoteFile file : candidates) {
                if (file.name().toUpperCase(Locale.ROOT).endsWith(type + ".GGUF")) {
                    return file;
                }
            }
        }
        if (candidates.isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    repo + " holds neither a .gguf file nor model*.safetensors",
                    Map.of("repo", repo));
        }
        throw PieException.invalid(repo + " holds " + candidates.size() + " .gguf files; choose one with --gguf FILE: "
                + String.join(
                        ", ", candidates.stream().map(Hub.RemoteFile::name).toList()));
    }

    private static Hub.RemoteFile named(String repo, List<Hub.RemoteFile> files, String name) {
        return files.stream()
                .filter(file -> file.name().equals(name) && isPlain(file))
                .findFirst()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND, repo + " has no file " + name, Map.of("repo", repo, "file", name)));
    }

    /** Only names that stay inside the model's own folder. */
    private static boolean isPlain(Hub.RemoteFile file) {
        return file.name().matches("[A-Za-z0-9_][A-Za-z0-9._-]*");
    }
}
