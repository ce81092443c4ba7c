package pie.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.server.programs.ProgramStore;
import tools.jackson.databind.node.ObjectNode;

/** Read a launch whose body is the program's text, and whose other fields are query parameters. */
final class SourceBody {
    private final Exchange exchange;
    private final ServerLimits limits;
    private final ProgramStore programs;

    SourceBody(Exchange exchange, ServerLimits limits, ProgramStore programs) {
        this.exchange = exchange;
        this.limits = limits;
        this.programs = programs;
    }

    /** Return the language that a Content-Type names, empty for any that is not source text. */
    static Optional<Language> language(String mediaType) {
        return switch (mediaType) {
            case "text/x-python", "text/python", "application/x-python", "application/x-python-code" ->
                Optional.of(Language.PYTHON);
            case "text/javascript", "application/javascript" -> Optional.of(Language.JAVASCRIPT);
            case "application/typescript", "text/typescript" -> Optional.of(Language.TYPESCRIPT);
            case "text/x-java-source", "text/x-java" -> Optional.of(Language.JAVA);
            default -> Optional.empty();
        };
    }

    LaunchBody.Launch read(Language byType, byte[] body) {
        LaunchBody.checkSize("source", body.length, limits.source());
        ObjectNode launch = Json.object();
        ObjectNode source = launch.putObject("source");
        source.put("code", decoded(body));
        source.put("language", exchange.query("language").orElse(byType.word()));
        exchange.query("file").ifPresent(f -> source.put("file", f));
        exchange.query("entry").ifPresent(e -> source.put("entry", e));
        exchange.query("model").ifPresent(m -> launch.put("model", m));
        exchange.number("seed", Long.MIN_VALUE, Long.MAX_VALUE).ifPresent(s -> launch.put("seed", s));
        launch.put("detach", exchange.flag("detach", false));
        launch.put("capture", exchange.flag("capture", true));
        launch.put("record", exchange.flag("record", false));
        launch.put("profile", exchange.flag("profile", false));
        ObjectNode labels = launch.putObject("labels");
        for (String label : exchange.queryAll("label")) {
            int colon = label.indexOf(':');
            if (colon < 1) {
                throw PieException.invalid("query parameter \"label\" must be name:value, got \"" + label + "\"");
            }
            labels.put(label.substring(0, colon), label.substring(colon + 1));
        }
        exchange.query("input")
                .ifPresent(text -> launch.set(
                        "input",
                        new Json(limits).parse(text.getBytes(StandardCharsets.UTF_8), "query parameter \"input\"")));
        return new LaunchBody(limits, exchange.owner(), programs).read(launch);
    }

    private static String decoded(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new PieException(ErrorCode.BAD_REQUEST, "the source text is not valid UTF-8", Map.of(), e);
        }
    }
}
