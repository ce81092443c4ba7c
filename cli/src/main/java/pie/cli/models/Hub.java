package pie.cli.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.cli.Json;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Speak with a Hugging Face hub, {@code HF_ENDPOINT} or the public one, as {@code HF_TOKEN} if set; what the cache under
 * {@code HF_HOME} holds is taken from there.
 */
final class Hub {
    private static final String PUBLIC = "https://huggingface.co";

    /** Name a file of a repository; size -1 and hash "" if the hub does not tell. */
    record RemoteFile(String name, long bytes, String sha256) {}

    private final Environment environment;
    private final Http http;

    Hub(Environment environment, Http http) {
        this.environment = environment;
        this.http = http;
    }

    /** @throws PieException NOT_FOUND, PERMISSION_DENIED or UPSTREAM_FAILURE */
    List<RemoteFile> files(String repo, String revision) {
        JsonNode answer =
                ask(endpoint() + "/api/models/" + repo + "/revision/" + encode(revision) + "?blobs=true", repo);
        List<RemoteFile> files = new ArrayList<>();
        for (JsonNode file : answer.path("siblings")) {
            files.add(new RemoteFile(
                    file.path("rfilename").asString(""),
                    file.path("size").asLong(-1),
                    file.path("lfs").path("sha256").asString("")));
        }
        return files;
    }

    Download.Request request(String repo, String revision, RemoteFile file) {
        Optional<Path> cached = cached(repo, revision, file.name);
        if (cached.isPresent()) {
            return new Download.Request(file.name, cached.get().toUri(), Map.of(), file.sha256, file.bytes);
        }
        StringBuilder path = new StringBuilder();
        for (String part : file.name.split("/")) {
            path.append('/').append(encode(part));
        }
        return new Download.Request(
                file.name,
                URI.create(endpoint() + "/" + repo + "/resolve/" + encode(revision) + path),
                headers(),
                file.sha256,
                file.bytes);
    }

    private JsonNode ask(String address, String repo) {
        try {
            HttpResponse<InputStream> response = http.get(URI.create(address), headers());
            try (InputStream body = response.body()) {
                String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                return switch (response.statusCode()) {
                    case 200 -> Json.parse(text);
                    case 404 ->
                        throw new PieException(
                                ErrorCode.NOT_FOUND,
                                "the hub has no model repository " + repo + " of that revision",
                                Map.of("repo", repo));
                    case 401, 403 ->
                        throw new PieException(
                                ErrorCode.PERMISSION_DENIED,
                                "the hub does not show " + repo + ": it is private, gated or not there; set HF_TOKEN",
                                Map.of("repo", repo));
                    default -> throw Failures.upstream("the hub answers " + response.statusCode() + " for " + repo);
                };
            }
        } catch (IOException | JacksonException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw Failures.upstream(
                    "the hub at " + endpoint() + " cannot be asked (" + reason + "); HF_ENDPOINT names another", e);
        }
    }

    private Optional<Path> cached(String repo, String revision, String file) {
        Path folder = environment
                .first("HF_HUB_CACHE")
                .map(Path::of)
                .orElseGet(() -> environment
                        .first("HF_HOME")
                        .map(Path::of)
                        .orElseGet(() -> environment.userHome().resolve(".cache/huggingface"))
                        .resolve("hub"))
                .resolve("models--" + repo.replace("/", "--"));
        Path reference = folder.resolve("refs").resolve(revision);
        String commit = revision;
        try {
            if (Files.isRegularFile(reference)) {
                commit = Files.readString(reference).strip();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        Path cached = folder.resolve("snapshots").resolve(commit).resolve(file);
        return Files.isRegularFile(cached) ? Optional.of(cached) : Optional.empty();
    }

    private Map<String, String> headers() {
        return environment
                .first("HF_TOKEN")
                .map(token -> Map.of("Authorization", "Bearer " + token))
                .orElse(Map.of());
    }

    private String endpoint() {
        return environment.first("HF_ENDPOINT").orElse(PUBLIC).replaceAll("/+$", "");
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
