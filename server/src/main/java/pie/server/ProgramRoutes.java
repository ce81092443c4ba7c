package pie.server;

import io.helidon.http.HeaderNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.Permissions;
import pie.runtime.ProgramSource;
import pie.server.programs.Manifest;
import pie.server.programs.ProgramStore;
import pie.server.programs.Stored;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keep programs by name and version: put, list, describe, fetch, delete. */
final class ProgramRoutes {
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 1000;
    private static final Set<String> ARCHIVES =
            Set.of("application/zip", "application/gzip", "application/x-gzip", "application/x-zip-compressed");
    /** Types that clients send without thinking of one. */
    private static final Set<String> UNSAID = Set.of(
            "", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded", "application/x-tar");

    private final Service service;

    ProgramRoutes(Service service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/programs", this::list, "q", "language", "owner", "limit", "cursor"),
                Route.get("/v1/programs/{name}", this::versions),
                Route.get("/v1/programs/{name}/{version}", this::one),
                Route.put("/v1/programs/{name}/{version}", this::put, "force", "file", "private"),
                Route.delete("/v1/programs/{name}/{version}", this::delete),
                Route.get("/v1/programs/{name}/{version}/manifest", this::manifest),
                Route.get("/v1/programs/{name}/{version}/schema", this::schema),
                Route.get("/v1/programs/{name}/{version}/archive", this::archive));
    }

    private void put(Exchange exchange) {
        service.launcher();
        String name = exchange.path("name");
        String version = exchange.path("version");
        byte[] content = exchange.body(service.limits().upload(), "the program");
        if (content.length == 0) {
            throw PieException.invalid("the body must be a source file, a zip or a tar.gz; it is empty");
        }
        String manifest = manifest(exchange, name, version, content);
        ProgramStore.Added added = service.programs()
                .add(
                        exchange.owner(),
                        manifest,
                        content,
                        exchange.flag("force", false),
                        exchange.flag("private", false),
                        service.launcher()::check);
        ObjectNode json = json(added.stored());
        ArrayNode warnings = json.putArray("warnings");
        added.stored().manifest().unknownKeys().forEach(key -> warnings.add("Pie.toml: unknown key " + key));
        exchange.json(added.changed() ? 201 : 200, json);
    }

    /** Return the manifest that the body brings along, which must be of what the path names, else one made for a lone file. */
    private static String manifest(Exchange exchange, String name, String version, byte[] content) {
        Optional<Language> language = SourceBody.language(exchange.mediaType());
        if (language.isEmpty() && !ARCHIVES.contains(exchange.mediaType()) && !UNSAID.contains(exchange.mediaType())) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type \"" + exchange.mediaType() + "\" is none of a program: send text/x-python,"
                            + " text/javascript, application/typescript, text/x-java-source, application/zip or"
                            + " application/gzip");
        }
        Optional<String> file = exchange.query("file");
        String made = Manifest.minimal(name, version, language.or(() -> file.flatMap(Language::ofFile)), file);
        Optional<String> own = ProgramStore.manifest(content);
        if (own.isEmpty()) {
            return made;
        }
        Manifest inside = Manifest.parse(own.get());
        if (!inside.id().equals(name + "@" + version)) {
            throw new PieException(
                    ErrorCode.INVALID_MANIFEST,
                    "Pie.toml of the archive is of " + inside.id() + ", the path of " + name + "@" + version,
                    Map.of("file", "Pie.toml"));
        }
        return own.get();
    }

    private void list(Exchange exchange) {
        Optional<String> text = exchange.query("q").map(q -> q.toLowerCase(Locale.ROOT));
        Optional<String> language = exchange.query("language");
        Optional<String> owner = exchange.query("owner");
        int limit = exchange.number("limit", 1, LIMIT_MAX).orElse((long) LIMIT).intValue();
        Optional<String> cursor = exchange.query("cursor").map(c -> c.toLowerCase(Locale.ROOT));
        var newest = new LinkedHashMap<String, Stored>();
        service.programs()
                .all(exchange.owner())
                .forEach(s -> newest.put(s.manifest().name().toLowerCase(Locale.ROOT), s));
        List<Stored> found = newest.entrySet().stream()
                .filter(e -> cursor.isEmpty() || e.getKey().compareTo(cursor.get()) > 0)
                .map(Map.Entry::getValue)
                .filter(s -> text.isEmpty() || mentions(s, text.get()))
                .filter(s -> language.isEmpty() || s.source().language().word().equals(language.get()))
                .filter(s -> owner.isEmpty() || s.owner().value().equals(owner.get()))
                .limit(limit + 1L)
                .toList();
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        found.stream().limit(limit).forEach(s -> items.add(json(s)));
        if (found.size() > limit) {
            json.put("next", found.get(limit - 1).manifest().name());
        } else {
            json.putNull("next");
        }
        exchange.json(200, json);
    }

    private static boolean mentions(Stored s, String text) {
        return (s.manifest().name() + " " + s.manifest().description())
                .toLowerCase(Locale.ROOT)
                .contains(text);
    }

    private void versions(Exchange exchange) {
        List<Stored> all = service.programs().all(exchange.owner(), exchange.path("name"));
        if (all.isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "Program '" + exchange.path("name") + "' not found",
                    Map.of("kind", "program"));
        }
        ObjectNode json = Json.object();
        json.put("name", all.getFirst().manifest().name());
        ArrayNode versions = json.putArray("versions");
        all.forEach(s -> versions.add(json(s)));
        exchange.json(200, json);
    }

    private Stored found(Exchange exchange) {
        return service.programs().resolve(exchange.owner(), exchange.path("name") + "@" + exchange.path("version"));
    }

    private void one(Exchange exchange) {
        Stored stored = found(exchange);
        ObjectNode json = json(stored);
        json.set("permissions", permissions(stored.manifest().permissions()));
        json.set("manifest", stored.manifest().json());
        exchange.json(200, json);
    }

    private void manifest(Exchange exchange) {
        exchange.send(
                200,
                "application/toml; charset=utf-8",
                found(exchange).manifestText().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void schema(Exchange exchange) {
        exchange.json(200, found(exchange).schema());
    }

    private void archive(Exchange exchange) {
        Stored stored = found(exchange);
        exchange.header(
                HeaderNames.CONTENT_DISPOSITION,
                "attachment; filename=\"" + stored.manifest().name() + "-"
                        + stored.manifest().version() + ".zip\"");
        exchange.send(200, "application/zip", service.programs().archive(stored));
    }

    private void delete(Exchange exchange) {
        service.programs().remove(exchange.owner(), exchange.path("name"), exchange.path("version"));
        exchange.noContent();
    }

    private static ObjectNode json(Stored stored) {
        ObjectNode json = Json.object();
        Manifest manifest = stored.manifest();
        ProgramSource source = stored.source();
        json.put("name", manifest.name());
        json.put("version", manifest.version());
        json.put("description", manifest.description());
        json.put("language", source.language().word());
        json.put("file", source.file());
        json.put("entry", manifest.entry());
        json.put("owner", stored.owner().value());
        json.put("private", stored.hidden());
        json.put("created", EventJson.time(stored.created()));
        json.put("size", stored.size());
        json.put("checksum", stored.uploadHash());
        return json;
    }

    private static ObjectNode permissions(Permissions asked) {
        ObjectNode json = Json.object();
        if (asked.network().any() || asked.network().hosts().isEmpty()) {
            json.put("network", asked.network().any());
        } else {
            ArrayNode hosts = json.putArray("network");
            asked.network().hosts().forEach(hosts::add);
        }
        json.put("files", asked.files());
        json.put("launch", asked.launch());
        json.put("publish", asked.publish());
        return json;
    }
}
