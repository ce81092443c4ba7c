package pie.runtime.js;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.bridge.GuestFailure;
import pie.runtime.bridge.Resources;
import pie.runtime.bridge.Walls;

/**
 * Turn TypeScript into JavaScript by blanking its types, and lower {@code using}, which GraalJS lacks; lines keep their numbers. The
 * TypeScript parser runs in a context of its own, loaded when first needed.
 */
final class TypeStripper {
    private static final String PARSER = "/META-INF/resources/webjars/typescript/5.9.3/lib/typescript.js";
    private static final Pattern USING = Pattern.compile("\\busing\\s+[\\w$]");
    private static final int KEPT = 256;

    private final Engine engine;
    private final Map<String, String> stripped = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > KEPT;
        }
    };
    private @Nullable Value strip;

    TypeStripper(Engine engine) {
        this.engine = engine;
    }

    /** Say whether JavaScript holds what must be lowered. */
    static boolean lowers(String script) {
        return USING.matcher(script).find();
    }

    /** Return the JavaScript of a file. @throws PieException SOURCE_ERROR for what is not erasable, with its place */
    synchronized String strip(String file, String text, boolean typescript) {
        String key = (typescript ? "t" : "j") + text;
        @Nullable String known = stripped.get(key);
        if (known != null) {
            return known;
        }
        try {
            String script = parser().execute(file, text, typescript).asString();
            stripped.put(key, script);
            return script;
        } catch (PolyglotException e) {
            @Nullable Value error = e.getGuestObject();
            if (error == null || !error.hasMember("line")) {
                throw e;
            }
            throw GuestFailure.syntax(
                    error.getMember("message").asString(),
                    file,
                    error.getMember("line").asInt(),
                    error.getMember("column").asInt());
        }
    }

    private Value parser() {
        Value known = strip;
        if (known != null) {
            return known;
        }
        Context context =
                Walls.context(engine, "js", JsLanguage.OPTIONS, IOAccess.NONE).build();
        context.eval(Source.newBuilder("js", library(), "typescript.js").buildLiteral());
        Value made = context.eval(Source.newBuilder("js", Resources.text("js/strip.js"), "<pie>/strip.js")
                .buildLiteral());
        strip = made;
        return made;
    }

    private static String library() {
        try (InputStream in = TypeStripper.class.getResourceAsStream(PARSER)) {
            if (in == null) {
                throw new PieException(ErrorCode.INTERNAL, "the TypeScript parser is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
